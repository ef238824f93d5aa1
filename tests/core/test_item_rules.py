"""An answer that is itself a reason to look, and whose rules judge a score."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import presser
import pytest
from presser import Talker

from bot.core.facts import AlertRaised
from bot.core.inputs import Said
from bot.core.library import Level, Library, ScoreLimits, Worsening
from bot.core.state import CheckInRun, ForPatient, ScoreKept


def rang(library: Library, measure: str, item: str, points: int, *, last: int) -> list[tuple[str, Level]]:
    """The alerts after this answer of somebody who gave another one the last time."""
    talker = Talker(library)
    held = library.measures[measure]
    run = CheckInRun(
        measure=measure,
        measure_version=held.version,
        release=library.release,
        item=[i.id for i in held.items].index(item),
    )
    asked = f"{measure}.{item}"
    wait = ForPatient(seq=talker.state.seq, item=asked)
    talker.state = talker.state.but(runs=(run,), wait=wait, item_points={asked: last})
    talker.does(Said(UUID(int=50), item=asked, value=points))
    return [(alert.concern, alert.level) for alert in talker.state.alerts.values()]


@pytest.mark.parametrize(
    ("points", "last", "level"), [(1, 1, "soon"), (1, 0, "now"), (2, 2, "now"), (3, 2, "now")]
)
def test_item_9_needs_somebody_now_at_2_or_when_it_rose(
    library: Library, points: int, last: int, level: Level
) -> None:
    assert rang(library, "phq9", "9", points, last=last) == [("risk", level)]


@pytest.mark.parametrize("last", [0, 1, 2])
def test_chest_pain_keeps_its_level_when_it_rose(library: Library, last: int) -> None:
    assert rang(library, "phq15", "6", 2, last=last) == [("emergency:heart", "soon")]


def test_a_score_is_judged_by_the_services_own_rule_set(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    mood = Worsening(version="3", look_back_weeks=4, measures={"rate_mood": ScoreLimits(worse_by=4)})
    policy = library.policy.model_copy(update={"rule_sets": {"mood": mood}})
    held = library.model_copy(update={"policy": policy})
    (usual,) = sent(held, "rate_mood", 3, best=8)
    assert (usual.level, usual.evidence.version) == ("routine", f"default:{policy.worsening.version}")
    monkeypatch.setattr(presser, "SERVICE", presser.SERVICE.model_copy(update={"rule_set": "mood"}))
    (fact,) = sent(held, "rate_mood", 3, best=8)
    assert (fact.concern, fact.level) == ("worsening:rate_mood", "soon")
    assert fact.evidence.version == "mood:3"
    assert fact.evidence.numbers == {"new": 3, "best": 8, "worse_by": 4, "weeks": 4}


def sent(library: Library, measure: str, points: int, *, best: int) -> list[AlertRaised]:
    talker = Talker(library)
    held = library.measures[measure]
    run = CheckInRun(
        measure=measure,
        measure_version=held.version,
        release=library.release,
        item=len(held.items),
        answers={item.id: points for item in held.items},
    )
    earlier = ScoreKept(total=best, at=datetime(2026, 2, 23, 10, tzinfo=UTC))
    wait = ForPatient(seq=talker.state.seq, keys=("send",))
    talker.state = talker.state.but(runs=(run,), wait=wait, scores={measure: (earlier,)})
    talker.does(Said(UUID(int=50), choice=f"{talker.state.seq}.send"))
    return [fact for fact in talker.facts if isinstance(fact, AlertRaised)]
