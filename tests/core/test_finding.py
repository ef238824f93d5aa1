"""What is found for free words is offered by its title, and the library can be looked through."""

from __future__ import annotations

import pytest
from presser import Talker

from bot.core.facts import MessageNotUnderstood
from bot.core.flow.finding import A_PAGE, FITS, MOST_OFFERED, weighted
from bot.core.inputs import Found, Understood
from bot.core.library import Library, plain_id
from bot.core.state import ForNothing, ModuleRun

FLYING, HEART, WORRY = "answers/copd/flying", "answers/heart/flying-and-holidays", "everybody/worry-time"
BREATHING = "copd/breathlessness-and-worry"
UNSURE = Understood(intent="out_of_scope", confidence=0.9, found=(Found(FLYING, 0.5), Found(HEART, 0.5)))


def heard(intent: str, confidence: float, *found: Found) -> Understood:
    return Understood(intent=intent, confidence=confidence, found=found)


def test_a_page_is_offered_and_read_only_when_it_is_chosen(library: Library) -> None:
    talker = Talker(library)
    talker.types("can i still fly", UNSURE)
    assert list(talker.labels()) == [f"start:{FLYING}", f"start:{HEART}", "menu:menu", "wrong"]
    talker.presses(f"start:{FLYING}")
    assert any("plane" in shown.text or "fly" in shown.text for shown in talker.shown)


def test_the_patients_own_conditions_come_first(library: Library) -> None:
    found = (Found(HEART, 0.5), Found(FLYING, 0.5), Found(WORRY, 0.5), Found("no/longer-there", 1.0))
    assert [page for page, _ in weighted(found, library, ("copd",))] == [FLYING, WORRY, HEART]


def test_what_fits_too_little_is_not_offered(library: Library) -> None:
    talker = Talker(library)
    talker.types("who won the cup", heard("out_of_scope", 0.9, Found(FLYING, FITS - 0.01)))
    assert f"start:{FLYING}" not in talker.labels()
    assert any(isinstance(fact, MessageNotUnderstood) for fact in talker.facts)


def test_three_are_enough(library: Library) -> None:
    pages = [m.id for m in library.answers_for(("copd",))][:6]
    talker = Talker(library)
    talker.types("air", heard("out_of_scope", 0.9, *(Found(page, 0.5) for page in pages)))
    assert sum(key.startswith("start:") for key in talker.labels()) == MOST_OFFERED


@pytest.mark.parametrize(
    ("intent", "offered"), [("stop", False), ("hello", False), ("check_in", False), ("breathless", True)]
)
def test_something_to_do_comes_before_something_to_read(library: Library, intent: str, offered: bool) -> None:
    talker = Talker(library)
    talker.types("words", heard(intent, 0.95, Found(FLYING, 0.9)))
    keys = {c.id.partition(".")[2] for shown in talker.shown for c in shown.choices}
    assert (f"start:{FLYING}" in keys) == offered


def test_in_the_middle_of_a_question_it_stays_and_is_put_again(library: Library) -> None:
    talker = Talker(library)
    talker.begins(BREATHING)
    asked = talker.shown[-1].question
    talker.types("can i still fly", UNSURE)
    assert "resume" in talker.labels()
    talker.presses(f"start:{FLYING}")
    if "enough" in talker.labels():
        talker.presses("enough")
    assert talker.run.module == BREATHING and talker.shown[-1].question == asked


def test_nothing_leads_away_from_the_safety_dialogue(library: Library) -> None:
    talker = Talker(library)
    talker.types("i want to die")
    talker.types("can i still fly", UNSURE)
    keys = {c.id.partition(".")[2] for shown in talker.shown for c in shown.choices}
    assert not any(key.startswith("start:") for key in keys)


@pytest.mark.parametrize("kind", ["modules", "answers"])
def test_the_whole_library_can_be_looked_through(library: Library, kind: str) -> None:
    talker = Talker(library)
    talker.presses("menu:library")
    talker.presses(f"menu:{kind}")
    seen: list[str] = []
    while True:
        keys = list(talker.labels())
        pages = [key.removeprefix("start:") for key in keys if key.startswith("start:")]
        assert len(pages) <= A_PAGE
        seen += pages
        more = next((key for key in keys if key.startswith("browse:")), None)
        if more is None:
            break
        talker.presses(more)
    held = library.modules_for(("copd",)) if kind == "modules" else library.answers_for(("copd",))
    assert sorted(seen) == sorted(m.id for m in held)
    own = [key for key in seen if "copd" in library.modules[key].suits]
    assert seen[: len(own)] == own
    talker.presses("menu:menu")
    assert isinstance(talker.state.wait, ForNothing)


def test_looking_around_leaves_what_is_open(library: Library) -> None:
    talker = Talker(library)
    talker.begins(BREATHING)
    talker.types("bananas", heard("out_of_scope", 0.9))
    talker.presses("menu:library")
    talker.presses("menu:answers")
    talker.presses("resume")
    assert isinstance(talker.state.top, ModuleRun) and plain_id(talker.run.module) == BREATHING
