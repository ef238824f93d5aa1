"""Words of several Lines, opened under their owners' keys."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.values import ServiceId, WordId
from bot.ports import Sealed
from bot.usecases.house import House


async def unsealed(house: House, service: ServiceId, words: Iterable[Sealed | None]) -> dict[WordId, str]:
    """What was erased is left out."""
    wanted = [w for w in words if w is not None]
    wrapped = await house.record.reading.keys(service, sorted({w.owner for w in wanted}, key=str))
    keys = {line: house.vault.open_key(line, *key) for line, key in wrapped.items()}
    return {w.id: house.vault.unseal(keys[w.owner], w) for w in wanted if w.owner in keys}
