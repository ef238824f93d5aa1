"""What the retention rules say is over: words first, then the record itself. Never under a hold by law."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dateutil.relativedelta import relativedelta

from bot.core.errors import Refused
from bot.core.library.policy import Retention
from bot.core.values import LineId, ServiceId
from bot.ports import Moderated
from bot.usecases.conversation import standing
from bot.usecases.erasing import erase
from bot.usecases.house import House

LOOK_EVERY_S = 6 * 3600.0
AT_ONCE = 100
Failed = Callable[[str, BaseException], None]


@dataclass(frozen=True)
class Due:
    """``what``: its words, or all of it; of a group what hosts decided and noted, ``about`` one of its members. ``held``: why
    it stays all the same, as a code."""

    line: LineId
    what: Literal["words", "record", "moderation"]
    last: datetime
    held: str | None = None
    about: LineId | None = None


async def due(house: House, service: ServiceId, *, most: int = AT_ONCE) -> list[Due]:
    """Listed only; nothing is changed."""
    rules = house.shelf.library.policy.retention
    if rules is None:
        return []
    now, found = house.clock.now(), []
    over = house.record.erasures.over
    for each in await over(service, now - relativedelta(years=rules.record.years), most=most):
        found.append(Due(each.line, "record", each.last, await _held(house, service, each.line)))
    whole = {each.line for each in found}
    for each in await over(service, now - relativedelta(years=rules.words.years), erased=False, most=most):
        if each.line not in whole:
            found.append(Due(each.line, "words", each.last, await _held(house, service, each.line)))
    if rules.moderation_years is not None:
        before = now - relativedelta(years=rules.moderation_years)
        for one in await house.record.erasures.moderated(service, before, most=most):
            held = await _held(house, service, one.about) if one.about is not None else None
            by_law = held if held == "legal_hold" else None
            found.append(Due(one.room, "moderation", one.oldest, by_law, one.about))
    return found


async def _held(house: House, service: ServiceId, line: LineId) -> str | None:
    state = await standing(house, service, line)
    if state is None:
        return None
    if state.legal_hold is not None:
        return "legal_hold"
    return "open_alerts" if any(a.status != "resolved" for a in state.alerts.values()) else None


async def carry_out(house: House, service: ServiceId, found: list[Due]) -> int:
    """How many were done; what is held stays."""
    rules, done = house.shelf.library.policy.retention, 0
    if rules is None:
        return 0
    before = house.clock.now() - relativedelta(years=rules.record.years)
    for each in found:
        if each.held is not None:
            continue
        if each.what == "moderation":
            done += await _forget_moderated(house, service, each, rules)
            continue
        if each.what == "words":
            try:
                done += await erase(house, service, each.line, "operator:retention")
            except Refused:
                continue
            continue
        if await house.record.erasures.delete(service, each.line, before):
            house.hot.forget((service, each.line))
            now = house.clock.now()
            await house.record.audit.note(
                service, each.line, "operator:retention", "record.delete", str(each.line), now
            )
            done += 1
    return done


async def _forget_moderated(house: House, service: ServiceId, each: Due, rules: Retention) -> int:
    if rules.moderation_years is None:
        return 0
    now = house.clock.now()
    before = now - relativedelta(years=rules.moderation_years)
    await house.record.erasures.forget_moderated(service, Moderated(each.line, each.about, each.last), before)
    about = before.isoformat()
    await house.record.audit.note(service, each.line, "operator:retention", "moderation.delete", about, now)
    return 1


async def keep_to_rules(house: House, failed: Failed, services: frozenset[ServiceId] | None = None) -> None:
    """One round of a worker: all services it serves."""
    done = 0
    for service in house.shelf.services():
        if services is not None and service.id not in services:
            continue
        try:
            done += await carry_out(house, service.id, await due(house, service.id))
        except Exception as error:
            failed("retention", error)
    if done:
        await house.record.erasures.sweep()
