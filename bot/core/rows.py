"""The rows that a turn's facts ask for. Everything the record holds of a Line follows from its facts (I5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from bot.core import facts as f
from bot.core.fold import Step, alert_after
from bot.core.room import Member, Room
from bot.core.state import Conversation, Helped, ModuleRun, OpenAlert, RatingRun, Timer, timer_id
from bot.core.values import LineId, StaffId

PRIORITY = {"now": 0, "soon": 5, "routine": 9}


@dataclass(frozen=True)
class EvidenceRow:
    alert: UUID
    n: int
    evidence: f.Evidence
    at: datetime


@dataclass(frozen=True)
class Promise:
    """An outbox row: something to be done after the commit, at least once; ``dedupe`` makes it once."""

    kind: str
    dedupe: str
    payload: dict[str, Any]
    priority: int = 5


@dataclass(frozen=True)
class ReminderRow:
    """How a reminder stands. ``why``: of its last move, or of its end; ``at``: of its end."""

    id: UUID
    what: str
    state: Literal["planned", "given", "dropped"]
    due_at: datetime | None = None
    why: str | None = None
    seq: int | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class CaseRow:
    """What waits, or waited, for a host; ``decision`` and what follows of one that is decided."""

    case: int
    kind: f.CaseKind
    why: str
    at: datetime
    seq: int | None
    member: LineId | None
    of: int | None
    word: UUID | None = None
    decision: f.Decision | None = None
    reason: str | None = None
    by: StaffId | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True)
class NoteRow:
    word: UUID
    by: StaffId
    at: datetime
    to: StaffId | None = None
    about: LineId | None = None


@dataclass
class Walked:
    """A module's Run as these facts tell it. ``steps``: entered meanwhile, in order."""

    began: int
    module: str
    language: str
    release: str
    steps: list[str] = field(default_factory=list)
    ended: str | None = None
    helped: Helped | None = None


class Rows(Struct):
    """What to write beside the state. Later facts win where they touch the same row.

    ``unusual``: there is something else than messages. ``unreached``: their devices and numbers are forgotten.
    ``taken``: members whose posts go with them. ``now``: who is in, who of the hosts is there or what is going on has
    changed; ``membership``: who is in.
    """

    line: LineId
    at: datetime
    unusual: bool = False
    messages: list[f.MessageHeard | f.MessageShown] = []
    scores: list[f.ScoreRecorded] = []
    alerts: dict[UUID, OpenAlert] = {}
    evidence: list[EvidenceRow] = []
    promises: list[Promise] = []
    timers: dict[str, Timer] = {}
    cleared: dict[str, tuple[str, str]] = {}
    posts: list[f.PostPlaced] = []
    standings: dict[int, tuple[str, datetime | None]] = {}
    taken: list[LineId] = []
    reactions: dict[tuple[int, LineId, str], bool] = {}
    cases: dict[int, CaseRow] = {}
    notes: list[NoteRow] = []
    members: dict[LineId, tuple[Member, datetime | None]] = {}
    opened: list[f.RoomOpened] = []
    now: Room | None = None
    membership: bool = False
    person: Conversation | None = None
    walked: dict[int, Walked] = {}
    reminders: dict[UUID, ReminderRow] = {}
    diary: list[f.DiaryKept] = []
    unreached: bool = False


def rows_of(line: LineId, steps: Iterable[Step[Any]], at: datetime) -> Rows:
    """Walk the steps of a turn, or of a whole Line, and note the rows that each fact asks for."""
    rows = Rows(line, at)
    for before, fact, state in steps:
        if isinstance(fact, f.MessageHeard | f.MessageShown):
            rows.messages.append(fact)
        elif (note := ASKING.get(type(fact))) is not None:
            rows.unusual = True
            note(rows, before, fact, state)
    return rows


def _score(rows: Rows, _: Any, fact: f.ScoreRecorded, __: Any) -> None:
    rows.scores.append(fact)


def _diary(rows: Rows, _: Any, fact: f.DiaryKept, __: Any) -> None:
    rows.diary.append(fact)


def _person(rows: Rows, _: Any, __: f.Fact, state: Conversation) -> None:
    rows.person = state


def _reached_no_more(rows: Rows, _: Any, __: f.Fact, state: Conversation) -> None:
    rows.person, rows.unreached = state, True


def _consent_answered(rows: Rows, before: Conversation, fact: f.ConsentAnswered, _: Conversation) -> None:
    """With a no. A yes begins without any, too: none may be left from a time before it."""
    if fact.consent == "reminders" and not (fact.given and before.profile.consents.get("reminders")):
        rows.unreached = True


# -- modules: a row for each Run, by the seq at which it began ----------------------------------------


def _walked(rows: Rows, run: object) -> Walked | None:
    """None of any other Run, and of one that is older than this counting."""
    if not isinstance(run, ModuleRun | RatingRun) or not run.began:
        return None
    new = Walked(run.began, run.module, run.language, run.release)
    return rows.walked.setdefault(run.began, new)


def _run_started(rows: Rows, _: Conversation, fact: f.RunStarted, __: Conversation) -> None:
    if isinstance(fact.run, ModuleRun):
        _walked(rows, fact.run)


def _step_entered(rows: Rows, _: Conversation, fact: f.StepEntered, state: Conversation) -> None:
    if (walked := _walked(rows, state.top)) is not None:
        walked.steps.append(fact.step)


def _run_ended(rows: Rows, before: Conversation, fact: f.RunEnded, _: Conversation) -> None:
    if isinstance(before.top, ModuleRun) and (walked := _walked(rows, before.top)) is not None:
        walked.ended = fact.how


def _rated(rows: Rows, before: Conversation, fact: f.ModuleRated, _: Conversation) -> None:
    if (walked := _walked(rows, before.top)) is not None:
        walked.helped = fact.helped


# -- alerts and timers --------------------------------------------------------------------------------

Line = Conversation | Room


def _evidence(rows: Rows, _: Line, fact: f.AlertRaised | f.EvidenceAdded, state: Line) -> None:
    alert = state.alerts[fact.concern]
    rows.alerts[alert.id] = alert
    rows.evidence.append(EvidenceRow(alert.id, alert.evidence, fact.evidence, rows.at))
    if isinstance(fact, f.AlertRaised) or fact.tell:
        rows.promises.append(_tell(rows.line, alert))


def _told_again(rows: Rows, _: Line, fact: f.AlertEscalated | f.AlertReopened, state: Line) -> None:
    alert = state.alerts[fact.concern]
    rows.alerts[alert.id] = alert
    rows.promises.append(_tell(rows.line, alert))


def _moved(
    rows: Rows, _: Line, fact: f.AlertAcknowledged | f.AlertSnoozed | f.AlertPostponed, state: Line
) -> None:
    rows.alerts[fact.alert] = state.alerts[fact.concern]


def _handed_over(rows: Rows, _: Line, fact: f.AlertHandedOver, state: Line) -> None:
    alert = state.alerts[fact.concern]
    rows.alerts[alert.id] = alert
    rows.promises.append(_tell(rows.line, alert, only=fact.to))


def _resolved(rows: Rows, before: Line, fact: f.AlertResolved, _: Line) -> None:
    if fact.concern in before.alerts:
        rows.alerts[fact.alert] = alert_after(before.alerts[fact.concern], fact)


def _tell(line: LineId, alert: OpenAlert, *, only: StaffId | None = None) -> Promise:
    """``only``: not the whole rung, but the one to whom it was handed."""
    payload = {"alert": str(alert.id), "line": str(line), "rung": alert.rung, "told": alert.told}
    payload |= {"only": str(only)} if only else {}
    return Promise("alert", f"alert:{alert.id}:{alert.told}", payload, PRIORITY[alert.level])


def _timer_set(rows: Rows, _: Line, fact: f.TimerSet, __: Line) -> None:
    name = timer_id(fact.timer.kind, fact.timer.key)
    rows.timers[name] = fact.timer
    rows.cleared.pop(name, None)


def _timer_cleared(rows: Rows, _: Line, fact: f.TimerCleared, __: Line) -> None:
    name = timer_id(fact.kind, fact.key)
    rows.timers.pop(name, None)
    rows.cleared[name] = (fact.kind, fact.key)


# -- reminders: a row each, from its plan to its end ---------------------------------------------------


def _reminder_planned(rows: Rows, _: Line, fact: f.ReminderPlanned | f.ReminderMoved, __: Line) -> None:
    why = fact.why if isinstance(fact, f.ReminderMoved) else None
    rows.reminders[fact.reminder] = ReminderRow(fact.reminder, fact.what, "planned", fact.due_at, why)


def _reminder_given(rows: Rows, before: Conversation, fact: f.ReminderGiven, _: Line) -> None:
    """Further ways to reach them are a promise in the same commit."""
    due = _due(before, fact.reminder, fact.what)
    rows.reminders[fact.reminder] = ReminderRow(
        fact.reminder, fact.what, "given", due, seq=fact.seq, at=fact.at
    )
    payload = {"reminder": str(fact.reminder), "what": fact.what}
    rows.promises.append(Promise("remind", f"remind:{fact.reminder}", payload, PRIORITY["routine"]))


def _reminder_dropped(rows: Rows, before: Conversation, fact: f.ReminderDropped, _: Line) -> None:
    due = _due(before, fact.reminder, fact.what)
    rows.reminders[fact.reminder] = ReminderRow(
        fact.reminder, fact.what, "dropped", due, fact.why, at=fact.at
    )


def _due(before: Conversation, reminder: UUID, what: str) -> datetime | None:
    planned = before.reminders.get(what)
    return planned.due_at if planned is not None and planned.id == reminder else None


# -- peers: what follows for another Line is a promise in the same commit -----------------------------


def _membership_asked(rows: Rows, _: Line, fact: f.MembershipAsked, __: Line) -> None:
    payload = {"group": fact.group, "patient": str(rows.line), "pseudonym": str(fact.pseudonym)}
    rows.promises.append(Promise("admit", f"admit:{fact.pseudonym}", payload))


def _membership_ended(rows: Rows, before: Conversation, fact: f.MembershipEnded, __: Line) -> None:
    """A room that let them in after they had left hears it a second time: the first may have come before they did."""
    payload: dict[str, Any] = {"room": str(fact.room), "patient": str(rows.line)}
    payload |= {"take_posts": True} if fact.took_posts else {}
    known = before.rooms[fact.group]
    about = f"{fact.room}:{known.pseudonym}" + (":again" if known.status == "left" else "")
    rows.promises.append(Promise("leave", f"leave:{about}", payload))


def _post_offered(rows: Rows, _: Line, fact: f.PostOffered, state: Conversation) -> None:
    payload: dict[str, Any] = {
        "room": str(fact.room),
        "author": str(rows.line),
        "post": str(fact.post),
        "word": str(fact.word),
        "verdict": fact.verdict,
        "reply_to": fact.reply_to,
        "nth": state.posted,
    }
    more: dict[str, Any] = {
        "why": fact.why,
        "warning": fact.warning,
        "mentions": [str(m) for m in fact.mentions],
    }
    payload |= {name: value for name, value in more.items() if value}
    rows.promises.append(Promise("place", f"place:{fact.post}", payload))


def _report_offered(rows: Rows, _: Line, fact: f.ReportOffered, __: Line) -> None:
    payload = {"room": str(fact.room), "by": str(rows.line), "seq": fact.seq, "why": fact.why}
    rows.promises.append(Promise("report", f"report:{fact.client_id}", payload))


def _appeal_offered(rows: Rows, _: Line, fact: f.AppealOffered, __: Line) -> None:
    payload = {
        "room": str(fact.room),
        "by": str(rows.line),
        "word": str(fact.word),
        "seq": fact.seq,
        "complaint": fact.complaint,
    }
    rows.promises.append(Promise("appeal", f"appeal:{fact.word}", payload))


def _room_opened(rows: Rows, _: Room, fact: f.RoomOpened, __: Room) -> None:
    rows.opened.append(fact)


def _more_room_wanted(rows: Rows, _: Room, fact: f.MoreRoomWanted, room: Room) -> None:
    payload = {"group": room.group, "n": fact.n}
    about = f"{room.group}:{fact.n}" + (f":{fact.case}" if fact.case is not None else "")
    rows.promises.append(Promise("open_room", f"open_room:{about}", payload))


def _came_or_went(rows: Rows, patient: LineId, room: Room, at: datetime | None) -> None:
    rows.members[patient] = (room.members[patient], at)
    rows.now, rows.membership = room, True


def _member_waits(rows: Rows, _: Room, fact: f.MemberWaits, room: Room) -> None:
    _came_or_went(rows, fact.patient, room, fact.at)
    rows.promises.append(_answer_to_asking(rows, room, fact, "waiting", why=fact.why))


def _member_joined(rows: Rows, _: Room, fact: f.MemberJoined, room: Room) -> None:
    _came_or_went(rows, fact.patient, room, fact.at)
    rows.promises.append(_answer_to_asking(rows, room, fact, "member"))


def _member_not_in(rows: Rows, _: Room, fact: f.MemberNotIn, room: Room) -> None:
    rows.promises.append(_answer_to_asking(rows, room, fact, fact.why))


def _member_left(rows: Rows, _: Room, fact: f.MemberLeft, room: Room) -> None:
    """Whoever is on the way to another room of the group asks there, by a promise: nobody falls between the two."""
    _came_or_went(rows, fact.patient, room, None)
    if fact.moved:
        member = room.members[fact.patient]
        payload = {"group": room.group, "patient": str(fact.patient), "pseudonym": str(member.pseudonym)}
        about = f"{rows.line}:{fact.patient}:{member.came}"
        rows.promises.append(Promise("admit", f"admit:{about}", {**payload, "from": str(rows.line)}))
    if fact.took_posts:
        rows.taken.append(fact.patient)


def _members_told(rows: Rows, _: Room, fact: f.MembersTold, room: Room) -> None:
    """Of a session that was moved, or is the next after one that nobody held, they hear again."""
    more = {"until": fact.at.isoformat()} if fact.at else {}
    when = f":{fact.at.astimezone(UTC).isoformat()}" if fact.at else ""
    for patient, member in room.members.items():
        if member.status == "member":
            about = f"{rows.line}:{fact.about}{when}:{patient}"
            rows.promises.append(_answer(rows, room, patient, fact.what, about, why=fact.about, **more))


def _member_paused(rows: Rows, _: Room, fact: f.MemberPaused, room: Room) -> None:
    """By flags: in this room; by a host: in all groups of the service, as their own Line hears."""
    rows.members[fact.patient] = (room.members[fact.patient], None)
    # A host may decide on what flags had asked for: the case is the same, and what is told another thing.
    about = f"{rows.line}:{fact.case}:{fact.why}"
    more: dict[str, Any] = {"until": fact.until.isoformat()} if fact.until else {}
    why = fact.reason if fact.why == "strike" else fact.why
    more |= {"strike": fact.strike} if fact.why == "strike" else {}
    rows.promises.append(_answer(rows, room, fact.patient, "paused", about, why=why, case=fact.case, **more))


def _now(rows: Rows, _: Room, __: f.Fact, room: Room) -> None:
    rows.now = room


def _member_restored(rows: Rows, before: Room, fact: f.MemberRestored, room: Room) -> None:
    rows.members[fact.patient] = (room.members[fact.patient], None)
    paused = before.members[fact.patient].paused
    case = fact.case or (paused.case if paused else 0)
    why = "overturned" if fact.case is not None else "host" if fact.by else "time"
    answer = _answer(rows, room, fact.patient, "restored", f"{rows.line}:{case}:{why}", case=case, why=why)
    rows.promises.append(answer)


def _post_placed(rows: Rows, _: Room, fact: f.PostPlaced, room: Room) -> None:
    rows.posts.append(fact)
    if fact.author is not None and fact.author in room.members:
        rows.members[fact.author] = (room.members[fact.author], None)
        if fact.status == "held":
            rows.promises.append(_answer(rows, room, fact.author, "held", str(fact.post), why=fact.why))


def _post_not_placed(rows: Rows, _: Room, fact: f.PostNotPlaced, room: Room) -> None:
    rows.promises.append(_answer(rows, room, fact.author, "not_placed", str(fact.post), why=fact.why))


def _post_moderated(
    rows: Rows, _: Room, fact: f.PostHidden | f.PostReleased | f.PostWithdrawn, room: Room
) -> None:
    standing = room.posts.get(fact.seq)
    if standing is None:
        if isinstance(fact, f.PostWithdrawn) and fact.old is not None:
            rows.standings[fact.seq] = ("withdrawn", fact.old.shown_at)
        return
    rows.standings[fact.seq] = (standing.status, standing.shown_at)
    if isinstance(fact, f.PostHidden) and fact.by and standing.author:
        about = f"{rows.line}:{fact.seq}" + (f":{fact.case}" if fact.case else "")
        rows.promises.append(_answer(rows, room, standing.author, "hidden", about, why=fact.reason))


def _post_reacted(rows: Rows, _: Room, fact: f.PostReacted, __: Room) -> None:
    rows.reactions[(fact.seq, fact.by, fact.kind)] = fact.on


def _case_opened(rows: Rows, _: Room, fact: f.CaseOpened, __: Room) -> None:
    rows.cases[fact.case] = CaseRow(
        fact.case, fact.kind, fact.why, fact.at, fact.seq, fact.member, fact.of, fact.word
    )


def _case_decided(rows: Rows, before: Room, fact: f.CaseDecided, room: Room) -> None:
    case = before.cases[fact.case]
    opened = rows.cases.get(fact.case) or CaseRow(
        fact.case, case.kind, case.why, case.at, case.seq, case.member, case.of
    )
    rows.cases[fact.case] = replace(
        opened, decision=fact.decision, reason=fact.reason, by=fact.by, decided_at=fact.at
    )
    # What they said before anybody had decided is answered by the decision, which they hear of by itself.
    heard_otherwise = case.kind == "appeal" and fact.decision == "done"
    if case.kind in ("appeal", "complaint") and case.member is not None and not heard_otherwise:
        about = f"{rows.line}:{fact.case}"
        answer = _answer(rows, room, case.member, "answered", about, why=fact.decision, case=fact.case)
        rows.promises.append(answer)


def _noted(rows: Rows, _: Room, fact: f.HostNoted, __: Room) -> None:
    rows.notes.append(NoteRow(fact.word, fact.by, fact.at, about=fact.about))


def _handed_room_over(rows: Rows, _: Room, fact: f.RoomHandedOver, __: Room) -> None:
    if fact.note is not None:
        rows.notes.append(NoteRow(fact.note, fact.by, fact.at, to=fact.to))
    payload = {"to": str(fact.to), "at": fact.at.isoformat()}
    rows.promises.append(
        Promise("handed_over", f"handed_over:{rows.line}:{fact.to}:{fact.at.isoformat()}", payload)
    )


def _answer_to_asking(
    rows: Rows, room: Room, fact: f.MemberWaits | f.MemberJoined | f.MemberNotIn, what: str, **more: Any
) -> Promise:
    """Once from each room in which they waited for a place."""
    return _answer(rows, room, fact.patient, what, f"{rows.line}:{fact.pseudonym}", **more)


def _answer(rows: Rows, room: Room, patient: LineId, what: str, about: str, **more: Any) -> Promise:
    payload = {"patient": str(patient), "group": room.group, "what": what, "room": str(rows.line)}
    payload |= {name: value for name, value in more.items() if value}
    return Promise("answer", f"answer:{what}:{about}", payload)


# What each fact asks for besides a message; of the others the state alone tells.
ASKING: Mapping[type[f.Fact], Callable[[Rows, Any, Any, Any], None]] = {
    f.PatientInvited: _person,
    f.PatientJoined: _person,
    f.InvitationDeclined: _person,
    f.OwnerChanged: _person,
    f.ClinicianChanged: _person,
    f.PatientDischarged: _person,
    f.PatientTransferred: _person,
    f.DeathRecorded: _reached_no_more,
    f.PatientWithdrew: _reached_no_more,
    f.ConsentAnswered: _consent_answered,
    f.PatientReferred: _person,
    f.ReferralAccepted: _person,
    f.ReferralDeclined: _person,
    f.PatientTakenBack: _person,
    f.PatientErased: _person,
    f.NameChanged: _person,
    f.CorrectionAnswered: _person,
    f.ScoreRecorded: _score,
    f.DiaryKept: _diary,
    f.RunStarted: _run_started,
    f.StepEntered: _step_entered,
    f.RunEnded: _run_ended,
    f.ModuleRated: _rated,
    f.AlertRaised: _evidence,
    f.EvidenceAdded: _evidence,
    f.AlertEscalated: _told_again,
    f.AlertAcknowledged: _moved,
    f.AlertSnoozed: _moved,
    f.AlertHandedOver: _handed_over,
    f.AlertReopened: _told_again,
    f.AlertPostponed: _moved,
    f.AlertResolved: _resolved,
    f.TimerSet: _timer_set,
    f.TimerCleared: _timer_cleared,
    f.ReminderPlanned: _reminder_planned,
    f.ReminderMoved: _reminder_planned,
    f.ReminderGiven: _reminder_given,
    f.ReminderDropped: _reminder_dropped,
    f.MembershipAsked: _membership_asked,
    f.MembershipEnded: _membership_ended,
    f.PostOffered: _post_offered,
    f.ReportOffered: _report_offered,
    f.AppealOffered: _appeal_offered,
    f.RoomOpened: _room_opened,
    f.MoreRoomWanted: _more_room_wanted,
    f.MemberWaits: _member_waits,
    f.MemberJoined: _member_joined,
    f.MemberNotIn: _member_not_in,
    f.MemberLeft: _member_left,
    f.MemberPaused: _member_paused,
    f.MemberRestored: _member_restored,
    f.PostPlaced: _post_placed,
    f.PostNotPlaced: _post_not_placed,
    f.PostHidden: _post_moderated,
    f.PostReleased: _post_moderated,
    f.PostWithdrawn: _post_moderated,
    f.PostReacted: _post_reacted,
    f.CaseOpened: _case_opened,
    f.CaseDecided: _case_decided,
    f.HostNoted: _noted,
    f.HostCame: _now,
    f.HostWent: _now,
    f.MembersTold: _members_told,
    f.SessionOpened: _now,
    f.SessionClosed: _now,
    f.CourseBegan: _now,
    f.WeekReached: _now,
    f.RoomHandedOver: _handed_room_over,
}
