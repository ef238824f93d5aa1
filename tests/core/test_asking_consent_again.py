"""A yes to older words of a consent is asked for again: once, behind something finished, and never beside a worry."""

from __future__ import annotations

import pytest
from presser import Talker

from bot.core.facts import ConsentAnswered, ConsentAskedAgain
from bot.core.library import Library
from bot.core.state import ModuleRun

ANSWER_ENDS = "enough"
ASKED = "give:evaluation"


def talker(library: Library, *, answered: str | None = "1", given: bool = True) -> Talker:
    """Somebody who answered when the words were those of version 1, or before answers had versions."""
    somebody = Talker(library)
    versions = {} if answered is None else {"evaluation": answered}
    consents = {"care": True, "evaluation": given}
    somebody.state = somebody.state.but(
        profile=somebody.state.profile.but(consents=consents, answered=versions)
    )
    return somebody


def finishes_a_page(somebody: Talker, library: Library) -> None:
    somebody.presses("menu:library")
    somebody.presses("menu:answers")
    page = next(key for key in somebody.labels() if key.startswith("start:"))
    somebody.presses(page)
    assert isinstance(somebody.state.top, ModuleRun)
    somebody.presses(ANSWER_ENDS)


def current(library: Library) -> str:
    policy = library.policy.consents
    assert policy is not None
    version = policy.version_of("evaluation")
    assert version is not None and version != "1"
    return version


@pytest.mark.parametrize("answered", ["1", None])
def test_they_are_asked_once_behind_something_finished(library: Library, answered: str | None) -> None:
    somebody = talker(library, answered=answered)
    assert ASKED not in somebody.labels(), "not before anything is finished"
    finishes_a_page(somebody, library)
    assert [*somebody.labels()] == [ASKED, "stop:evaluation", "menu:menu"]
    assert "what you take part in here, such as groups" in somebody.shown[-1].text
    somebody.presses("menu:menu")
    finishes_a_page(somebody, library)
    assert ASKED not in somebody.labels(), "passed over, it is not asked again"
    assert sum(isinstance(fact, ConsentAskedAgain) for fact in somebody.facts) == 1


@pytest.mark.parametrize(("key", "given"), [(ASKED, True), ("stop:evaluation", False)])
def test_their_answer_is_one_to_the_words_of_now(library: Library, key: str, given: bool) -> None:
    somebody = talker(library)
    finishes_a_page(somebody, library)
    somebody.presses(key)
    [answer] = [f for f in somebody.facts if isinstance(f, ConsentAnswered) and f.consent == "evaluation"]
    assert (answer.given, answer.version) == (given, current(library))
    somebody.presses("menu:menu")
    finishes_a_page(somebody, library)
    assert ASKED not in somebody.labels()


def test_nobody_else_is_asked(library: Library) -> None:
    for somebody in (
        talker(library, answered=current(library)),
        talker(library, given=False),
        Talker(library),
    ):
        finishes_a_page(somebody, library)
        assert ASKED not in somebody.labels()


def test_it_waits_until_nothing_worries_anybody(library: Library) -> None:
    somebody = talker(library)
    somebody.presses("menu:team")
    assert [(alert.level, alert.status) for alert in somebody.state.alerts.values()] == [("soon", "open")]
    finishes_a_page(somebody, library)
    assert ASKED not in somebody.labels()
    quiet = {name: alert.but(status="resolved") for name, alert in somebody.state.alerts.items()}
    somebody.state = somebody.state.but(alerts=quiet)
    finishes_a_page(somebody, library)
    assert ASKED in somebody.labels()


def test_a_yes_to_older_words_can_be_renewed_under_my_choices(library: Library) -> None:
    somebody = talker(library)
    somebody.presses("menu:more")
    somebody.presses("menu:choices")
    assert {ASKED, "stop:evaluation"} <= {*somebody.labels()}
    assert any("the words have changed since" in shown.text for shown in somebody.shown)
    somebody.presses(ASKED)
    somebody.presses("menu:choices")
    assert ASKED not in somebody.labels()
