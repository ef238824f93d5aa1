"""Who is to hear of an alert by one promise, whether it is still to be told, and when duty hears instead."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from bot.core import escalation
from bot.core.escalation import Hearer
from bot.core.inputs import NobodyReached
from bot.core.library import Ladder
from bot.core.rota import There
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import AlertStanding
from bot.usecases.change import hand_in
from bot.usecases.house import House

SETTLED = frozenset({"accepted", "likely"})
TRIES_BEFORE_DUTY = 3
# Somebody on the rung has heard: a colleague's broken address is tried again without haste.
UNHURRIED_S = 300.0

Payload = Mapping[str, Any]


def hearers_of(alert: AlertStanding, payload: Payload, there: There, ladder: Ladder) -> Sequence[Hearer]:
    only = payload.get("only")
    handed = escalation.handed_to(StaffId(UUID(only)), alert.concern, there) if only else ()
    return handed or escalation.who_hears(
        alert.concern,
        alert.level,
        int(payload["rung"]),
        alert.owner,
        there,
        ladder,
        once_theirs=alert.acted_by if alert.reopened else None,
        clinician=alert.clinician,
    )


def waits(alert: AlertStanding, payload: Payload, there: There, ladder: Ladder) -> bool:
    """What a colleague hands over is told at once: they have just spoken."""
    return "only" not in payload and escalation.waits_for_opening(alert.level, there, ladder)


def still_to_tell(alert: AlertStanding, payload: Payload, ladder: Ladder) -> bool:
    """Open, of a level that pages, and not told to the same rung again since (one letter says it)."""
    digested = {level for level, how in ladder.notify.items() if how == "digest"}
    again = alert.rung == payload["rung"] and alert.told > payload["told"]
    return alert.state == "open" and alert.level not in digested and not again


def told_since(alert: AlertStanding, payload: Payload, there: There, ladder: Ladder) -> set[StaffId]:
    """Who hears of it by a later telling of a higher rung: one letter says it."""
    if alert.told <= payload["told"]:
        return set()
    now = {"rung": alert.rung}
    return {hearer.who.id for hearer in hearers_of(alert, now, there, ladder)}


async def nobody_reached(
    house: House,
    service: ServiceId,
    line: LineId,
    alert: AlertStanding,
    told: int,
    hearers: Collection[StaffId],
    there: There,
) -> None:
    """The duty role hears at once, as an input to the alert's own Line; unless they were asked already."""
    ladder = house.shelf.library.policy.ladder
    if {c.id for c in escalation.on_duty(there)} <= set(hearers):
        return
    if alert.told != told or escalation.duty_rung(alert.level, alert.rung, ladder) is None:
        return

    await hand_in(house, service, line, NobodyReached(alert.id, told))
