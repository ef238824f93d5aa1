"""Whether the chains of looks are whole, and as they were when their heads were last written down elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.values import LineId, ServiceId
from bot.usecases.house import House

Head = tuple[int, str]
"""The number of a chain's newest row, and its hash in hex."""


@dataclass
class Verdict:
    """``broken``: chains with the first row that does not follow from the one before. ``shortened``: chains of which the
    row that was the newest then is gone or another."""

    chains: int = 0
    rows: int = 0
    broken: dict[LineId, int] = field(default_factory=dict)
    shortened: list[LineId] = field(default_factory=list)
    heads: dict[LineId, Head] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        return not self.broken and not self.shortened


async def verified(house: House, service: ServiceId, then: Mapping[LineId, Head]) -> Verdict:
    """``then``: the heads of an earlier run, kept where whoever can change the record cannot."""
    audit, found = house.record.audit, Verdict()
    after: LineId | None = None
    while page := await audit.chains(service, after=after):
        for chain in page:
            found.chains += 1
            found.rows += chain.rows
            found.heads[chain.chain] = (chain.head_n, chain.head.hex())
            if chain.broken_at is not None:
                found.broken[chain.chain] = chain.broken_at
        after = page[-1].chain
    for chain_id, (n, held) in then.items():
        now = await audit.hash_at(service, chain_id, n)
        if now is None or now.hex() != held:
            found.shortened.append(chain_id)
    return found
