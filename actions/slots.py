"""The slots that the bot gives an action: ids, numbers and dates, never a patient's words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pydantic import BaseModel, ConfigDict

EVERYBODY = "everybody"


class Slots(BaseModel):
    """What every action may read. A site may give its own actions more slots; these ignore them."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class ModuleSlot(Slots):
    id: str
    suits: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class GroupSlot(Slots):
    id: str
    suits: tuple[str, ...] = ()


class Suggesting(Slots):
    """``scores``: oldest first, (total, day). ``case_at``: the score at which the library calls a measure high.
    ``goal_modules``: where the goals that are open were set. ``helped``: what they said of modules: yes, little or no.
    ``declined``: what they have put aside for now.
    """

    conditions: tuple[str, ...] = ()
    scores: dict[str, tuple[tuple[float, date], ...]] = {}
    case_at: dict[str, float] = {}
    done: tuple[str, ...] = ()
    modules: tuple[ModuleSlot, ...] = ()
    goal_modules: tuple[str, ...] = ()
    helped: dict[str, str] = {}
    declined: tuple[str, ...] = ()

    def high(self) -> frozenset[str]:
        """The measures whose latest score is at or over the line."""
        latest = {measure: held[-1][0] for measure, held in self.scores.items() if held}
        return frozenset(m for m, total in latest.items() if m in self.case_at and total >= self.case_at[m])


class Grouping(Slots):
    conditions: tuple[str, ...] = ()
    groups: tuple[GroupSlot, ...] = ()
    joined: tuple[str, ...] = ()


class Looking(Slots):
    measures: tuple[str, ...] = ()
    scores: dict[str, tuple[tuple[float, date], ...]] = {}


def shared(wanted: Iterable[str], offered: Iterable[str]) -> str:
    """The first of ``wanted`` that is offered, or nothing."""
    held = frozenset(offered)
    return next((one for one in wanted if one in held), "")
