"""Telling people of an alert: who is on the rung, one letter each, no clinical text in any of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from bot.core import escalation
from bot.core.canary import canary_of, keeper_of
from bot.core.errors import Unavailable
from bot.core.escalation import Hearer, Why
from bot.core.inputs import NobodyReached
from bot.core.library import Ladder
from bot.core.rota import There
from bot.core.values import ServiceId, StaffId
from bot.ports import AlertStanding, Letter, StaffMember, Task, Telling, Uncertain
from bot.usecases import canary
from bot.usecases.change import hand_in
from bot.usecases.house import House
from bot.usecases.there import who_is_there

# How a level is named to staff: how fast a person must look, never a grade of risk.
URGENCY = {
    "now": "needs somebody now",
    "soon": "needs somebody within one working day",
    "routine": "is for the digest",
}
# Why somebody gets a letter, in words that say nothing about the patient.
WHY: Mapping[Why, str] = {
    "owner": "It comes to you because you answer for this patient.",
    "team": "It comes to you because you are in the patient's team.",
    "copied": "This is a copy for you: a colleague is asked to look first.",
    "duty": "It comes to you because you are on duty.",
    "lead": "It comes to you because you lead the team.",
    "host": "It comes to you because you look after the group.",
    "on_call": "It comes to you because you are on call.",
    "had_it": "It comes to you because you had taken it on before.",
    "handed": "It is yours now.",
    "nobody_else": "It comes to you because nobody who should hear of it first is there.",
    "role": "It comes to you because of your role in the service.",
}
SETTLED = frozenset({"accepted", "likely"})
TRIES_BEFORE_DUTY = 3
# Somebody on the rung has heard: a colleague's broken address is tried again without haste.
UNHURRIED_S = 300.0


@dataclass(frozen=True)
class Addressee:
    who: StaffMember
    why: str = ""


async def tell_staff(house: House, service: ServiceId, task: Task) -> None:
    """Raises Unavailable while anybody on the rung is still to be told; who was told is not told again."""
    staff = {m.id: m for m in await house.record.staff.all(service)}
    there = await who_is_there(house, service, staff.values())
    # Looked at last, right before the letters leave: acknowledged means silence.
    alert = await house.record.deliveries.standing(service, task)
    ladder = house.shelf.library.policy.ladder
    if alert is None or not _still_to_tell(alert, task, ladder):
        await house.record.outbox.done(service, task.id, house.clock.now())
        return
    if _waits(alert, task, there, ladder):
        opening = house.shelf.service(service).next_reading(house.clock.now())
        await house.record.outbox.later(service, task, opening, tried=False)
        return
    hearers = {h.who.id: h for h in _hearers(alert, task, there, ladder)}
    if task.line == canary_of(service):
        await _tell_canary(house, service, task, alert, nobody=not hearers)
        return
    missing = [
        Addressee(staff[id_], _why(hearer, staff))
        for id_, hearer in hearers.items()
        if alert.heard.get(id_) not in SETTLED
    ]
    states = await _write_to(house, service, task, alert, missing)
    states += [alert.heard[id_] for id_ in hearers if alert.heard.get(id_) in SETTLED]
    settled, heard = bool(states) and SETTLED.issuperset(states), "accepted" in states
    given_up = not heard and (settled or task.attempts >= TRIES_BEFORE_DUTY)
    if given_up and not {c.id for c in escalation.on_duty(there)} <= hearers.keys():
        await _nobody_reached(house, service, task, alert)
    if not settled:
        raise Unavailable("mail", UNHURRIED_S if heard else 0.0)
    if not (missing and heard):
        await house.record.outbox.done(service, task.id, house.clock.now())


def _hearers(alert: AlertStanding, task: Task, there: There, ladder: Ladder) -> Sequence[Hearer]:
    only = task.payload.get("only")
    handed = escalation.handed_to(StaffId(UUID(only)), there) if only else ()
    return handed or escalation.who_hears(
        alert.concern,
        alert.level,
        int(task.payload["rung"]),
        alert.owner,
        there,
        ladder,
        once_theirs=_came_back_from(alert),
        clinician=alert.clinician,
    )


def _waits(alert: AlertStanding, task: Task, there: There, ladder: Ladder) -> bool:
    """What a colleague hands over is told at once: they have just spoken."""
    return "only" not in task.payload and escalation.waits_for_opening(alert.level, there, ladder)


async def _tell_canary(
    house: House, service: ServiceId, task: Task, alert: AlertStanding, *, nobody: bool
) -> None:
    """The ladder has named who would hear, and none of them is bothered: the canary's own mailbox is, if there is one.

    Raises Unavailable while its letter is not accepted, and where a patient's alert would find nobody at all.
    """
    if nobody:
        raise Unavailable("staff", UNHURRIED_S)
    address, keeper = house.outside.canary_address, keeper_of(service)
    if address is None:
        await canary.heard(house, service, "outbox")
        await house.record.outbox.done(service, task.id, house.clock.now())
        return
    if alert.heard.get(keeper) not in SETTLED:
        mailbox = StaffMember(service, keeper, address, "Canary", frozenset(), None)
        states = await _write_to(house, service, task, alert, [Addressee(mailbox)])
        if not SETTLED.issuperset(states):
            raise Unavailable("mail")
    await canary.heard(house, service, "mail")
    await house.record.outbox.done(service, task.id, house.clock.now())


def _came_back_from(alert: AlertStanding) -> StaffId | None:
    return alert.acted_by if alert.reopened else None


def _still_to_tell(alert: AlertStanding, task: Task, ladder: Ladder) -> bool:
    """Open, of a level that pages, and not told to the same rung again since (one letter says it)."""
    digested = {level for level, how in ladder.notify.items() if how == "digest"}
    again = alert.rung == task.payload["rung"] and alert.told > task.payload["told"]
    return alert.state == "open" and alert.level not in digested and not again


async def _write_to(
    house: House, service: ServiceId, task: Task, alert: AlertStanding, people: Sequence[Addressee]
) -> list[str]:
    """How it stands with each of them now. One bad address stops nobody else's letter.

    The row is done in the same commit as the last result, where each of them has heard.
    """
    states: list[str] = []

    async def write(addressee: Addressee) -> None:
        to = addressee.who
        letter = _letter(house, service, task, alert, addressee)
        outcome, error = await _send(house, letter)
        state = "likely" if outcome == alert.heard.get(to.id) == "uncertain" else outcome
        states.append(state)
        done = len(states) == len(people) and SETTLED.issuperset(states) and "accepted" in states
        telling = Telling(house.ids.new(), to.id, letter.message_id, state, error)
        await house.record.deliveries.tried(service, task, telling, house.clock.now(), done=done)

    results = await asyncio.gather(*map(write, people), return_exceptions=True)
    for failed in results:
        if isinstance(failed, BaseException):
            raise failed
    return states


async def _send(house: House, letter: Letter) -> tuple[str, str | None]:
    try:
        await house.mail.send(letter)
    except Uncertain as perhaps:
        return "uncertain", perhaps.what
    except Unavailable as down:
        return "failed", down.what
    return "accepted", None


def _letter(
    house: House, service: ServiceId, task: Task, alert: AlertStanding, addressee: Addressee
) -> Letter:
    to = addressee.who
    name, rung = house.shelf.service(service).name, int(task.payload["rung"])
    if to.id == keeper_of(service):
        return _canary_letter(house, task, alert, to, name)
    again = f" ({why})" if (why := _why_again(task, alert)) else ""
    return Letter(
        to=to.email,
        subject=f"{name}: an alert {URGENCY[alert.level]}",
        text=(
            f"There is an alert in {name} that {URGENCY[alert.level]}{again}.\n\n"
            f"Open it here, after signing in:\n{house.outside.public_url}/desk/alerts/{alert.id}\n\n"
            f"{addressee.why}\n\n"
            "This e-mail holds no details on purpose.\n"
        ),
        # The same for every retry of one telling, another for the next: mail systems drop a known one.
        message_id=f"<{alert.id}.{rung}.{task.payload['told']}.{to.id}@{house.outside.mail_domain}>",
        headers={"X-Alert-Id": str(alert.id), "Auto-Submitted": "auto-generated"},
    )


def _why(hearer: Hearer, staff: Mapping[StaffId, StaffMember]) -> str:
    covered = f" You stand in for {staff[hearer.covers].name}, who is away." if hearer.covers else ""
    return f"{WHY[hearer.why]}{covered}"


def _why_again(task: Task, alert: AlertStanding) -> str:
    if rung := int(task.payload["rung"]):
        return f"nobody has acknowledged it yet, step {rung + 1}"
    if "only" in task.payload:
        return "a colleague has handed it to you"
    if alert.reopened:
        return "it was taken on before, and is open again"
    return "nobody has acknowledged it yet" if alert.told > 1 else ""


def _canary_letter(house: House, task: Task, alert: AlertStanding, to: StaffMember, name: str) -> Letter:
    told = f"{alert.id}.{task.payload['rung']}.{task.payload['told']}"
    return Letter(
        to=to.email,
        subject=f"{name}: CANARY, the daily test of the alarm",
        text=(
            "This is the daily test: nobody is in danger and nobody has to do anything.\n\n"
            f"A made-up patient of {name} said a fixed sentence of crisis, and this letter is what became of it. "
            "Have a machine watch this mailbox and call somebody when a day's letter is missing.\n"
        ),
        message_id=f"<{told}.canary@{house.outside.mail_domain}>",
        headers={"X-Canary": str(task.payload["told"]), "Auto-Submitted": "auto-generated"},
    )


async def _nobody_reached(house: House, service: ServiceId, task: Task, alert: AlertStanding) -> None:
    """The duty role hears at once, as an input to the alert's own Line."""
    ladder, told = house.shelf.library.policy.ladder, int(task.payload["told"])
    if alert.told != told or escalation.duty_rung(alert.level, alert.rung, ladder) is None:
        return

    await hand_in(house, service, task.line, NobodyReached(alert.id, told))
