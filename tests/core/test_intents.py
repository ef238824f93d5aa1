"""What each intent leads to, by the rules alone."""

from __future__ import annotations

import pytest
from presser import Talker

from bot.core.flow.home import LIKELY, SURE
from bot.core.flow.intents import ANSWERED, FIRST, INTERRUPTS, LEADS_TO
from bot.core.inputs import Understood
from bot.core.library import Library
from bot.core.state import ForAction

ACTED_UPON = sorted({*LEADS_TO, *ANSWERED, *INTERRUPTS, "say_again"})
MODULE = "copd/breathlessness-and-worry"


def surely(intent: str) -> Understood:
    return Understood(intent=intent, confidence=0.99)


def texts(talker: Talker) -> list[str]:
    return [shown.text for shown in talker.shown]


@pytest.mark.parametrize("intent", sorted(ANSWERED))
def test_a_question_about_the_service_is_answered_and_the_menu_follows(library: Library, intent: str) -> None:
    talker = Talker(library)
    talker.types("words", surely(intent))
    assert texts(talker)[0][:12] == library.say(ANSWERED[intent])[:12]
    assert "menu:team" in talker.labels()


@pytest.mark.parametrize("confidence", [LIKELY, SURE])
@pytest.mark.parametrize("intent", sorted(FIRST))
def test_how_somebody_is_comes_before_what_is_offered(
    library: Library, intent: str, confidence: float
) -> None:
    talker = Talker(library)
    talker.types("words", Understood(intent=intent, confidence=confidence))
    assert texts(talker)[0] == library.say(FIRST[intent])


def test_what_is_hardly_likely_is_not_said_to_be_heard(library: Library) -> None:
    talker = Talker(library)
    talker.types("words", Understood(intent="lonely", confidence=LIKELY - 0.01))
    assert library.say("feeling_heard") not in texts(talker)


@pytest.mark.parametrize("intent", ACTED_UPON)
def test_every_intent_leaves_something_to_press(library: Library, intent: str) -> None:
    talker = Talker(library)
    talker.types("words", surely(intent))
    if not isinstance(talker.state.wait, ForAction):
        assert any(shown.choices or shown.question for shown in talker.shown)


@pytest.mark.parametrize("intent", sorted(LEADS_TO))
def test_what_an_intent_leads_to_is_there(library: Library, intent: str) -> None:
    talker = Talker(library)
    talker.types("words", surely(intent))
    assert library.say("old_question") not in texts(talker)


def test_in_the_middle_of_a_module_the_question_is_said_again(library: Library) -> None:
    talker = Talker(library)
    talker.begins(MODULE)
    question = talker.shown[-1].text
    talker.types("pardon", surely("say_again"))
    assert texts(talker)[-1] == question
    assert talker.run.module == MODULE


def test_easier_words_can_be_asked_for_at_any_time(library: Library) -> None:
    talker = Talker(library)
    talker.begins(MODULE)
    question = talker.shown[-1].text
    talker.types("use simpler words", surely("easier_words"))
    assert talker.state.profile.easy is True
    assert texts(talker)[-1] == question, "what was open is open"
