"""Numbers of those who agreed to be counted: scores, and when they took part in groups. No words, no names, no ids."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from bot.core.participation import Counted
from bot.core.values import ServiceId
from bot.ports.alerts import Looker


@dataclass(frozen=True)
class Agreed:
    """``made_up``: the service has simulated people only, and it is they who are counted."""

    people: tuple[Counted, ...]
    made_up: bool


class Evaluation(Protocol):
    async def agreed(self, service: ServiceId, words: str, measures: Collection[str], by: Looker) -> Agreed:
        """Those whose last answer is a yes to being counted, given to this version of the words; nobody who was erased.
        Simulated people are left out where there are others. One look on the service's own chain.

        Who joined and left a room, and who reacted, is read from what happened there: a row says only how it stands now.
        """
