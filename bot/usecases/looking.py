"""What the team reads at the desk, with its words opened. Each page's look is noted once, by the read it begins with."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.core.facts import AlertRaised, EvidenceAdded, Fact
from bot.core.room import Room, handle_of
from bot.core.room.cases import asked_about
from bot.core.state import Conversation
from bot.core.values import LineId, ServiceId, StaffId, WordId
from bot.ports import (
    AlertSeen,
    DeliverySeen,
    Look,
    Looker,
    MessageSeen,
    NoticeSeen,
    PatientSeen,
    PersonSeen,
    PostSeen,
    RoomOpened,
)
from bot.usecases.conversation import messages_since, opened, standing
from bot.usecases.house import House
from bot.usecases.hub import Delivered
from bot.usecases.own_days import DiaryOpened, GoalOpened, diary_of, goals_of
from bot.usecases.own_plan import PartOpened, PlanOpened, for_team, plans_for_team, shared_plans
from bot.usecases.room_turns import standing_of
from bot.usecases.unsealing import unsealed

MESSAGES_AROUND = 12


async def first_names(house: House, service: ServiceId, people: Sequence[PersonSeen]) -> dict[LineId, str]:
    """Patients without a name, or whose name was erased, are left out."""
    texts = await unsealed(house, service, (p.first_name for p in people))
    return {p.id: texts[p.first_name.id] for p in people if p.first_name and p.first_name.id in texts}


@dataclass(frozen=True)
class AlertOpened:
    """``around``: for each message that is evidence, it and what followed until the patient wrote again; for what they
    wrote in a group, by the first message that the chat answered to it. ``notes``: what colleagues wrote with their acts. ``written``: for a piece of evidence, counted from 0, what they wrote in a group."""

    alert: AlertSeen
    person: PersonSeen | None
    name: str | None
    deliveries: Sequence[DeliverySeen]
    notices: Sequence[NoticeSeen]
    history: Sequence[tuple[datetime, Fact]]
    around: dict[int, tuple[Delivered, ...]]
    notes: Mapping[WordId, str]
    written: Mapping[int, Written]


@dataclass(frozen=True)
class Written:
    """``room`` None: where it stands is not known yet, or it was never placed. ``text`` empty: it has been erased."""

    room: LineId | None
    text: str


async def open_alert(house: House, service: ServiceId, alert: AlertSeen, by: Looker) -> AlertOpened:
    """Everything about an alert that was just read from the ledger, on behalf of whoever read it."""
    record = house.record
    people = await record.reading.people(service, [alert.line], by)
    names = await first_names(house, service, list(people.values()))
    around = {}
    if alert.line in people:
        seqs = {e.seq for e in alert.evidence if e.seq is not None}
        around = {seq: await _around(house, service, alert.line, seq, by) for seq in sorted(seqs)}
    history = await record.ledger.history(service, alert.line, alert.id, by)
    in_groups = await _written(house, service, alert, history, by) if alert.line in people else {}
    for at in sorted({alert.evidence[n].at for n in in_groups}):
        answer = await _answer(house, service, alert.line, at, by)
        if answer:
            around.setdefault(answer[0].seq, answer)
    written = [word for _, fact in history if (word := getattr(fact, "note", None)) is not None]
    notes = (
        await unsealed(house, service, await record.lines.words(service, alert.line, written))
        if written
        else {}
    )
    return AlertOpened(
        alert=alert,
        person=people.get(alert.line),
        name=names.get(alert.line),
        notices=await record.notices.of_alert(service, alert.id, by),
        deliveries=await record.ledger.deliveries(service, alert.id, by),
        history=history,
        around=around,
        notes=notes,
        written=in_groups,
    )


async def _written(
    house: House, service: ServiceId, alert: AlertSeen, history: Sequence[tuple[datetime, Fact]], by: Looker
) -> dict[int, Written]:
    """What a piece of evidence was heard in, where that is no message of the chat: the facts alone name those words."""
    told = [fact.evidence for _, fact in history if isinstance(fact, AlertRaised | EvidenceAdded)]
    words = {n: piece.word for n, piece in enumerate(told) if piece.word is not None}
    if not words or len(told) != len(alert.evidence):
        return {}
    rooms = await house.record.hosting.rooms_of_words(service, set(words.values()), by)
    sealed = await house.record.lines.words(service, alert.line, list(set(words.values())))
    texts = await unsealed(house, service, sealed)
    return {n: Written(rooms.get(word), texts.get(word, "")) for n, word in words.items()}


async def _around(
    house: House, service: ServiceId, line: LineId, seq: int, by: Looker
) -> tuple[Delivered, ...]:
    seen = await house.record.reading.messages(service, line, seq - 1, most=MESSAGES_AROUND, by=by)
    messages = await _for_team(house, service, line, seen)
    following = next((n for n, m in enumerate(messages) if m.sender == "patient" and m.seq > seq), None)
    return messages[:following]


async def _answer(
    house: House, service: ServiceId, line: LineId, at: datetime, by: Looker
) -> tuple[Delivered, ...]:
    """What the chat said to what they wrote in a group at that moment, until they wrote in the chat themselves."""
    seen = await house.record.reading.messages(service, line, 0, most=MESSAGES_AROUND, since=at, by=by)
    messages = await _for_team(house, service, line, seen)
    return tuple(itertools.takewhile(lambda m: m.sender != "patient", messages))


async def _for_team(
    house: House, service: ServiceId, line: LineId, seen: Sequence[MessageSeen]
) -> tuple[Delivered, ...]:
    state = await standing(house, service, line)
    shared = shared_plans(state) if state is not None else ()
    return for_team(await opened(house, service, line, seen), shared)


@dataclass(frozen=True)
class PatientOpened:
    """``plans``: those that they said their team may read. ``goals`` and ``diary``: newest first."""

    seen: PatientSeen
    name: str | None
    messages: tuple[Delivered, ...]
    state: Conversation
    plans: tuple[PlanOpened, ...]
    goals: tuple[GoalOpened, ...]
    diary: tuple[DiaryOpened, ...]

    @property
    def plan(self) -> tuple[PartOpened, ...]:
        """That for hard hours."""
        return next((each.parts for each in self.plans if each.plan == "safety"), ())


async def open_patient(
    house: House,
    service: ServiceId,
    patient: LineId,
    by: Looker,
    *,
    last_messages: int,
    look: Look = "patient.open",
) -> PatientOpened | None:
    # First, so that what comes between is missing in where it stands rather than in what is shown: it will be news.
    state = await standing(house, service, patient)
    reading = house.record.reading
    seen = await reading.patient(service, patient, by, last_messages=last_messages, look=look)
    if seen is None or state is None:
        return None
    names = await first_names(house, service, [seen.person])
    messages = for_team(await opened(house, service, patient, seen.messages), shared_plans(state))
    plans = await plans_for_team(house, service, patient, state)
    goals = await goals_of(house, service, seen)
    diary = await diary_of(house, service, patient, by)
    return PatientOpened(seen, names.get(patient), messages, state, plans, goals, diary)


async def more_of(
    house: House, service: ServiceId, patient: PatientOpened, after: int, by: Looker
) -> tuple[Delivered, ...]:
    """An earlier part of the conversation, as part of the same look."""
    messages = await messages_since(house, service, patient.seen.person.id, after, by)
    return for_team(messages, shared_plans(patient.state))


@dataclass(frozen=True)
class PostRead:
    """One post as hosts see it: all of its words, whatever became of it. ``flags``: members who reported it. ``handle``:
    by which the room knows its author. ``until``: it was let through, and is shown then. ``asked``: the cases about it that
    wait."""

    seq: int
    name: str | None
    staff: StaffId | None
    text: str
    status: str
    flags: int
    at: datetime
    handle: UUID | None = None
    reply_to: int | None = None
    warning: str | None = None
    until: datetime | None = None
    asked: tuple[int, ...] = ()


@dataclass(frozen=True)
class RoomRead:
    seen: RoomOpened
    posts: tuple[PostRead, ...]
    members: int


async def open_room(house: House, service: ServiceId, room: LineId, by: Looker) -> RoomRead | None:
    seen = await house.record.peers.room(service, room, by)
    state = await standing_of(house, service, room)
    if seen is None or state is None:
        return None
    texts = await unsealed(house, service, (w for p in seen.posts for w in (p.word, p.pseudonym)))
    return RoomRead(seen, tuple(_post(room, p, texts, state) for p in seen.posts), state.size)


def _post(room: LineId, p: PostSeen, texts: dict[WordId, str], state: Room) -> PostRead:
    standing = state.posts.get(p.seq)
    return PostRead(
        seq=p.seq,
        name=texts.get(p.pseudonym.id) if p.pseudonym else None,
        staff=p.staff,
        text=texts.get(p.word.id, "") if p.word else "",
        status=p.status,
        flags=len(standing.flags) if standing else 0,
        at=p.at,
        handle=handle_of(room, p.author) if p.author else None,
        reply_to=p.reply_to,
        warning=p.warning,
        until=standing.until if standing and p.status in ("held", "hidden") else None,
        asked=tuple(asked_about(state, p.seq)),
    )
