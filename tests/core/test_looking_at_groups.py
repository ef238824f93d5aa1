"""Looking at a group from the list of them: as its button in the chat does, and never over what must come first."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import presser
import pytest
from presser import Talker

from bot.core.errors import Refused
from bot.core.facts import MessageHeard
from bot.core.flow.directory import Directory, directory
from bot.core.inputs import ActionReturned, EndCare, LookAtGroup, RoomAnswered, TakeOver
from bot.core.library import Library
from bot.core.matching import Wish
from bot.core.pen import Moment, Pen
from bot.core.state import Barred, ForAction, ForPatient, GroupRun, Membership, SafetyRun
from bot.core.values import LineId, StaffId, WordId

ROOM = LineId(UUID(int=900))


@pytest.fixture(autouse=True)
def rooms(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every group has a room here."""
    opened = {group: LineId(UUID(int=n)) for n, group in enumerate(sorted(library.groups), 100)}
    monkeypatch.setattr(presser, "SERVICE", presser.SERVICE.model_copy(update={"rooms": opened}))


def looks_at(talker: Talker, group: str | None) -> None:
    talker.does(LookAtGroup(UUID(int=talker.n << 64), group))


def listed(talker: Talker, wish: Wish | None = None) -> Directory:
    moment = Moment(
        line=LineId(UUID(int=1)),
        turn=UUID(int=0),
        now=talker.now,
        service=presser.SERVICE,
        library=talker.library,
    )
    return directory(Pen(talker.state, moment), wish or Wish())


def said(talker: Talker) -> str:
    return "\n\n".join(s.text for s in talker.shown)


# -- from the list into the chat ----------------------------------------------------------------------


def test_it_begins_the_joining_as_its_button_does(library: Library) -> None:
    pressed, looked = Talker(library), Talker(library)
    pressed.presses("menu:group")
    pressed.presses("group:copd")
    looks_at(looked, "copd")
    assert [s.text for s in looked.shown] == [s.text for s in pressed.shown]
    assert isinstance(looked.state.top, GroupRun) and isinstance(looked.state.wait, ForPatient)
    heard = [f for f in looked.facts if isinstance(f, MessageHeard)]
    assert heard[-1].how == "choice"
    looked.presses("join")
    looked.types("Wren")
    assert looked.state.rooms["copd"].status == "asked"


@pytest.mark.parametrize("group", ["heart", "nothing", "", "copd.pl"])
def test_a_group_that_is_none_of_theirs_is_not_here(library: Library, group: str) -> None:
    talker = Talker(library)
    before = talker.state
    with pytest.raises(Refused, match="not_here"):
        looks_at(talker, group)
    assert talker.state == before


def test_a_group_without_a_room_is_not_here(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presser, "SERVICE", presser.SERVICE.model_copy(update={"rooms": {}}))
    with pytest.raises(Refused, match="not_here"):
        looks_at(Talker(library), "copd")


def test_whose_care_has_ended_looks_at_none(library: Library) -> None:
    talker = Talker(library)
    talker.does(EndCare("discharged", StaffId(UUID(int=3))))
    with pytest.raises(Refused, match="not_here"):
        looks_at(talker, "copd")
    assert listed(talker).cards == () and "has ended" in listed(talker).note


def test_an_open_check_in_stays_open_below_it(library: Library) -> None:
    talker = Talker(library)
    talker.presses("menu:check_in")
    while not isinstance(talker.state.wait, ForPatient) or talker.state.wait.item is None:
        talker.presses(next(iter(talker.labels())))
    asked, runs = talker.shown[-1].question, talker.state.runs
    looks_at(talker, "copd")
    assert talker.state.runs[:-1] == runs and isinstance(talker.state.top, GroupRun)
    talker.presses("not_now")
    assert talker.state.runs == runs
    assert talker.shown[-1].question == asked


def test_a_second_look_takes_the_place_of_the_first(library: Library) -> None:
    talker = Talker(library)
    looks_at(talker, "copd")
    looks_at(talker, "work")
    assert [run.group for run in talker.state.runs if isinstance(run, GroupRun)] == ["work"]


def test_a_talk_about_safety_is_finished_first(library: Library) -> None:
    talker = Talker(library)
    talker.types("i want to die")
    assert isinstance(talker.state.top, SafetyRun)
    wait = talker.state.wait
    looks_at(talker, "copd")
    assert isinstance(talker.state.top, SafetyRun)
    assert "Let us finish this first." in said(talker)
    assert isinstance(talker.state.wait, ForPatient) and isinstance(wait, ForPatient)
    assert talker.state.wait.keys == wait.keys


def test_what_an_action_is_awaited_for_is_not_disturbed(library: Library) -> None:
    talker = Talker(library)
    talker.presses("menu:module")
    wait = talker.state.wait
    assert isinstance(wait, ForAction)
    looks_at(talker, "copd")
    assert talker.state.wait == wait and "One moment" in said(talker)
    talker.does(ActionReturned(wait.call, ()))


def test_with_a_colleague_in_the_chat_it_is_only_written_down(library: Library) -> None:
    talker = Talker(library)
    talker.does(TakeOver(StaffId(UUID(int=3))))
    looks_at(talker, "copd")
    assert talker.shown == [] and talker.state.runs == ()


def test_who_said_no_to_groups_is_told_how_to_change_it(library: Library) -> None:
    talker = Talker(library)
    talker.state = talker.state.but(
        profile=talker.state.profile.but(consents={**talker.state.profile.consents, "groups": False})
    )
    assert listed(talker).cards == () and listed(talker).refused
    assert "You have said no to groups" in listed(talker).note
    looks_at(talker, None)
    assert "give:groups" in talker.labels()
    talker.presses("give:groups")
    assert listed(talker).cards


# -- the list -----------------------------------------------------------------------------------------


def test_each_card_says_what_the_chat_says(library: Library) -> None:
    talker = Talker(library)
    found = {card.group.id: card for card in listed(talker).cards}
    copd, thursday = found["copd"], found["thursday-hour"]
    assert copd.why == "You see this because you live with COPD."
    assert copd.rhythm == "The room is there every day."
    assert copd.hours == "A host looks in Mon–Fri, 8am to 8pm, but not all the time."
    assert (copd.next, copd.opens, copd.standing) == ("", None, "none")
    assert thursday.rhythm == "Meets on Thursdays, 6pm to 7pm." and thursday.hours == ""
    assert thursday.next == "Next time: Thursday 5 March, 6pm to 7pm."
    assert thursday.opens == datetime(2026, 3, 5, 18, tzinfo=UTC)
    assert "heart" not in found


def test_who_lives_by_another_clock_has_the_next_time_on_theirs(library: Library) -> None:
    talker = Talker(library)
    talker.state = talker.state.but(profile=talker.state.profile.but(timezone="Europe/Madrid"))
    found = {card.group.id: card for card in listed(talker).cards}
    assert found["thursday-hour"].next.startswith(
        "Next time: Thursday 5 March, 7pm to 8pm. That is on your own"
    )
    assert found["copd"].hours.endswith("That is on your team's clock.")


def test_a_wish_leaves_what_grants_it_and_what_there_is_to_wish_for(library: Library) -> None:
    talker = Talker(library)
    everything = listed(talker)
    found = listed(talker, Wish(theme="work"))
    assert {c.group.id for c in found.cards} == {
        c.group.id for c in everything.cards if "work" in c.group.themes
    }
    assert all("because you chose “Work”" in card.why for card in found.cards)
    assert (found.themes, found.stages, found.kinds) == (
        everything.themes,
        everything.stages,
        everything.kinds,
    )
    assert [kind for kind, _ in found.kinds] == ["open", "session", "course"]
    assert ("work", "Work") in found.themes
    none = listed(talker, Wish(theme="work", stage="after"))
    assert none.cards == () and none.note.startswith("There is no group like that yet.")


def test_how_they_stand_with_it(library: Library) -> None:
    talker = Talker(library)

    def standing() -> tuple[str, LineId | None]:
        card = next(c for c in listed(talker).cards if c.group.id == "copd")
        return card.standing, card.room

    looks_at(talker, "copd")
    talker.presses("join")
    talker.types("Wren")
    assert standing() == ("asked", None)
    talker.does(RoomAnswered("copd", "waiting", ROOM, why="full"))
    assert standing() == ("waiting", None)
    talker.does(RoomAnswered("copd", "member", ROOM))
    assert standing() == ("member", ROOM)
    membership = talker.state.rooms["copd"]
    talker.state = talker.state.but(rooms={"copd": membership.but(resting=True)})
    assert standing() == ("resting", ROOM)
    talker.state = talker.state.but(barred=(Barred(room=ROOM, case=1, reason="unkind", until=None),))
    assert standing() == ("barred", ROOM)
    left = Membership(room=ROOM, status="left", pseudonym=WordId(UUID(int=5)))
    talker.state = talker.state.but(rooms={"copd": left}, barred=())
    assert standing() == ("none", None)


def test_in_polish(library: Library) -> None:
    talker = Talker(library, "pl")
    found = {card.group.id: card for card in listed(talker).cards}
    assert found["thursday-hour"].next == "Następny raz: czwartek 5 marca, od 18:00 do 19:00."
    assert "Opiekun grupy zagląda tu w te dni: pon.–pt., od 8:00 do 20:00" in found["copd"].hours
    assert found["copd"].foreign == "Pisze się tam w innym języku: English."
