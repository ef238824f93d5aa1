"""Telling people of an alert: who is on the rung, one letter each, no clinical text in any of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.core import escalation
from bot.core.canary import canary_of, keeper_of
from bot.core.errors import Unavailable
from bot.core.inputs import NobodyReached
from bot.core.room import Room
from bot.core.state import Conversation
from bot.core.values import ServiceId
from bot.ports import AlertStanding, Letter, StaffMember, Task, Telling, Uncertain
from bot.usecases import canary
from bot.usecases.change import change
from bot.usecases.house import House

# How a level is named to staff: how fast a person must look, never a grade of risk.
URGENCY = {
    "now": "needs somebody now",
    "soon": "needs somebody within one working day",
    "routine": "is for the digest",
}
SETTLED = frozenset({"accepted", "likely"})
TRIES_BEFORE_DUTY = 3
# Somebody on the rung has heard: a colleague's broken address is tried again without haste.
UNHURRIED_S = 300.0


async def tell_staff(house: House, service: ServiceId, task: Task) -> None:
    """Raises Unavailable while anybody on the rung is still to be told; who was told is not told again."""
    staff = {m.id: m for m in await house.record.staff.all(service)}
    # Looked at last, right before the letters leave: acknowledged means silence.
    alert = await house.record.deliveries.standing(service, task)
    if alert is None or not _still_to_tell(alert, task):
        await house.record.outbox.done(service, task.id, house.clock.now())
        return
    rung, ladder = int(task.payload["rung"]), house.shelf.library.policy.ladder
    everybody = [m.colleague() for m in staff.values()]
    on_rung = escalation.who_hears(alert.concern, alert.level, rung, alert.owner, everybody, ladder)
    if task.line == canary_of(service):
        await _tell_canary(house, service, task, alert, nobody=not on_rung)
        return
    missing = [staff[c.id] for c in on_rung if alert.heard.get(c.id) not in SETTLED]
    states = await _write_to(house, service, task, alert, missing)
    states += [alert.heard[c.id] for c in on_rung if alert.heard.get(c.id) in SETTLED]
    settled, heard = bool(states) and SETTLED.issuperset(states), "accepted" in states
    if not heard and (settled or task.attempts >= TRIES_BEFORE_DUTY):
        tried = {c.id for c in on_rung}
        if not {c.id for c in escalation.on_duty(everybody)} <= tried:
            await _nobody_reached(house, service, task, alert)
    if not settled:
        raise Unavailable("mail", UNHURRIED_S if heard else 0.0)
    if not (missing and heard):
        await house.record.outbox.done(service, task.id, house.clock.now())


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
        states = await _write_to(house, service, task, alert, [mailbox])
        if not SETTLED.issuperset(states):
            raise Unavailable("mail")
    await canary.heard(house, service, "mail")
    await house.record.outbox.done(service, task.id, house.clock.now())


def _still_to_tell(alert: AlertStanding, task: Task) -> bool:
    """Open, of a level that pages, and not told to the same rung again since (one letter says it)."""
    again = alert.rung == task.payload["rung"] and alert.told > task.payload["told"]
    return alert.state == "open" and alert.level != "routine" and not again


async def _write_to(
    house: House, service: ServiceId, task: Task, alert: AlertStanding, people: Sequence[StaffMember]
) -> list[str]:
    """How it stands with each of them now. One bad address stops nobody else's letter.

    The row is done in the same commit as the last result, where each of them has heard.
    """
    states: list[str] = []

    async def write(to: StaffMember) -> None:
        letter = _letter(house, service, task, alert, to)
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


def _letter(house: House, service: ServiceId, task: Task, alert: AlertStanding, to: StaffMember) -> Letter:
    name, rung = house.shelf.service(service).name, int(task.payload["rung"])
    if to.id == keeper_of(service):
        return _canary_letter(house, task, alert, to, name)
    again = f" (nobody has acknowledged it yet, step {rung + 1})" if rung else ""
    return Letter(
        to=to.email,
        subject=f"{name}: an alert {URGENCY[alert.level]}",
        text=(
            f"There is an alert in {name} that {URGENCY[alert.level]}{again}.\n\n"
            f"Open it here, after signing in:\n{house.outside.public_url}/desk/alerts/{alert.id}\n\n"
            "This e-mail holds no details on purpose.\n"
        ),
        # The same for every retry of one telling, another for the next: mail systems drop a known one.
        message_id=f"<{alert.id}.{rung}.{task.payload['told']}.{to.id}@{house.outside.mail_domain}>",
        headers={"X-Alert-Id": str(alert.id), "Auto-Submitted": "auto-generated"},
    )


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

    async def prepare(_: Conversation | Room) -> NobodyReached:
        return NobodyReached(alert.id, told)

    await change(house, service, task.line, prepare)
