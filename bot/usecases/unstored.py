"""Words that ask for help while the record is down: a direct letter, as good as it goes, to whoever is on duty.

It is no alert: nothing is written down, nobody follows it up, and it comes once at best. The patient has been shown
where to turn before this begins.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.core import escalation
from bot.core.errors import Refused, Unavailable
from bot.core.values import LineId, ServiceId
from bot.ports import Letter, Link, Uncertain
from bot.usecases.post import post
from bot.usecases.there import who_is_there
from bot.usecases.windows import URGENT

if TYPE_CHECKING:
    from bot.usecases.house import House

ONE_A_PATIENT_IN = timedelta(minutes=10)
MOST_PATIENTS = 10_000
MOST_ADDRESSES = 10
MOST_TRIES = 3
PAUSE_S = 2.0
LEARN_EVERY_S = 60.0


class Unstored:
    """``learn``: who is on duty, read while the record was up. Who was written about lately: the latest patients only."""

    def __init__(self) -> None:
        self._addresses: dict[ServiceId, tuple[str, ...]] = {}
        self._lately: OrderedDict[LineId, datetime] = OrderedDict()

    def learn(self, service: ServiceId, addresses: Sequence[str]) -> None:
        self._addresses[service] = tuple(addresses[:MOST_ADDRESSES])

    def addresses(self, service: ServiceId) -> tuple[str, ...]:
        return self._addresses.get(service, ())

    def first_in_a_while(self, patient: LineId, now: datetime) -> bool:
        last = self._lately.get(patient)
        if last is not None and now - last < ONE_A_PATIENT_IN:
            return False
        self._lately[patient] = now
        self._lately.move_to_end(patient)
        while len(self._lately) > MOST_PATIENTS:
            self._lately.popitem(last=False)
        return True

    def forget(self, patient: LineId) -> None:
        """Nobody could be written to: the next message may try again."""
        self._lately.pop(patient, None)


async def learn_who_is_on_duty(house: House) -> None:
    for service in house.shelf.services():
        duty = escalation.on_duty(await who_is_there(house, service.id))
        house.unstored.learn(service.id, [c.email for c in duty])


def tell_duty_directly(house: House, service: ServiceId, patient: LineId) -> None:
    """Begin it and return: the answer to the patient waits for nothing."""
    if house.unstored.addresses(service) and house.unstored.first_in_a_while(patient, house.clock.now()):
        house.afterwards.start("unstored", _write(house, service, patient))


async def _write(house: House, service: ServiceId, patient: LineId) -> None:
    id_ = house.ids.new()
    letters = [
        _letter(house, service, patient, to, f"<unstored.{id_}.{n}@{house.outside.mail_domain}>")
        for n, to in enumerate(house.unstored.addresses(service))
    ]
    sent = await asyncio.gather(*(_sent(house, letter) for letter in letters))
    if not any(sent):
        house.unstored.forget(patient)
        raise Unavailable("mail")


async def _sent(house: House, letter: Letter) -> bool:
    for again in range(MOST_TRIES):
        if again:
            await asyncio.sleep(PAUSE_S)
        try:
            await post(house, letter, URGENT)
        except Uncertain:
            return True
        except Unavailable:
            continue
        return True
    return False


def _letter(house: House, service: ServiceId, patient: LineId, to: str, message_id: str) -> Letter:
    try:
        name = house.shelf.service(service).name
    except Refused:
        name = "Bounceback"
    return Letter(
        to=to,
        subject=f"{name}: UNSTORED, a message could not be stored and no alert exists",
        parts=(
            f"The record of {name} cannot be reached, and a patient's message could not be stored. There is NO alert "
            "about it, and nobody else has been told.",
            "Please look after this patient now.",
            Link(
                "As soon as the record is back, this opens their page, after signing in",
                f"{house.outside.public_url}/desk/patients/{patient}",
            ),
            "They were shown at once where to turn. Where their screen sends the message again later, an alert comes "
            "the usual way.",
            "This e-mail holds no details on purpose.",
        ),
        message_id=message_id,
        headers={"Auto-Submitted": "auto-generated"},
    )
