"""In whose language a conversation goes on, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from presser import SERVICE, Talker
from pseudo import in_language, with_language

from bot.core.facts import EasyWordsAnswered, Fact, StepEntered, TimerSet
from bot.core.flow import calendar
from bot.core.inputs import Said
from bot.core.library import Library
from bot.core.proposals import OfferGroup, OfferModule
from bot.core.safety import Context, Screen, Tier

MODULE = "copd/breathlessness-and-worry"
HEART = "heart/after-a-heart-attack"
QUIET = Screen(tier=Tier.NONE)


@pytest.fixture(scope="session")
def easier(library: Library) -> Library:
    """With one page in easier words."""
    easy = in_language(library.modules[MODULE], "eo", language="en", id=f"{MODULE}.easy", title="Easy")
    return library.model_copy(update={"modules": {**library.modules, f"{MODULE}.easy": easy}})


# -- which form of a page -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "easy", "forms", "wanted"),
    [
        ("en", False, ("a/b",), "a/b"),
        ("en", True, ("a/b",), "a/b"),
        ("en", True, ("a/b", "a/b.easy"), "a/b.easy"),
        ("en", False, ("a/b", "a/b.easy"), "a/b"),
        ("pl", False, ("a/b", "a/b.pl"), "a/b.pl"),
        ("pl", False, ("a/b", "a/b.cy"), "a/b"),
        ("pl", True, ("a/b", "a/b.pl", "a/b.easy.pl"), "a/b.easy.pl"),
        ("pl", True, ("a/b", "a/b.easy", "a/b.pl"), "a/b.pl"),
        ("pl", True, ("a/b", "a/b.easy"), "a/b.easy"),
        ("pl-PL", False, ("a/b", "a/b.pl"), "a/b"),
        ("", False, ("a/b", "a/b.pl"), "a/b"),
    ],
)
def test_the_language_comes_before_easier_words(
    library: Library, language: str, easy: bool, forms: tuple[str, ...], wanted: str
) -> None:
    page = library.modules[MODULE]
    held = library.model_copy(update={"modules": dict.fromkeys(forms, page)})
    assert held.module_key("a/b", language, easy=easy) == wanted
    assert held.module_key(forms[-1], language, easy=easy) == wanted


def test_lists_hold_each_module_once_in_the_patients_language(library: Library) -> None:
    assert [m.id for m in library.modules_for(("copd",))].count(MODULE) == 1
    talker = Talker(library, "pl")
    talker.offered(OfferModule(module=MODULE), OfferModule(module=f"{MODULE}.pl"), OfferModule(module=HEART))
    by_key = {c.id.partition(".")[2]: (c.label, c.lang) for c in talker.shown[-1].choices}
    assert by_key == {
        f"start:{MODULE}": ("Duszność i niepokój", None),
        f"start:{HEART}": (library.modules[HEART].title, "en"),
        "menu:not_these": ("Nic z tego", None),
        "menu:menu": ("Wróć do menu", None),
    }
    assert talker.shown[-1].lang == "pl"


def test_a_group_is_called_by_its_name_in_the_patients_language(library: Library) -> None:
    group = library.groups["copd"]
    polish = group.model_copy(update={"language": "pl", "title": "Życie z POChP", "welcome": "Witaj."})
    held = library.model_copy(update={"groups": {**library.groups, "copd.pl": polish}})
    assert [g.id for g in held.groups_for(("copd",))].count("copd") == 1
    talker = Talker(held, "pl")
    talker.offered(OfferGroup(group="copd"))
    assert talker.labels()["group:copd"] == "Życie z POChP"
    talker.presses("group:copd")
    assert ("Witaj.", "pl") in [(s.text, s.lang) for s in talker.shown]


# -- every message says what it is written in ---------------------------------------------------------


def test_what_has_no_translation_is_said_in_english_and_says_so(library: Library) -> None:
    talker = Talker(library, "pl")
    assert {s.lang for s in talker.shown} == {"pl"}
    talker.begins(HEART)
    said = {s.text: s.lang for s in talker.shown}
    assert said[library.modules[HEART].urgent] == "en"
    assert said[library.say("draft_notice", "pl")] == "pl"
    assert said[talker.shown[-1].text] == "en"
    assert [c.lang for c in talker.shown[-1].choices] == ["pl"], "the button to skip is the service's own"


def test_a_translation_says_what_it_leaves_in_english(library: Library) -> None:
    talker = Talker(library, "pl")
    talker.begins(MODULE)
    assert talker.run.module == f"{MODULE}.pl"
    assert [s.lang for s in talker.shown] == ["en", "pl", "pl", "en", "en", "en", "en", "en"]
    question = talker.shown[-1].question
    assert question is not None
    assert [o.label for o in question.options] == ["Yes", "No"], "an English question has English answers"
    talker.answers(1)
    assert [(c.label, c.lang) for c in talker.shown[-1].choices] == [
        ("I have called 999", None),
        ("To była pomyłka", "pl"),
    ]


def test_an_alert_and_a_plan_of_a_translation_are_those_of_the_page(library: Library) -> None:
    talker = Talker(library, "pl")
    talker.begins(MODULE)
    talker.answers(1)
    assert set(talker.state.alerts) == {f"content:{MODULE}"}


@pytest.mark.parametrize("language", ["xx", "", "pl-PL", "../../etc", "en; q=0.9"])
def test_an_unknown_language_is_english(library: Library, language: str) -> None:
    talker, english = Talker(library, language), Talker(library, "en")
    talker.begins(MODULE)
    english.begins(MODULE)
    assert talker.shown == english.shown
    assert talker.facts[2:] == english.facts[2:]


# -- going on in another form of the page -------------------------------------------------------------


def test_a_run_goes_on_in_the_patients_language_at_its_next_step(library: Library) -> None:
    without = {k: m for k, m in library.modules.items() if not k.endswith(".pl")}
    english = library.model_copy(update={"modules": without})
    talker = Talker(english, "pl")
    talker.begins(MODULE)
    assert talker.run.module == MODULE
    talker.answers(0)
    talker.library = library  # a translation is published
    talker.presses("2-0")
    assert (talker.run.module, talker.run.step) == (f"{MODULE}.pl", "what-brings-you-here")
    assert talker.shown[-1].lang == "pl"
    entered = [f for f in talker.facts if isinstance(f, StepEntered)][-1]
    assert entered == StepEntered(step=talker.run.step, release=library.release, module=f"{MODULE}.pl")
    assert talker.run.slots["emergency"].number == 0, "answers stay"
    talker.library = english  # and taken back
    talker.does(Said(UUID(int=99), text="źle", screen=QUIET))
    assert talker.run.module == MODULE


def test_done_is_done_in_any_language(library: Library) -> None:
    talker = Talker(library, "pl")
    talker.begins(MODULE)
    talker.answers(1)
    talker.presses("0-0")
    talker.presses("1")
    assert talker.state.done == (MODULE,)


def test_a_follow_up_comes_in_the_patients_language_of_that_day(library: Library) -> None:
    places = [
        f"{MODULE}#{step.id}#{at}"
        for step in library.modules[MODULE].steps
        for at, part in enumerate(step.parts)
        if part.kind == "later"
    ]
    planned = [f.timer.key for f in _walked_to_the_end(library) if isinstance(f, TimerSet)]
    assert set(planned) & set(places), "planned under the name of the page, not of its translation"


def _walked_to_the_end(library: Library) -> list[Fact]:
    talker = Talker(library, "pl")
    talker.begins(MODULE)
    talker.answers(0)
    talker.presses("2-1")  # breathe with me
    talker.presses("done")
    talker.presses("0")
    talker.presses("goal.0")
    return talker.facts


# -- easier words -------------------------------------------------------------------------------------


def test_easier_words_are_offered_once_and_kept(easier: Library) -> None:
    talker = Talker(easier, "en")
    talker.begins(MODULE)
    assert talker.shown[-1].text == easier.say("easy_ask")
    assert talker.labels() == {"words:easy": "Yes", "words:usual": "No"}
    talker.presses("words:easy")
    assert talker.run.module == f"{MODULE}.easy"
    assert talker.shown[0].text.startswith("[")
    assert EasyWordsAnswered(easy=True) in talker.facts
    assert talker.state.profile.easy is True
    again = Talker(easier, "en")
    again.state = again.state.but(profile=talker.state.profile)
    again.begins(MODULE)
    assert again.run.module == f"{MODULE}.easy"
    assert easier.say("easy_ask") not in [s.text for s in again.shown]


def test_the_usual_words_stay_where_nobody_wants_easier_ones(easier: Library) -> None:
    talker = Talker(easier, "en")
    talker.begins(MODULE)
    talker.presses("words:usual")
    assert (talker.run.module, talker.state.profile.easy) == (MODULE, False)
    assert not talker.shown[0].text.startswith("[")


def test_a_mind_is_changed_in_the_menu_and_what_is_open_goes_on_in_those_words(easier: Library) -> None:
    talker = Talker(easier, "en")
    assert "menu:easy" not in talker.labels(), "who was never asked has no such button"
    talker.begins(MODULE)
    talker.presses("words:usual")
    talker.does(Said(UUID(int=77), text="bananas", screen=QUIET))
    talker.presses("resume")
    talker.answers(0)
    talker.does(Said(UUID(int=78), text="bananas", screen=QUIET))
    talker.presses("resume")
    talker.presses("2-0")
    assert talker.run.module == MODULE
    talker.state = talker.state.but(profile=talker.state.profile.but(easy=True))
    talker.presses("skip")
    assert talker.run.module == f"{MODULE}.easy"


def test_the_menu_turns_easier_words_on_and_off(easier: Library) -> None:
    talker = Talker(easier, "en")
    talker.begins(MODULE)
    talker.presses("words:easy")
    talker.answers(1)
    talker.presses("0-0")
    talker.presses("1")  # finished
    assert talker.labels()["menu:usual"] == easier.say("menu_usual")
    talker.presses("menu:usual")
    assert talker.state.profile.easy is False
    assert talker.shown[0].text == easier.say("easy_not_chosen")
    talker.presses("menu:easy")
    assert talker.state.profile.easy is True


def test_nobody_is_asked_about_easier_words_in_a_language_that_has_none(easier: Library) -> None:
    talker = Talker(easier, "pl")
    talker.begins(MODULE)
    assert talker.run.module == f"{MODULE}.pl"
    assert easier.say("easy_ask", "pl") not in [s.text for s in talker.shown]


# -- days and hours -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2026, 3, 2, 10, tzinfo=UTC), "dziś do 17:00"),
        (datetime(2026, 3, 2, 8, tzinfo=UTC), "dziś od 9:00"),
        (datetime(2026, 3, 2, 20, tzinfo=UTC), "jutro od 9:00"),
        (datetime(2026, 3, 6, 20, tzinfo=UTC), "w poniedziałek od 9:00"),
    ],
)
def test_when_the_team_reads_in_another_language(library: Library, now: datetime, said: str) -> None:
    assert calendar.when(library, SERVICE, now, "pl") == said


def test_an_english_sentence_has_english_hours_in_it(library: Library) -> None:
    """Words of a crisis are not translated, and nothing in them is either."""
    talker = Talker(library, "pl")
    text = "chcę umrzeć, i want to die"
    talker.does(Said(UUID(int=9), text=text, screen=library.screen(text, Context())))
    told = next(s for s in talker.shown if "letting your team know" in s.text)
    assert (told.lang, "today until 5pm" in told.text) == ("en", True)
    assert {line.lang for s in talker.shown if s.urgent for line in s.urgent.lines} == {None}


# -- nothing is hard-wired ----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["eo", "he"])
def test_no_sentence_of_the_conversation_stands_in_the_code(library: Library, language: str) -> None:
    """In a made-up language there is no English left but what is registered or safety's own."""
    made_up = with_language(library, language, MODULE)
    talker = Talker(made_up, language)
    talker.begins(MODULE)
    seen = [*talker.shown]
    talker.answers(0)
    seen += talker.shown
    for key in ("2-1", "done", "0", "goal.0"):
        talker.presses(key)
        seen += talker.shown
    left = {s.text for s in seen if s.lang != language}
    left |= {c.label for s in seen for c in s.choices if c.lang not in (None, language)}
    assert left == set()
    marked = "[" if language == "eo" else "א"
    assert all(marked in s.text or language == "he" for s in seen)
