"""What the record keeps of a module's Run: the way walked, how it ended, and whether it helped."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from bot.core import facts as f
from bot.core.fold import fold, steps
from bot.core.rows import Walked, rows_of
from bot.core.state import Conversation, ModuleRun, RatingRun, SafetyRun
from bot.core.values import AlertId, LineId

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
LINE = LineId(UUID(int=1))
WALK = "copd/a-short-walk"
RUN = ModuleRun(module=WALK, release="r1", step="hello", began=7)
RATING = RatingRun(module=WALK, release="r1", began=7)
BEGUN = (f.RunStarted(run=RUN), f.StepEntered(step="hello", release="r1"))
GOAL = f.StepEntered(step="goal", release="r2")
FINISHED = f.RunEnded(kind="module", name=WALK, how="finished")
RANG = f.AlertRaised(
    alert=AlertId(UUID(int=9)),
    concern="risk",
    level="now",
    evidence=f.Evidence(rule="r"),
    owner=None,
    opened_at=NOW,
    due_at=None,
)


def walked(*facts: f.Fact, start: Conversation | None = None) -> dict[int, Walked]:
    return rows_of(LINE, steps(start or Conversation(), facts), NOW).walked


def run_after(*facts: f.Fact) -> ModuleRun:
    top = fold(Conversation(), facts).runs[0]
    assert isinstance(top, ModuleRun)
    return top


def test_a_turn_tells_the_steps_it_entered_and_the_end() -> None:
    assert walked(*BEGUN, GOAL, FINISHED) == {7: Walked(7, WALK, "en", "r1", ["hello", "goal"], "finished")}


def test_a_later_turn_tells_only_what_is_new() -> None:
    """Its row is there, and keeps the release that it began with."""
    start = fold(Conversation(), BEGUN)
    assert walked(GOAL, start=start) == {7: Walked(7, WALK, "en", "r2", ["goal"])}


def test_what_was_said_of_it_belongs_to_its_run() -> None:
    start = fold(Conversation(), (*BEGUN, FINISHED, f.RunStarted(run=RATING)))
    said = f.ModuleRated(module=WALK, release="r1", began=7, helped="little")
    ended = f.RunEnded(kind="rating", name=WALK, how="finished")
    assert walked(said, ended, start=start) == {7: Walked(7, WALK, "en", "r1", helped="little")}


def test_a_run_from_before_the_counting_leaves_no_row_and_reads_as_it_stood() -> None:
    old = Conversation.from_json(
        '{"runs":[{"kind":"module","module":"copd/a-short-walk","release":"r1","step":"hello"}]}'
    )
    assert walked(GOAL, FINISHED, start=old) == {}
    assert fold(old, (RANG,)).runs == old.runs


def test_an_open_module_remembers_that_something_rang() -> None:
    assert not run_after(*BEGUN).rang
    assert run_after(*BEGUN, RANG).rang
    again = f.EvidenceAdded(
        alert=RANG.alert, concern="risk", evidence=RANG.evidence, level="now", tell=False, due_at=None
    )
    assert run_after(RANG, *BEGUN, again).rang
    assert not run_after(RANG, *BEGUN).rang
    safety = SafetyRun(dialogue="gentle", concern="risk", release="r1")
    assert run_after(*BEGUN, f.RunStarted(run=safety)).rang
