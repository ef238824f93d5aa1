"""What a member of staff says of the screen: this was missed, this hit was right, this one was a false alarm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.core.errors import Refused
from bot.core.inputs import MarkMissed
from bot.core.service import Service
from bot.core.shown import Shown
from bot.core.state import Conversation
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import EvidenceSeen, Looker, Mark, MessageSeen, Sampled
from bot.ports.marks import Verdict
from bot.usecases.change import hand_in
from bot.usecases.house import House
from bot.usecases.scope import must_open
from bot.usecases.unsealing import unsealed

# What a missed message should have raised, as a member of staff chooses it.
CONCERNS = {"risk": "risk", "emergency": "emergency:any", "safeguarding": "safeguarding"}
NO_RULE = ""
SAMPLE_DAYS = 7


def is_hit(piece: EvidenceSeen) -> bool:
    """Whether a rule of the screen spoke; other kinds of evidence have a colon in their names."""
    failed = ("unscreened", "turn_failed")
    return piece.seq is not None and ":" not in piece.rule and piece.rule not in failed


async def mark_missed(
    house: House, service: ServiceId, patient: LineId, seq: int, concern: str, by: Looker
) -> UUID | None:
    """The alert first, then the mark; returns the alert that stands for the concern now.

    A mark that was lost in between is set by marking again; nobody hears twice.
    """
    if concern not in CONCERNS:
        raise Refused("not_an_option")
    message = await _said(house, service, patient, seq, by)
    await _may_mark(house, service, patient, seq, NO_RULE, by)
    raised = CONCERNS[concern]

    changed = await hand_in(house, service, patient, MarkMissed(seq, raised, message.client_id))
    await house.record.marks.put(service, _mark(patient, seq, NO_RULE, raised, "missed", by), by)
    assert isinstance(changed.state, Conversation)
    alert = changed.state.alerts.get(raised)
    return alert.id if alert else None


async def mark_nothing(house: House, service: ServiceId, patient: LineId, seq: int, by: Looker) -> None:
    """Nothing is there, and nothing should have rung."""
    await _said(house, service, patient, seq, by)
    await house.record.marks.put(service, _mark(patient, seq, NO_RULE, "none", "nothing", by), by)


async def mark_hit(
    house: House, service: ServiceId, alert: UUID, seq: int, rule: str, verdict: str, by: Looker
) -> None:
    """``right`` or ``false_alarm``, of one rule at one message of an alert's evidence."""
    found = await house.record.ledger.one(service, alert, None)  # type: ignore[arg-type]
    if found is None or found.kind != "patient":
        raise Refused("not_found")
    await must_open(house, service, found.line, by.who)
    if verdict not in ("right", "false_alarm"):
        raise Refused("not_an_option")
    if not any(is_hit(p) and (p.seq, p.rule) == (seq, rule) for p in found.evidence):
        raise Refused("not_found")
    kept: Verdict = "right" if verdict == "right" else "false_alarm"
    await house.record.marks.put(service, _mark(found.line, seq, rule, found.concern, kept, by), by)


async def take_back(
    house: House, service: ServiceId, patient: LineId, seq: int, rule: str, by: Looker
) -> None:
    """The mark goes; an alert that it raised stays for a person to close."""
    await must_open(house, service, patient, by.who)
    await house.record.marks.take_back(service, patient, seq, rule, by)


def _mark(line: LineId, seq: int, rule: str, concern: str, verdict: Verdict, by: Looker) -> Mark:
    return Mark(line, seq, rule, concern, verdict, StaffId(by.who), by.at)


async def _said(house: House, service: ServiceId, patient: LineId, seq: int, by: Looker) -> MessageSeen:
    """The message, if it is one of the patient's own."""
    await must_open(house, service, patient, by.who)
    seen = await house.record.reading.messages(service, patient, seq - 1, most=1)
    if not seen or seen[0].seq != seq or seen[0].who != "patient":
        raise Refused("not_found")
    return seen[0]


async def _may_mark(
    house: House, service: ServiceId, patient: LineId, seq: int, rule: str, by: Looker
) -> None:
    marks = await house.record.marks.of_line(service, patient)
    if any((m.seq, m.rule) == (seq, rule) and m.by != by.who for m in marks):
        raise Refused("marked_by_another")


# -- the sample ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SampleRead:
    """A message of the sample with its words; None where they were erased."""

    of: Sampled
    text: str | None


async def open_sample(house: House, service: Service, by: Looker) -> Sequence[SampleRead]:
    """The last whole days' samples, newest day first: a look at each message's patient."""
    if service.sample_a_day == 0:
        return ()
    zone = ZoneInfo(service.timezone)
    today = by.at.astimezone(zone).date()
    since, until = (_midnight(day, zone) for day in (today - timedelta(days=SAMPLE_DAYS), today))
    found = await house.record.marks.sample(
        service.id, since, until, service.timezone, service.sample_a_day, by
    )
    texts = await unsealed(house, service.id, (s.word for s in found))
    opened = {id_: Shown.from_json(raw).text for id_, raw in texts.items()}
    return [SampleRead(s, opened.get(s.word.id) if s.word else None) for s in found]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
