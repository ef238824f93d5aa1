"""A storm: very many alerts that wait for the same person at once are one letter. Never those that need somebody now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from bot.core.errors import Unavailable
from bot.core.rota import There
from bot.core.rows import PRIORITY
from bot.core.values import ServiceId, StaffId
from bot.ports import AlertStanding, Fold, Folded, StaffMember, Task, Telling
from bot.usecases.hearing import (
    SETTLED,
    TRIES_BEFORE_DUTY,
    hearers_of,
    nobody_reached,
    still_to_tell,
)
from bot.usecases.house import House
from bot.usecases.letters import fold_id, fold_letter
from bot.usecases.post import sent
from bot.usecases.there import who_is_there
from bot.usecases.windows import URGENT

MOST = 200  # in one letter
MADE_WITHIN_S = 6.0
IN_ANOTHER_LETTER = "planned"


async def folded_with_the_others(
    house: House, service: ServiceId, task: Task, alert: AlertStanding, there: There
) -> bool:
    """Whether this alert is one of very many that wait, and one letter now tells them all.

    Looked at when it is their turn: what has come while others were served is in the same letter.
    """
    priority = PRIORITY[alert.level]
    if priority <= URGENT or "only" in task.payload or _perhaps_told(alert):
        return False
    here = house.hands.gathered
    async with house.hands.windows.at_one((priority, 0)), here.alone:
        if task.id not in here.held:
            return True
        told = await _fold(house, service, Folded(task, alert), there)
        here.begun(*told, task.id)
    return task.id in told


async def _fold(house: House, service: ServiceId, me: Folded, there: There) -> set[UUID]:
    """Returns the promises that went over to a letter about many."""
    folds, now = house.record.folds, house.clock.now()
    beside = house.hands.gathered.beside(service, me.task)
    least = house.shelf.library.policy.ladder.fold_from - 1 - len(beside)
    if least > 0 and await folds.waiting(service, me.task, me.alert, now, least) < least:
        return set()
    held = [one for one in await folds.standing(service, beside) if _alike(one, me)]
    most = MOST - 1 - len(held)
    others = await folds.claim(service, me.task, me.alert, now, most=most, lease_s=MADE_WITHIN_S)
    made = _made(house, [me, *held, *others], there)
    told = {task.id for fold in made for task in fold.tasks}
    for id_ in await folds.make(service, made, PRIORITY[me.alert.level], now) if made else ():
        house.afterwards.start("fold", house.keep_promise(house, service, f"fold:{id_}"))
    for other in others:
        if other.task.id not in told:
            await house.record.outbox.give_back(service, other.task)
    return told


def _alike(one: Folded, other: Folded) -> bool:
    """Of the same level and rung, and on the first rung of the same owner: the same people hear of them."""
    if one.task.kind != "alert" or "only" in one.task.payload or one.alert.level != other.alert.level:
        return False
    rungs = {int(one.task.payload["rung"]), int(other.task.payload["rung"])}
    return len(rungs) == 1 and (rungs != {0} or one.alert.owner == other.alert.owner)


def _made(house: House, waiting: Sequence[Folded], there: There) -> list[Fold]:
    """A letter for each person for whom very many wait; whoever is to hear of the same ones gets one as well."""
    ladder = house.shelf.library.policy.ladder
    of: dict[StaffId, list[Task]] = defaultdict(list)
    for one in waiting:
        if not still_to_tell(one.alert, one.task.payload, ladder) or _perhaps_told(one.alert):
            continue
        for hearer in hearers_of(one.alert, one.task.payload, there, ladder):
            if one.alert.heard.get(hearer.who.id) not in {*SETTLED, IN_ANOTHER_LETTER}:
                of[hearer.who.id].append(one.task)
    crowded = {task.id for tasks in of.values() if len(tasks) >= ladder.fold_from for task in tasks}
    level, folds = waiting[0].alert.level, []
    for who, tasks in of.items():
        if theirs := [task for task in tasks if task.id in crowded]:
            id_ = house.ids.new()
            folds.append(Fold(id_, who, level, fold_id(house, id_, who), theirs))
    return folds


def _perhaps_told(alert: AlertStanding) -> bool:
    """A letter of its own may have arrived: it is tried again under the same Message-ID, by which a second copy is known."""
    return "uncertain" in alert.heard.values()


async def tell_folded(house: House, service: ServiceId, task: Task) -> None:
    """Raises Unavailable while the letter is not accepted. Who has gone away since is not written to."""
    staff = {m.id: m for m in await house.record.staff.all(service)}
    there = await who_is_there(house, service, staff.values())
    folds, to = house.record.folds, StaffId(UUID(task.payload["to"]))
    async with house.hands.windows.at_one((PRIORITY[task.payload["level"]], 0)):
        every = await folds.of(service, task)
        others = [one.task.id for one in every if to not in _hearers(house, one, there)]
        if others:
            await folds.undo(service, task, others, house.clock.now())
        ladder = house.shelf.library.policy.ladder
        told = [
            one
            for one in every
            if one.task.id not in others and still_to_tell(one.alert, one.task.payload, ladder)
        ]
        state = await _write(house, service, task, told, staff.get(to))
    if state is None:
        return
    if state != "accepted" and (state in SETTLED or task.attempts >= TRIES_BEFORE_DUTY):
        await _duty_hears(house, service, told, to, there)
    if state not in SETTLED:
        raise Unavailable("mail", 0.0)


async def _write(
    house: House, service: ServiceId, task: Task, told: Sequence[Folded], to: StaffMember | None
) -> str | None:
    """How it stands with the letter; None where there is nothing to tell any more."""
    folds, ids = house.record.folds, [one.task.id for one in told]
    if to is None or not told:
        nothing = Telling(house.ids.new(), StaffId(UUID(task.payload["to"])), "", "planned")
        await folds.tried(service, task, nothing, (), house.clock.now(), done=True)
        return None
    letter = fold_letter(house, service, task, [one.alert for one in told], to)
    outcome, error = await sent(house, letter)
    before = {one.alert.heard.get(to.id) for one in told}
    state = "likely" if outcome == "uncertain" and "uncertain" in before else outcome
    telling = Telling(house.ids.new(), to.id, letter.message_id, state, error)
    await folds.tried(service, task, telling, ids, house.clock.now(), done=state in SETTLED)
    return state


async def _duty_hears(
    house: House, service: ServiceId, told: Sequence[Folded], to: StaffId, there: There
) -> None:
    for one in told:
        if not any(state == "accepted" for who, state in one.alert.heard.items() if who != to):
            asked = _hearers(house, one, there)
            telling = int(one.task.payload["told"])
            await nobody_reached(house, service, one.task.line, one.alert, telling, asked, there)


def _hearers(house: House, one: Folded, there: There) -> set[StaffId]:
    ladder = house.shelf.library.policy.ladder
    return {hearer.who.id for hearer in hearers_of(one.alert, one.task.payload, there, ladder)}
