"""How far people come in modules, against a population that was counted by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from written import NOW, WrittenLine

from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.paths import PostgresPaths
from bot.core import facts as f
from bot.core.state import ModuleRun, Profile, RatingRun
from bot.core.values import ServiceId
from bot.ports import ModuleWalked, StepReached, Walks

WALK, SLEEP = "copd/a-short-walk", "everybody/sleep"
WEEK = timedelta(days=7)
STILL = NOW - WEEK


@pytest.fixture
def paths(database: Database) -> PostgresPaths:
    return PostgresPaths(database)


class People:
    """Patients of one service who walk modules, each Run at a seq of its own."""

    def __init__(self, database: Database, service: ServiceId) -> None:
        self.database, self.service, self._seq = database, service, 0

    async def one(self, *, simulated: bool = False) -> WrittenLine:
        line = await WrittenLine.patient(self.database, self.service)
        profile = Profile(nation="england", simulated=simulated)
        await line.write(f.PatientInvited(profile=profile))
        return line

    async def walks(
        self,
        line: WrittenLine,
        steps: Sequence[str],
        ended: Any = None,
        helped: f.Helped | None = None,
        *,
        module: str = WALK,
        at: datetime = NOW,
        language: str = "en",
    ) -> None:
        """One turn a step, then the end, then what they said of it."""
        self._seq += 1
        began = self._seq
        run = ModuleRun(module=module, release="r1", step=steps[0], began=began, language=language)
        for n, step in enumerate(steps):
            start = (f.RunStarted(run=run),) if n == 0 else ()
            await line.write(*start, f.StepEntered(step=step, release="r1"), at=at)
        if ended:
            await line.write(f.RunEnded(kind="module", name=module, how=ended), at=at)
        if helped:
            rating = RatingRun(module=module, release="r1", began=began, language=language)
            await line.write(f.RunStarted(run=rating), at=at)
            said = f.ModuleRated(module=module, release="r1", began=began, helped=helped)
            await line.write(said, f.RunEnded(kind="rating", name=module, how="finished"), at=at)


@pytest.fixture
def people(database: Database, service_id: ServiceId) -> People:
    return People(database, service_id)


async def counted(paths: PostgresPaths, service: ServiceId, since: datetime | None = None) -> Walks:
    return await paths.walked(service, since=since, still=STILL)


async def test_every_step_is_counted_once_a_run_and_stopped_in_once(
    people: People, paths: PostgresPaths
) -> None:
    """Seven Runs of six people: three finished, two ended early, one is long still, one is under way.

    One of them began in the middle, as a follow-up leads there.
    """
    old = NOW - 8 * timedelta(days=1)
    a, b, c, d, e, g = [await people.one() for _ in range(6)]
    await people.walks(a, ["hello", "breathe", "goal"], "finished", "yes")
    await people.walks(a, ["hello", "breathe", "hello", "breathe", "goal"], "finished", "yes")
    await people.walks(b, ["breathe", "goal"], "finished", "no")
    await people.walks(c, ["hello", "breathe"], "stopped")
    await people.walks(d, ["hello", "breathe", "hello"], "left")
    await people.walks(e, ["hello", "breathe"], at=old)
    await people.walks(g, ["hello", "breathe"])

    assert await counted(paths, people.service) == Walks(
        (
            ModuleWalked(
                *(WALK, "en"),
                people=6,
                runs=7,
                finished=3,
                yes=2,
                little=0,
                no=1,
                steps=(
                    StepReached("hello", 6, 6, 1),
                    StepReached("breathe", 1, 7, 2),
                    StepReached("goal", 0, 3, 0),
                ),
            ),
        ),
        made_up=False,
    )


@pytest.mark.parametrize("ended", ["stopped", "left", "lost", "overran"])
async def test_any_end_but_the_modules_own_is_a_stop_at_once(
    people: People, paths: PostgresPaths, ended: str
) -> None:
    await people.walks(await people.one(), ["hello", "goal"], ended)
    [module] = (await counted(paths, people.service)).modules
    assert module.steps == (StepReached("hello", 1, 1, 0), StepReached("goal", 0, 1, 1))


async def test_modules_and_languages_are_counted_apart(people: People, paths: PostgresPaths) -> None:
    line = await people.one()
    await people.walks(line, ["hello"], "finished", "little")
    await people.walks(line, ["helo"], "finished", module=f"{WALK}.cy", language="cy")
    await people.walks(line, ["night"], "stopped", module=SLEEP)
    found = (await counted(paths, people.service)).modules
    assert [(m.module, m.language, m.finished, m.little) for m in found] == [
        (WALK, "en", 1, 1),
        (f"{WALK}.cy", "cy", 1, 0),
        (SLEEP, "en", 0, 0),
    ]


async def test_a_period_counts_what_began_in_it(people: People, paths: PostgresPaths) -> None:
    line = await people.one()
    await people.walks(line, ["hello"], "finished", at=NOW - 5 * WEEK)
    await people.walks(line, ["hello"], "finished", at=NOW - WEEK)
    [module] = (await counted(paths, people.service, NOW - 4 * WEEK)).modules
    assert (module.runs, module.people) == (1, 1)


async def test_simulated_people_are_left_out_where_there_are_others(
    people: People, paths: PostgresPaths
) -> None:
    await people.walks(await people.one(simulated=True), ["hello"], "finished")
    assert [m.runs for m in (await counted(paths, people.service)).modules] == [1]
    assert (await counted(paths, people.service)).made_up
    await people.one()
    assert await counted(paths, people.service) == Walks((), made_up=False)


async def test_another_service_is_not_counted(people: People, paths: PostgresPaths) -> None:
    await people.walks(await people.one(), ["hello"], "finished")
    assert (await counted(paths, ServiceId(uuid4()))).modules == ()


async def test_a_run_that_is_older_than_the_counting_leaves_no_row(
    people: People, paths: PostgresPaths
) -> None:
    line = await people.one()
    old = ModuleRun(module=WALK, release="r1", step="hello")
    await line.write(f.RunStarted(run=old), f.StepEntered(step="hello", release="r1"))
    await line.write(f.RunEnded(kind="module", name=WALK, how="finished"))
    assert (await counted(paths, people.service)).modules == ()
