"""Who is in: let in, on the waiting list, moved to the next room, gone; nobody is told who anybody is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from bot.core.errors import Refused
from bot.core.facts import MemberJoined, MemberLeft, MemberNotIn, MemberWaits, MoreRoomWanted
from bot.core.inputs import Admit, AnswerJoining, Leave
from bot.core.library import Group
from bot.core.library.policy import GroupNumbers
from bot.core.pen import Pen
from bot.core.room import cases, presence
from bot.core.room.state import Room
from bot.core.values import LineId, WordId


def admitted(pen: Pen[Room], heard: Admit) -> None:
    """In, if there is a place; otherwise on the list. Who is in or waits already stays so."""
    member = pen.state.members.get(heard.patient)
    if member is not None and member.status in ("member", "waiting"):
        return
    if _name_taken(pen, heard):
        pen.write(MemberNotIn(patient=heard.patient, pseudonym=heard.pseudonym))
    elif heard.known:
        pen.write(_waits(pen, heard, "known"))
        if _joining_of(pen, heard.patient) is None:
            cases.open_case(pen, "joining", "known", member=heard.patient)
    elif takes_in(pen):
        pen.write(_joined(pen, heard.patient, heard.pseudonym, heard.name))
    else:
        pen.write(_waits(pen, heard, "begun" if pen.state.course else "full"))
        want_more_room(pen)


def left(pen: Pen[Room], heard: Leave) -> None:
    """Whoever is to move to another room, and got a place here meanwhile, stays."""
    member = pen.state.members.get(heard.patient)
    if member is None or member.status == "left" or (heard.moved and member.status != "waiting"):
        return
    pen.write(MemberLeft(patient=heard.patient, took_posts=heard.take_posts, moved=heard.moved))
    let_in_who_waits(pen)


def let_in_who_waits(pen: Pen[Room]) -> None:
    """The first on the list gets a place that has become free."""
    for patient in pen.state.next_in:
        if not takes_in(pen):
            return
        _let_in(pen, patient)


def answered(pen: Pen[Room], heard: AnswerJoining) -> None:
    """Somebody whom a host was asked to look at before they come in. Where there is no place they wait like others."""
    presence.came(pen, heard.by)
    found = _joining_of(pen, heard.member)
    if found is None:
        raise Refused("already_decided")
    if pen.state.members[heard.member].status == "waiting" and not heard.let_in:
        pen.write(MemberLeft(patient=heard.member))
        pseudonym = pen.state.members[heard.member].pseudonym
        pen.write(MemberNotIn(patient=heard.member, pseudonym=pseudonym, why="turned_away"))
    cases.decide(pen, found, heard.by, "let_in" if heard.let_in else "turn_away")
    let_in_who_waits(pen)
    if heard.member in pen.state.next_in:
        want_more_room(pen, let_in_by=found)


def takes_in(pen: Pen[Room]) -> bool:
    return has_a_place(pen.state, group_of(pen), pen.moment.library.policy.groups)


def has_a_place(room: Room, group: Group | None, numbers: GroupNumbers) -> bool:
    """A course that has begun takes nobody in: the next one begins together."""
    size = (group.size if group is not None else None) or numbers.size
    return room.course is None and room.size < size


def group_of(pen: Pen[Room]) -> Group | None:
    return group_named(pen.moment.library.groups, pen.state.group)


def group_named(groups: Mapping[str, Group], name: str) -> Group | None:
    """As the content in force has it, in whichever language stands first."""
    return groups.get(name) or next((g for key, g in sorted(groups.items()) if g.id == name), None)


def _joining_of(pen: Pen[Room], patient: LineId) -> int | None:
    asked = cases.cases_of(pen.state, member=patient)
    return next((number for number, case in asked.items() if case.kind == "joining"), None)


def _name_taken(pen: Pen[Room], heard: Admit) -> bool:
    """By anybody who is or was here: nobody is to be taken for somebody else."""
    return bool(heard.name) and any(
        m.name == heard.name for patient, m in pen.state.members.items() if patient != heard.patient
    )


def _let_in(pen: Pen[Room], patient: LineId) -> None:
    member = pen.state.members[patient]
    pen.write(_joined(pen, patient, member.pseudonym, member.name))


def _joined(pen: Pen[Room], patient: LineId, pseudonym: WordId, name: str) -> MemberJoined:
    return MemberJoined(patient=patient, pseudonym=pseudonym, at=pen.moment.now, name=name)


def _waits(pen: Pen[Room], heard: Admit, why: Literal["full", "begun", "known"]) -> MemberWaits:
    now = pen.moment.now
    return MemberWaits(patient=heard.patient, pseudonym=heard.pseudonym, at=now, why=why, name=heard.name)


def want_more_room(pen: Pen[Room], *, let_in_by: int | None = None) -> None:
    """Nobody comes into an empty room alone: the next one opens when a few wait for it. The next cohort of a course gathers
    in its own room. Those who waited went on to it when it was asked for; whom a host lets in by a case goes after them."""
    if pen.state.next_asked and let_in_by is not None:
        pen.write(MoreRoomWanted(n=pen.state.n + 1, case=let_in_by))
    enough = 1 if pen.state.course is not None else pen.moment.library.policy.groups.enough_to_open
    if not pen.state.next_asked and len(pen.state.next_in) >= enough:
        pen.write(MoreRoomWanted(n=pen.state.n + 1))
