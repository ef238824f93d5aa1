"""The canary says its sentence once a day, through the same use case as any patient, and sees that it is heard."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from bot.core.canary import (
    LATE_AFTER,
    OUTCOME,
    SENTENCE,
    canary_of,
    due_day,
    keeper_of,
    message_of,
)
from bot.core.errors import Refused
from bot.core.inputs import Acknowledge, Invite, Join, Resolve
from bot.core.service import Service
from bot.core.state import Conversation, Profile
from bot.core.values import ServiceId
from bot.ports import CanaryDay
from bot.ports.canaries import Reached
from bot.usecases import turn
from bot.usecases.change import change, hand_in
from bot.usecases.house import House
from bot.usecases.rounds import Failed, each_service

LOOK_EVERY_S = 60.0


class CanarySilent(Exception):
    """An alarm was not heard: the chain from a message to a letter is broken somewhere."""


@dataclass
class Canaries:
    """The worker's round. ``_told``: days whose silence this process has cried out about, and when."""

    house: House
    failed: Failed
    _told: dict[tuple[ServiceId, date], datetime] = field(default_factory=dict)

    async def round(self, services: frozenset[ServiceId] | None = None) -> None:
        await each_service(self.house, "canary", self.failed, services, self._look_after)

    async def _look_after(self, service: Service) -> None:
        due = due_day(service, self.house.clock.now())
        if due is None:
            return
        last = await self.house.record.canaries.last(service.id)
        if last is not None and last.ended_at is None:
            await _pick_up(self.house, service.id, last)
        if last is None or last.day < due or last.heard_at is None:
            await sing(self.house, service, due)  # again, where it is not known whether it was said
        wrong = silence(last, service, self.house.clock.now())
        if last is not None and last.heard_at is None and wrong is not None:
            self._cry_out(service, last.day, wrong)

    def _cry_out(self, service: Service, day: date, wrong: str) -> None:
        """At once, and every hour for as long as it lasts."""
        now, before = self.house.clock.now(), self._told.get((service.id, day))
        if before is None or now - before >= LATE_AFTER:
            self._told[service.id, day] = now
            self.failed("canary", CanarySilent(wrong))


async def sing(house: House, service: Service, day: date) -> None:
    """Say the day's sentence. Who comes second, or comes again after a crash, changes nothing (I6)."""
    await _in_its_cage(house, service)
    await house.record.canaries.begin(service.id, day, house.clock.now())
    said = turn.Inbound(service.id, canary_of(service.id), message_of(service.id, day), text=SENTENCE)
    await turn.hear(house, said)


async def _in_its_cage(house: House, service: Service) -> None:
    """Its Line, begun once: nobody real, with no condition, in no group, of no therapist."""
    line = canary_of(service.id)
    if await house.record.lines.load(service.id, line) is None:
        key, key_id = house.vault.new_key(line)
        await house.record.lines.open(service.id, line, "patient", Conversation().json(), key, key_id)

    async def invite(state: Conversation) -> Invite:
        if state.profile.nation:
            raise Refused("already_open")
        return Invite(Profile(nation=service.nation, timezone=service.timezone, simulated=True))

    async def join(state: Conversation) -> Join:
        if state.status == "joined":
            raise Refused("already_open")
        return Join({"care": True})

    for step in (invite, join):
        try:
            await change(house, service.id, line, step)
        except Refused as known:
            if known.code != "already_open":
                raise


async def heard(house: House, service: ServiceId, reached: Reached) -> None:
    """Its alarm has come to the end of the road: noted, then acknowledged and resolved by the canary itself."""
    await house.record.canaries.heard(service, house.clock.now(), reached)
    await put_away(house, service)


async def _pick_up(house: House, service: ServiceId, last: CanaryDay) -> None:
    """Where a process died between the letter and its end."""
    if last.heard_at is not None:
        await put_away(house, service)
        return
    stored = await house.record.lines.load(service, canary_of(service))
    alerts = Conversation.from_json(stored.state).alerts.values() if stored else ()
    for alert in alerts:
        letters = await house.record.ledger.deliveries(service, alert.id)
        if any(letter.state in ("accepted", "likely") for letter in letters):
            await heard(house, service, "mail")
            return


async def put_away(house: House, service: ServiceId) -> None:
    """The one thing here that closes without a person, and core allows it on the canary's own Line alone."""
    line, keeper = canary_of(service), keeper_of(service)
    stored = await house.record.lines.load(service, line)
    if stored is None:
        return
    for alert in Conversation.from_json(stored.state).alerts.values():
        for act in (Acknowledge(alert.id, keeper), Resolve(alert.id, keeper, OUTCOME)):
            try:
                await hand_in(house, service, line, act)
            except Refused as gone:
                if gone.code != "alert_gone":
                    raise
    await house.record.canaries.ended(service, house.clock.now())


# -- how it stands ------------------------------------------------------------------------------------


def silence(last: CanaryDay | None, service: Service, now: datetime) -> str | None:
    """What is wrong with the canary of a service; None where nothing is, or there is none to be heard."""
    due = due_day(service, now)
    if due is None:
        return None
    if last is None:
        return f"{service.slug}: no canary has been said yet"
    if last.heard_at is None and now - last.said_at >= LATE_AFTER:
        return f"{service.slug}: the canary of {last.day:%d %B} was said and not heard"
    if last.day < due and due_day(service, now - LATE_AFTER) == due:
        return f"{service.slug}: the last canary was said on {last.day:%d %B}"
    return None


def heard_after_s(last: CanaryDay | None, now: datetime) -> float:
    """From its sentence to the end of the road; of one still unheard, as long as it has taken so far."""
    return ((last.heard_at or now) - last.said_at).total_seconds() if last else 0.0
