"""Reading together: a herd costs a few questions, and nobody is answered from before they asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from uuid import uuid4

import pytest
from clinic import PATIENCE
from written import WrittenLine

from bot.adapters.postgres.engine import Database, make_engine
from bot.adapters.postgres.lines import PostgresLines
from bot.adapters.postgres.together import Together
from bot.core.errors import Unavailable
from bot.core.values import LineId, ServiceId

HERE, THERE = ServiceId(uuid4()), ServiceId(uuid4())


class Shop:
    """Answers each question when it is opened; a key's value is how many questions there were before."""

    def __init__(self) -> None:
        self.questions: list[tuple[ServiceId, tuple[str, ...]]] = []
        self.open = asyncio.Event()
        self.broken: Exception | None = None

    async def ask(self, service: ServiceId, keys: Sequence[str]) -> dict[str, int]:
        self.questions.append((service, tuple(keys)))
        number = len(self.questions)
        await self.open.wait()
        if self.broken is not None:
            raise self.broken
        return {key: number for key in keys if key != "unknown"}


@pytest.fixture
async def one_connection(database: Database) -> AsyncIterator[Database]:
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    own = Database(make_engine(url, pool_size=1, patience=PATIENCE))
    yield own
    await own.dispose()


async def asked(together: Together[str, int], *keys: str) -> list[asyncio.Task[int | None]]:
    tasks = [asyncio.create_task(together.of(HERE, key)) for key in keys]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_what_comes_meanwhile_is_asked_in_one_question() -> None:
    shop = Shop()
    together = Together(shop.ask)
    first = await asked(together, "a")
    later = await asked(together, "b", "c", "b", "unknown")
    shop.open.set()
    assert await asyncio.gather(*first, *later) == [1, 2, 2, 2, None]
    assert shop.questions == [(HERE, ("a",)), (HERE, ("b", "c", "unknown"))]


async def test_nobody_is_answered_from_a_question_that_began_before_they_asked() -> None:
    shop = Shop()
    together = Together(shop.ask)
    before = await asked(together, "a")
    after = await asked(together, "a")
    shop.open.set()
    assert await asyncio.gather(*before, *after) == [1, 2]


async def test_a_question_is_of_one_service_and_not_too_long() -> None:
    shop = Shop()
    together = Together(shop.ask, most=2)
    shop.open.set()
    found = await asyncio.gather(*(together.of(HERE, key) for key in "abc"), together.of(THERE, "a"))
    assert shop.questions == [(HERE, ("a", "b")), (THERE, ("a",)), (HERE, ("c",))]
    assert found == [1, 1, 3, 2]


async def test_everybody_hears_that_it_failed_and_the_next_question_is_asked_anew() -> None:
    shop = Shop()
    together = Together(shop.ask)
    shop.broken = Unavailable("record")
    shop.open.set()
    failed = await asyncio.gather(*await asked(together, "a", "b"), return_exceptions=True)
    assert all(isinstance(error, Unavailable) for error in failed)
    shop.broken = None
    assert await together.of(HERE, "a") == len(shop.questions)


async def test_who_goes_away_takes_no_answer_from_the_others() -> None:
    shop = Shop()
    together = Together(shop.ask)
    gone, stays = await asked(together, "a", "a")
    gone.cancel()
    shop.open.set()
    assert await stays == 1
    assert gone.cancelled() or gone.cancelling()


async def test_a_herd_of_lines_is_loaded_over_one_connection(
    database: Database, one_connection: Database, service_id: ServiceId
) -> None:
    written = [await WrittenLine.patient(database, service_id) for _ in range(5)]
    ids = [*(line.id for line in written), *(LineId(uuid4()) for _ in range(600))]
    lines = PostgresLines(one_connection)
    found = await asyncio.gather(*(lines.load(service_id, line) for line in ids))
    assert [stored is not None for stored in found] == [True] * 5 + [False] * 600
