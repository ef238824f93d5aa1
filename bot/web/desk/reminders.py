"""What became of a patient's reminders, as the team reads it: a sentence, and a table with a row for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.core.errors import Refused
from bot.core.facts import ConsentAnswered
from bot.core.flow.opting import CONSENT
from bot.core.state import Conversation, ReminderKind, reminder_kind
from bot.core.values import LineId
from bot.ports import Happened, ReminderSeen, ReminderWay, SentBy
from bot.usecases import reaching
from bot.usecases.scope import must_open
from bot.web.desk.forms import id_in
from bot.web.desk.happenings import number_of
from bot.web.desk.seat import Seat, go
from bot.web.desk.team_clock import TeamClock

MOST = 20
WHAT: Mapping[ReminderKind, str] = {
    "check_in": "The day of their check-in",
    "daily": "Daily look",
    "review": "Looking back",
    "later": "Coming back to a module",
    "goal": "One of their goals",
    "programme": "The end of the programme",
    "group": "An hour in a group",
    "other": "Reminder",
}
WAYS: Mapping[ReminderWay, str] = {"email": "By e-mail", "push": "On a device", "sms": "By text message"}
WHY_MOVED = {
    "quiet_hours": "moved out of quiet hours",
    "holiday": "moved because of a holiday",
    "not_this_week": "not this week, as they asked",
    "something_open": "moved: they were in the middle of something",
    "spread": "moved a little, so that not all come at once",
    "changed": "moved: the plan changed",
}
WHY_DROPPED = {
    "done": "done before it was due",
    "replaced": "another took its place",
    "not_this_week": "not this week, as they asked",
    "not_wanted": "they did not want it",
    "care_ended": "their care had ended",
    "too_late": "it was too late for it",
}
SENT = {
    "accepted": "taken",
    "likely": "probably taken: the other side did not say",
    "failed": "not taken yet, and tried again",
    "refused": "refused: nobody is there any more",
}
NOT_SENT = {
    "opened": "not sent: they had opened it",
    "not_wanted": "not sent: they had stopped reminders",
    "care_ended": "not sent: their care had ended",
    "too_late": "not sent: it was too late for it",
    "gave_up": "not sent: given up after many tries",
    "gone": "not sent: that way was taken off",
}


@dataclass(frozen=True)
class ReminderRow:
    """``ways``: what became of it outside the chat, a sentence each."""

    what: str
    when: str
    stands: str
    ways: tuple[str, ...]
    opened: str


@dataclass(frozen=True)
class RemindersShown:
    sentence: str
    rows: tuple[ReminderRow, ...]


def reminders_shown(
    seen: Sequence[ReminderSeen], state: Conversation, happened: Sequence[Happened], clock: TeamClock
) -> RemindersShown | None:
    """What is to come first, the next one on top; then what was, the last one on top. None where nothing was ever
    planned."""
    if not seen:
        return None
    given = [r for r in seen if r.state == "given"]
    opened = sum(r.opened_at is not None for r in given)
    came = (
        f"{opened} of {number_of(len(given), 'reminder')} in the chat opened" if given else "None given yet"
    )
    answer = state.profile.consents.get(CONSENT)
    stopped = "stopped by the patient" if _were_on(happened) else "never on, they said no"
    outside = "on" if answer else "not asked for" if answer is None else stopped
    planned = sorted((r for r in seen if r.state == "planned"), key=lambda r: r.due_at)
    over = sorted((r for r in seen if r.state != "planned"), key=lambda r: r.due_at, reverse=True)
    rows = tuple(_row(r, state, clock) for r in (*planned, *over))
    return RemindersShown(f"{came}. Reminders outside the chat: {outside}.", rows)


def _were_on(happened: Sequence[Happened]) -> bool:
    return any(
        isinstance(h.fact, ConsentAnswered) and h.fact.consent == CONSENT and h.fact.given for h in happened
    )


def _what(seen: ReminderSeen, state: Conversation, clock: TeamClock) -> str:
    """A check-in that is late is reminded of days after it was due."""
    if seen.what != "check_in":
        return WHAT[reminder_kind(seen.what)]
    if seen.state == "planned" and state.expected is not None:
        return f"Reminder of the check-in due {clock.day(state.expected.due_at)}"
    return "Reminder of a check-in"


def _row(seen: ReminderSeen, state: Conversation, clock: TeamClock) -> ReminderRow:
    return ReminderRow(
        what=_what(seen, state, clock),
        when=clock.time(seen.due_at),
        stands=_stands(seen, clock),
        ways=tuple(f"{WAYS[sent.way]}: {_by(sent, clock)}" for sent in seen.sent),
        opened=clock.time(seen.opened_at) if seen.opened_at is not None else "",
    )


def _stands(seen: ReminderSeen, clock: TeamClock) -> str:
    match seen.state:
        case "planned":
            moved = WHY_MOVED.get(seen.why or "", "")
            return f"Planned ({moved})" if moved else "Planned"
        case "dropped":
            return f"Not given: {WHY_DROPPED.get(seen.why or '', 'no reason is known')}"
    return f"Given {clock.time(seen.ended_at or seen.due_at)}"


def _by(sent: SentBy, clock: TeamClock) -> str:
    if sent.state == "expired":
        return NOT_SENT.get(sent.last_error or "", "not sent")
    taken = f" {clock.time(sent.accepted_at)}" if sent.accepted_at is not None else ""
    code = f" ({sent.last_error})" if sent.last_error and sent.state in ("failed", "refused") else ""
    return f"{SENT[sent.state]}{taken}{code}"


# -- a number, where the operator has a gateway for text messages -------------------------------------


async def keep_number(seat: Seat) -> web.StreamResponse:
    """An empty one takes it off."""
    patient, house, service = LineId(id_in(seat.request)), seat.house, seat.service.id
    await must_open(house, service, patient, seat.member.id)
    number = "".join(c for c in seat.fields.get("number", "") if c not in " -()") or None
    page = f"/desk/patients/{patient}"
    try:
        await reaching.keep_number(house, service, patient, number)
    except Refused:
        return go(page, said="number_refused")
    now, what = house.clock.now(), "patient.number" if number else "patient.number_off"
    await house.record.audit.note(service, patient, f"staff:{seat.member.id}", what, str(patient), now)
    return go(page, said="number_kept" if number else "number_gone")
