"""By what a patient is reached outside the chat: adding a device, taking one off, and what a reach's seal holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from uuid import uuid5

from bot.core.errors import Refused
from bot.core.flow.opting import CONSENT
from bot.core.inputs import AnswerReminders, NewWord
from bot.core.state import Conversation
from bot.core.values import LineId, ServiceId, WordId
from bot.ports import Reach, ReachKind, Sealed, Session, Target
from bot.usecases.change import hand_in
from bot.usecases.conversation import standing
from bot.usecases.house import House
from bot.usecases.ways import LESS_PATIENCE_S, LONGEST_LABEL, PATIENCE_S, push_key

MOST_DEVICES = 5


async def answer_reminders(house: House, service: ServiceId, line: LineId, *, on: bool) -> None:
    """A no also forgets every device and number: nothing is left that could be sent to."""
    await hand_in(house, service, line, AnswerReminders(on))
    if not on:
        await house.record.reaches.drop_of(service, line)


async def add_device(
    house: House,
    session: Session,
    line: LineId,
    session_hash: bytes,
    label: str,
    endpoint: str,
    keys: Mapping[str, str],
) -> None:
    """Goes with the session that it was added in; the same browser again is one device.

    Raises Refused: 'shared_device', 'consent_needed', 'push_off', 'too_many_devices'.
    """
    if session.shared:
        raise Refused("shared_device")
    service, nudger = session.service, house.nudgers.get("push")
    if nudger is None or nudger.bar(endpoint) is not None:
        raise Refused("push_off")
    if not wants(await standing(house, service, line)):
        raise Refused("consent_needed")
    id_ = uuid5(line, endpoint)
    known = [r for r in await house.record.reaches.all(service, line) if r.kind == "push" and r.id != id_]
    if len(known) >= MOST_DEVICES:
        raise Refused("too_many_devices")
    address = {"address": endpoint, "p256dh": keys["p256dh"], "auth": keys["auth"]}
    await _keep(house, service, line, "push", endpoint, address, label, session_hash)


async def remove_device(house: House, service: ServiceId, line: LineId, endpoint: str) -> None:
    await house.record.reaches.drop(service, line, uuid5(line, endpoint))


async def keep_number(house: House, service: ServiceId, line: LineId, number: str | None) -> None:
    """The one number to which text messages go; None: to none. Raises Refused: 'sms_off', 'consent_needed'."""
    if number is None:
        await house.record.reaches.drop_of(service, line, "sms")
        return
    nudger = house.nudgers.get("sms")
    if nudger is None or nudger.bar(number) is not None:
        raise Refused("sms_off")
    if not wants(await standing(house, service, line)):
        raise Refused("consent_needed")
    await _keep(house, service, line, "sms", "sms", {"address": number}, "Text messages")


async def public_push_key(house: House, service: ServiceId) -> str | None:
    """What a browser wants to know of us; None: nobody is told by push here."""
    if "push" not in house.nudgers:
        return None
    return house.push_keys.public(await push_key(house, service))


def wants(state: Conversation | None) -> bool:
    """Whether anything may leave the house to this patient now."""
    if state is None or state.status != "joined":
        return False
    consents = state.profile.consents
    return bool(consents.get("care") and consents.get(CONSENT))


async def _keep(
    house: House,
    service: ServiceId,
    line: LineId,
    kind: ReachKind,
    name: str,
    address: Mapping[str, str],
    label: str,
    session_hash: bytes | None = None,
) -> None:
    wrapped = (await house.record.reading.keys(service, [line])).get(line)
    if wrapped is None:
        raise Refused("not_found")
    id_ = uuid5(line, name)
    word = NewWord(WordId(id_), line, f"reach {kind}", json.dumps(dict(address)))
    sealed = house.vault.seal(house.vault.open_key(line, *wrapped), word)
    now, label = house.clock.now(), label[:LONGEST_LABEL]
    await house.record.reaches.add(Reach(service, line, id_, kind, label, sealed.body, session_hash, now))


async def target_of(house: House, reach: Reach) -> Target | None:
    """None where their key is gone: nobody can be reached there any more."""
    wrapped = (await house.record.reading.keys(reach.service, [reach.line])).get(reach.line)
    if wrapped is None:
        return None
    key = house.vault.open_key(reach.line, *wrapped)
    word = Sealed(WordId(reach.id), reach.line, f"reach {reach.kind}", key.key_id, reach.sealed)
    secret = json.loads(house.vault.unseal(key, word))
    address = secret.pop("address")
    if reach.kind == "push":
        secret["key"] = await push_key(house, reach.service)
    return Target(address, secret, PATIENCE_S if reach.failing_at is None else LESS_PATIENCE_S)
