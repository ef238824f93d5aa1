"""Telling people of an alert: who is on the rung, one letter each, no clinical text in any of them."""

from __future__ import annotations

from uuid import UUID

from bot.core.errors import Unavailable
from bot.core.escalation import who_hears
from bot.core.values import AlertId, ServiceId
from bot.ports import AlertSeen, Delivery, Letter, StaffMember, Task
from bot.usecases.house import House

# How a level is named to staff: how fast a person must look, never a grade of risk.
URGENCY = {
    "now": "needs somebody now",
    "soon": "needs somebody within one working day",
    "routine": "is for the digest",
}


async def tell_staff(house: House, service: ServiceId, task: Task) -> None:
    """Raises Unavailable while anybody on the rung has not been told; who was told is not told again."""
    alert = await house.record.ledger.one(service, AlertId(UUID(task.payload["alert"])), None)
    if alert is None or alert.state != "open" or alert.level == "routine":
        return
    staff = {m.id: m for m in await house.record.staff.all(service)}
    rung = int(task.payload["rung"])
    ladder = house.shelf.library.policy.ladder
    colleagues = who_hears(
        alert.concern, alert.level, rung, alert.owner, [m.colleague() for m in staff.values()], ladder
    )
    plan = [(house.ids.new(), c.id, _message_id(house, alert, task, c.id)) for c in colleagues]
    deliveries = await house.record.deliveries.plan(service, task, alert.id, plan, house.clock.now())
    waiting = 0
    for delivery in deliveries:
        if delivery.state != "accepted" and delivery.to in staff:
            waiting += not await _send(house, service, alert, rung, delivery, staff[delivery.to])
    if waiting or not deliveries:
        raise Unavailable("mail")


def _message_id(house: House, alert: AlertSeen, task: Task, to: UUID) -> str:
    """The same for every retry of one telling, another for the next rung: mail systems drop a known one."""
    domain = house.outside.mail_from.rpartition("@")[2] or "localhost"
    return f"<{alert.id}.{task.payload['rung']}.{task.payload['told']}.{to}@{domain}>"


async def _send(
    house: House, service: ServiceId, alert: AlertSeen, rung: int, delivery: Delivery, to: StaffMember
) -> bool:
    name = house.shelf.service(service).name
    again = f" (nobody has acknowledged it yet, step {rung + 1})" if rung else ""
    letter = Letter(
        to=to.email,
        subject=f"{name}: an alert {URGENCY[alert.level]}",
        text=(
            f"There is an alert in {name} that {URGENCY[alert.level]}{again}.\n\n"
            f"Open it here, after signing in:\n{house.outside.public_url}/desk/alerts/{alert.id}\n\n"
            "This e-mail holds no details on purpose.\n"
        ),
        message_id=delivery.message_id,
        headers={"X-Alert-Id": str(alert.id), "Auto-Submitted": "auto-generated"},
    )
    try:
        await house.mail.send(letter)
    except Unavailable as error:
        await house.record.deliveries.failed(service, delivery.id, error.what)
        return False
    await house.record.deliveries.accepted(service, delivery.id, house.clock.now())
    return True
