"""How far people come in modules: numbers only, so nobody looks at anybody's record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.values import ServiceId


@dataclass(frozen=True)
class StepReached:
    """Of a module's Runs: how many began at this step, came to it, and went no further without finishing."""

    step: str
    began: int
    reached: int
    stopped: int


@dataclass(frozen=True)
class ModuleWalked:
    """``runs``: how often it was begun. The steps stand in the order in which people come to them."""

    module: str
    language: str
    people: int
    runs: int
    finished: int
    yes: int
    little: int
    no: int
    steps: tuple[StepReached, ...]


@dataclass(frozen=True)
class Walks:
    """``made_up``: the service has simulated people only, and it is they who are counted."""

    modules: tuple[ModuleWalked, ...]
    made_up: bool


class Paths(Protocol):
    async def walked(self, service: ServiceId, *, since: datetime | None, still: datetime) -> Walks:
        """By module and language, simulated people left out where there are others.

        ``since``: Runs that began then or later; None: all. ``still``: a Run that has entered no step since has stopped.
        """
