"""Published content: kept under the hash of its own text, one pointer to what is in force."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import JSON, Text, cast, delete, literal, update
from written import NOW

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.releases import PostgresReleases
from bot.core.errors import Misuse
from bot.core.library import Library
from bot.ports import Pointer, ReleaseSeen

LATER = NOW + timedelta(hours=1)


@pytest.fixture(scope="module")
def reworded(library: Library) -> Library:
    """The same with one sentence more."""
    texts = {**library.texts, "en": {**library.texts["en"], "one_more": "One more."}}
    # Not model_copy, which would copy the hash that was worked out before.
    return Library(**{**{name: getattr(library, name) for name in Library.model_fields}, "texts": texts})


@pytest.fixture
async def releases(unpublished: Database) -> AsyncIterator[PostgresReleases]:
    """Each test finds and leaves none."""
    yield PostgresReleases(unpublished)
    async with unpublished.transaction() as c:
        await c.execute(delete(s.release_pointer))
        await c.execute(delete(s.release))


async def test_before_the_first_publishing_there_is_nothing(releases: PostgresReleases) -> None:
    assert await releases.pointer() is None
    assert await releases.load("0" * 64) is None
    assert list(await releases.list()) == []


async def test_what_is_published_is_loaded_again_word_for_word(
    releases: PostgresReleases, library: Library
) -> None:
    pointer = await releases.publish(library, "an editor", NOW)

    assert pointer == Pointer(library.release, 1)
    assert await releases.pointer() == pointer
    assert await releases.load(library.release) == library


async def test_the_same_content_again_changes_nothing(releases: PostgresReleases, library: Library) -> None:
    first = await releases.publish(library, "an editor", NOW)
    again = await releases.publish(library, "another", LATER, urgent=True)

    assert again == first
    assert list(await releases.list()) == [ReleaseSeen(library.release, NOW, "an editor", NOW)]


async def test_other_content_flips_the_pointer(
    releases: PostgresReleases, library: Library, reworded: Library
) -> None:
    await releases.publish(library, "an editor", NOW)

    assert await releases.publish(reworded, "an editor", LATER) == Pointer(reworded.release, 2)
    assert [seen.release for seen in await releases.list()] == [reworded.release, library.release]


async def test_going_back_is_a_flip_to_the_release_that_is_kept(
    releases: PostgresReleases, library: Library, reworded: Library
) -> None:
    await releases.publish(library, "an editor", NOW)
    await releases.publish(reworded, "an editor", NOW)

    assert await releases.publish(library, "an editor", LATER) == Pointer(library.release, 3)
    assert len(await releases.list()) == 2


async def test_an_urgent_release_is_remembered_when_a_quiet_one_follows(
    releases: PostgresReleases, library: Library, reworded: Library
) -> None:
    urgent = await releases.publish(library, "an editor", NOW, urgent=True)
    quiet = await releases.publish(reworded, "an editor", LATER)

    assert (urgent.urgent_at, quiet.urgent_at) == (NOW, NOW)


async def test_two_who_publish_at_once_each_flip_the_pointer(
    releases: PostgresReleases, library: Library, reworded: Library
) -> None:
    pointers = await asyncio.gather(
        releases.publish(library, "one", NOW), releases.publish(reworded, "two", NOW)
    )

    assert sorted(pointer.n for pointer in pointers) == [1, 2]


async def test_content_that_was_changed_under_its_hash_is_refused(
    unpublished: Database, releases: PostgresReleases, library: Library, reworded: Library
) -> None:
    await releases.publish(library, "an editor", NOW)
    other = cast(literal(reworded.model_dump_json(), Text), JSON)
    async with unpublished.transaction() as c:
        await c.execute(update(s.release).values(built=other))

    with pytest.raises(Misuse, match="not what was published"):
        await releases.load(library.release)


async def test_content_that_this_version_cannot_read_is_none(
    unpublished: Database, releases: PostgresReleases, library: Library
) -> None:
    await releases.publish(library, "an editor", NOW)
    async with unpublished.transaction() as c:
        await c.execute(update(s.release).values(built={"modules": 1}))

    assert await releases.load(library.release) is None
