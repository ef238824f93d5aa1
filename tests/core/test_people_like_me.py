"""Finding a group in the chat: which are shown, why, when they meet, and what is never said."""

from __future__ import annotations

import re
from uuid import UUID

import presser
import pytest
from presser import Talker

from bot.core.facts import RunStarted
from bot.core.inputs import Said, Understood
from bot.core.library import Library
from bot.core.state import ForNothing, GroupRun, Membership
from bot.core.values import LineId, WordId


@pytest.fixture(autouse=True)
def rooms(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every group has a room here."""
    opened = {group: LineId(UUID(int=n)) for n, group in enumerate(sorted(library.groups), 100)}
    monkeypatch.setattr(presser, "SERVICE", presser.SERVICE.model_copy(update={"rooms": opened}))


def looks(library: Library, *conditions: str, language: str = "en") -> Talker:
    talker = Talker(library, language, conditions)
    talker.presses("menu:group")
    return talker


def said(talker: Talker) -> str:
    return "\n\n".join(s.text for s in talker.shown)


def keys(talker: Talker) -> list[str]:
    return [c.id.partition(".")[2] for c in talker.shown[-1].choices]


def test_each_group_says_what_it_is_why_it_is_shown_and_when(library: Library) -> None:
    talker = looks(library, "copd")
    assert [s.text for s in talker.shown if s.text.startswith("**Living with COPD**")] == [
        "**Living with COPD**\n"
        "A small, kind room for people who live with COPD, asthma or another illness of the lungs.\n"
        "You see this because you live with COPD.\n"
        "The room is there every day."
    ]
    assert "Starts when 6 people are there. It takes 4 weeks." in said(talker)
    assert keys(talker)[-2:] == ["people:else", "people:no"]


def test_at_most_four_are_shown_and_the_others_are_a_press_away(library: Library) -> None:
    talker = looks(library, "copd")
    first = [key for key in keys(talker) if key.startswith("group:")]
    assert len(first) == 4
    seen = [*first]
    while (more := next((k for k in keys(talker) if k.startswith("people:more")), None)) is not None:
        talker.presses(more)
        seen += [key for key in keys(talker) if key.startswith("group:")]
    fitting = [g.id for g in library.groups_for(("copd",))]
    assert sorted(seen) == sorted(f"group:{g}" for g in fitting)


def test_somebody_with_several_conditions_is_told_of_each(library: Library) -> None:
    talker = looks(library, "heart", "diabetes")
    both = "You see this because you live with diabetes, and because you live with a heart condition."
    assert both in said(talker)
    assert "**Living with diabetes**" in said(talker) and "**Living with a heart condition**" in said(talker)
    assert "COPD" not in said(talker)


def test_a_session_says_when_it_meets(library: Library) -> None:
    talker = looks(library, "heart")
    assert "Meets on Thursdays, 6pm to 7pm." in said(talker)
    assert "because it is open to everybody here" in said(talker)


def test_who_lives_by_another_clock_is_told_whose_hour_it_is(library: Library) -> None:
    talker = looks(library, "heart")
    assert "clock" not in said(talker)
    talker.state = talker.state.but(profile=talker.state.profile.but(timezone="Europe/Madrid"))
    talker.presses("people:no")
    talker.presses("menu:group")
    assert "Meets on Thursdays, 6pm to 7pm. That is on your team's clock." in said(talker)


def test_in_polish_it_is_said_in_polish_and_what_is_english_says_so(library: Library) -> None:
    talker = looks(library, "heart", language="pl")
    told = {s.text: s.lang for s in talker.shown}
    why = (
        "Widzisz to, bo żyjesz z chorobą serca.\n"
        "Grupa jest każdego dnia.\n"
        "Pisze się tam w innym języku: English."
    )
    assert told[why] == "pl"
    about = next(text for text in told if text.startswith("**Living with a heart condition**"))
    assert told[about] == "en"
    assert "Spotyka się w czwartki, od 18:00 do 19:00." in said(talker)


def test_something_else_in_common(library: Library) -> None:
    talker = looks(library, "pain")
    talker.presses("people:else")
    offered = talker.labels()
    assert offered["people:theme:work"] == "Work"
    assert offered["people:stage:new"] == "New to it"
    assert "people:stage:after" not in offered, "no group that fits is for it"
    talker.presses("people:theme:work")
    assert [k for k in keys(talker) if k.startswith("group:")] == ["group:pain", "group:work"]
    assert "You see this because you live with long-term pain, and because you chose “Work”." in said(talker)
    talker.presses("people:else")
    talker.presses("people:stage:new")
    assert "because you chose “New to it”" in said(talker)


def test_what_they_would_like_can_be_typed(library: Library) -> None:
    talker = looks(library, "pain")
    talker.types("something else in common")
    talker.types("work")
    assert "**Work and being ill**" in said(talker)


def test_choosing_one_shows_its_house_rules(library: Library) -> None:
    talker = looks(library, "pain")
    talker.presses("group:pain")
    assert isinstance(talker.state.top, GroupRun)
    assert library.groups["pain"].welcome in [s.text for s in talker.shown]
    talker.presses("join")
    assert "Do not use your own name" in said(talker)


def test_not_now_is_fine(library: Library) -> None:
    talker = looks(library, "pain")
    talker.presses("people:no")
    assert talker.shown[0].text.startswith("That is fine.")
    assert "menu:group" in keys(talker)


def test_without_a_group_that_fits_it_says_so_kindly(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presser, "SERVICE", presser.SERVICE.model_copy(update={"rooms": {}}))
    talker = looks(library, "pain")
    assert said(talker).startswith("There is no group that fits yet. I am sorry.")
    assert keys(talker) == ["menu:menu"]


def test_a_group_they_are_in_is_not_offered(library: Library) -> None:
    talker = Talker(library, "en", ("pain",))
    there = Membership(room=LineId(UUID(int=1)), status="member", pseudonym=WordId(UUID(int=2)))
    talker.state = talker.state.but(rooms={"pain": there})
    talker.presses("menu:group")
    assert "group:pain" not in keys(talker)
    talker.state = talker.state.but(rooms=dict.fromkeys(library.groups, there))
    talker.presses("people:no")
    talker.presses("menu:group")
    assert said(talker).startswith("You are in all the groups that fit.")


def test_who_has_said_no_to_groups_is_shown_none(library: Library) -> None:
    talker = looks(library, "pain")
    talker.state = talker.state.but(
        profile=talker.state.profile.but(consents={"care": True, "groups": False})
    )
    for key in ("people:else", "people:theme:work", "menu:group"):
        shown = talker.shown[-1]
        talker.state = talker.state.but(wait=ForNothing(seq=talker.state.seq, keys=(key,)))
        talker.does(Said(UUID(int=talker.n), choice=f"{talker.state.seq}.{key}"))
        assert "You have said no to groups" in said(talker), (key, shown)


def test_who_has_said_no_to_groups_is_led_into_none_by_a_module(library: Library) -> None:
    talker = looks(library, "pain")
    talker.state = talker.state.but(
        profile=talker.state.profile.but(consents={"care": True, "groups": False})
    )
    talker.presses("group:pain")
    assert said(talker).startswith("You have said no to groups")
    assert keys(talker) == ["give:groups", "menu:menu"]
    assert talker.state.runs == ()
    talker.presses("give:groups")
    talker.presses("menu:menu")
    talker.presses("menu:group")
    talker.presses("group:pain")
    assert isinstance(talker.state.top, GroupRun)


@pytest.mark.parametrize("key", ["people:theme:gardening", "people:stage:gone", "people:more:theme:gone:4"])
def test_what_there_is_no_more_breaks_nothing(library: Library, key: str) -> None:
    talker = looks(library, "pain")
    talker.state = talker.state.but(wait=ForNothing(seq=talker.state.seq, keys=(key,)))
    talker.does(Said(UUID(int=talker.n), choice=f"{talker.state.seq}.{key}"))
    assert not talker.state.alerts
    assert "people:no" in keys(talker) or "menu:menu" in keys(talker)


def test_asking_for_people_like_me_leads_there(library: Library) -> None:
    talker = Talker(library, "en", ("pain",))
    talker.types("people like me", Understood("find_group", 0.9, (), "test"))
    assert "**Living with pain**" in said(talker)


@pytest.mark.parametrize("language", ["en", "pl"])
def test_nothing_says_how_many_are_in_a_room_or_who(library: Library, language: str) -> None:
    for condition in ("copd", "heart", "unexplained"):
        talker = looks(library, condition, language=language)
        own = {"**" + g.title + "**\n" + g.summary for g in library.groups.values()}
        text = said(talker)
        for page in own:
            text = text.replace(page, "")
        numbers = re.findall(r"\d+", re.sub(r"\d+(:\d\d|am|pm)", "", text))
        course = ["6", "4"] if condition == "copd" else []
        assert numbers == course


def test_looking_leaves_no_trace_but_what_was_said(library: Library) -> None:
    talker = looks(library, "pain")
    talker.presses("people:else")
    talker.presses("people:theme:work")
    assert not any(isinstance(fact, RunStarted) for fact in talker.facts)
