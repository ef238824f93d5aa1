"""Coming without an invitation: somebody waits, writes under the screen alone, and a colleague answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.core.errors import Refused
from bot.core.inputs import AnswerReferral, Refer
from bot.core.service import Service
from bot.core.state import Conversation, Profile
from bot.core.values import LineId, ServiceId
from bot.usecases import agreeing
from bot.usecases.change import hand_in
from bot.usecases.house import House
from bot.usecases.scope import must_open
from bot.usecases.ways_in import begin_session, call_back, keep_contact


@dataclass(frozen=True)
class Referring:
    """``service``: its short name; None where only one takes people who come by themselves."""

    consents: dict[str, bool]
    conditions: tuple[str, ...]
    name: str = field(repr=False)
    contact: str = field(repr=False)
    pin: str = field(repr=False)
    versions: dict[str, str] = field(default_factory=dict)
    language: str = "en"
    nation: str | None = None
    timezone: str | None = None
    service: str | None = None
    shared: bool = False


def open_services(house: House) -> tuple[Service, ...]:
    """Those that take people who come by themselves."""
    return tuple(s for s in house.shelf.services() if s.self_referral)


async def refer(house: House, asked: Referring) -> str:
    """Returns the token of somebody of 18 or over, who waits.

    Raises Refused: 'not_here', and what ``agreeing`` raises.
    """
    open_now = [s for s in open_services(house) if asked.service in (None, s.slug)]
    if len(open_now) != 1:
        raise Refused("not_here")
    (service,) = open_now
    agreeing.must_fit(house.shelf.library, asked.consents, asked.versions)
    agreeing.must_be_known(asked.conditions, asked.nation)

    patient = LineId(house.ids.new())
    key, key_id = house.vault.new_key(patient)
    await house.record.lines.open(service.id, patient, "patient", Conversation().json(), key, key_id)
    profile = Profile(
        conditions=asked.conditions,
        nation=asked.nation or service.nation,
        timezone=agreeing.zone_known(asked.timezone) or service.timezone,
        language=house.shelf.library.speaks(asked.language),
    )
    await hand_in(house, service.id, patient, Refer(profile, asked.consents, asked.name, asked.contact))
    await keep_contact(house, service.id, patient, asked.contact, asked.pin)
    return await begin_session(house, service, "patient", patient, shared=asked.shared)


async def answer_referral(house: House, service: ServiceId, patient: LineId, answer: AnswerReferral) -> None:
    """On their own Line, with a row on their own chain. Raises Refused: 'not_found', 'not_waiting'."""
    await must_open(house, service, patient, answer.by)
    await hand_in(house, service, patient, answer)
    call_back(house, service, patient)  # who reads what is written there has changed
    what = "referral.accept" if answer.reason is None else "referral.decline"
    now = house.clock.now()
    await house.record.audit.note(service, patient, f"staff:{answer.by}", what, str(patient), now)
