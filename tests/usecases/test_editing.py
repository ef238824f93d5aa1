"""Editing at the desk: a draft is nobody's but the editors', until it is signed as it stands and published."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from clinic import Clinic
from sqlalchemy import text

from bot.adapters.content_files.files import File, read_bytes
from bot.adapters.content_files.pages import text_hash
from bot.adapters.postgres.engine import Database
from bot.authoring import Edition, read_library
from bot.core.errors import Misuse, Refused
from bot.core.library import Library
from bot.core.library.signoff import NAME as SIGNOFF
from bot.core.library.signoff import mark_of, people_needed
from bot.core.values import ServiceId, StaffId
from bot.ports import StaffMember
from bot.usecases import editing
from bot.usecases.publish import publish, refuse_unsigned

PAGE = "modules/copd/breathlessness-and-worry.en.md"
MODULE = "copd/breathlessness-and-worry"
HELLO, GOOD_DAY = "Hello {{ first_name }}.", "Good day {{ first_name }}."


@pytest.fixture
async def desk(clinic: Clinic, edition: Edition, database: Database) -> AsyncIterator[Clinic]:
    """What is published belongs to no service: the shipped library is in force again afterwards."""
    yield clinic
    await publish(clinic.house, edition.library, "tests", bodies=edition.bodies)
    async with database.transaction() as c:
        await c.execute(text("UPDATE release_pointer SET urgent_at = NULL"))
        await c.execute(text("UPDATE release SET put_at = '2026-01-01'"))  # each test has a clock of its own


def somebody(clinic: Clinic, name: str) -> StaffMember:
    return replace(clinic.therapist, id=StaffId(clinic.house.ids.new()), name=name)


async def bench_of(clinic: Clinic) -> editing.Bench:
    return await editing.bench_of(clinic.house, clinic.service.id)


async def reworded(clinic: Clinic) -> str:
    """The page's text with another greeting."""
    body = (await bench_of(clinic)).text_of(PAGE)
    assert body is not None
    return body.decode().replace(HELLO, GOOD_DAY, 1)


async def saves(clinic: Clinic, file: str, text: str, over: int = 0) -> None:
    base = clinic.house.shelf.library.files.get(file)
    await editing.save(clinic.house, clinic.therapist, file, text, over=over, base=base)


async def release_proposed(clinic: Clinic, *files: str) -> str:
    built = await editing.proposed(clinic.house, await bench_of(clinic), files)
    assert built.library is not None, built.problems
    return built.library.release


async def publishes(clinic: Clinic, *files: str, strict: bool = False) -> Library:
    release = await release_proposed(clinic, *files)
    await editing.publish_drafts(clinic.house, clinic.therapist, files, release, strict=strict)
    assert clinic.house.shelf.library.release == release
    return clinic.house.shelf.library


async def test_a_draft_is_in_force_only_once_it_is_published(desk: Clinic, library: Library) -> None:
    await saves(desk, PAGE, await reworded(desk))
    assert desk.house.shelf.library == library
    published = await publishes(desk, PAGE)
    assert GOOD_DAY in published.modules[MODULE].model_dump_json()
    assert (await bench_of(desk)).drafts == {}
    history = await desk.house.record.drafts.history(desk.service.id, PAGE)
    assert [(draft.n, draft.ended) for draft in history] == [(1, "published")]
    listed = await desk.house.record.releases.list()
    assert any(r.release == published.release and "at the desk" in r.made_by for r in listed)


async def test_what_was_published_is_kept_byte_for_byte(desk: Clinic, edition: Edition) -> None:
    text = await reworded(desk)
    await saves(desk, PAGE, text)
    published = await publishes(desk, PAGE)
    assert await desk.house.record.releases.files(published) == {**edition.bodies, PAGE: text.encode()}
    assert await desk.house.record.releases.files(edition.library) == edition.bodies


async def test_of_two_editors_the_second_is_told_and_no_text_is_lost(desk: Clinic) -> None:
    await saves(desk, PAGE, "mine")
    with pytest.raises(Refused, match="draft_moved"):
        await saves(desk, PAGE, "theirs")
    await saves(desk, PAGE, "theirs, after mine", over=1)
    history = await desk.house.record.drafts.history(desk.service.id, PAGE)
    assert [draft.body for draft in history] == [b"theirs, after mine", b"mine"]


async def test_a_draft_with_an_error_is_kept_and_not_published(desk: Clinic) -> None:
    await saves(desk, PAGE, (await reworded(desk)).replace("(#getting-help)", "(#geting-help)"))
    problems = await editing.problems_in(desk.house, await bench_of(desk), PAGE, "no front matter")
    assert "C010" in [p.code for p in problems]
    with pytest.raises(Refused, match="content_broken"):
        await editing.publish_drafts(desk.house, desk.therapist, [PAGE], "0" * 64, strict=False)
    assert list((await bench_of(desk)).drafts) == [PAGE]


async def test_what_was_not_shown_is_not_published(desk: Clinic) -> None:
    await saves(desk, PAGE, await reworded(desk))
    shown = await release_proposed(desk, PAGE)
    await saves(desk, PAGE, (await reworded(desk)) + "\n", over=1)
    with pytest.raises(Refused, match="draft_moved"):
        await editing.publish_drafts(desk.house, desk.therapist, [PAGE], shown, strict=False)


async def test_a_draft_over_a_text_that_is_no_longer_in_force_waits_for_its_editor(
    desk: Clinic, edition: Edition
) -> None:
    text = await reworded(desk)
    await saves(desk, PAGE, text)
    bodies = {**edition.bodies, PAGE: edition.bodies[PAGE] + b"\n"}
    other = desk.house.authoring.read(bodies)
    assert other.library is not None
    await publish(desk.house, other.library, "somebody else", bodies=bodies)
    assert (await bench_of(desk)).overtaken(PAGE)
    with pytest.raises(Refused, match="draft_moved"):
        await publishes(desk, PAGE)
    await saves(desk, PAGE, text, over=1)
    await publishes(desk, PAGE)


async def test_two_publishings_at_once_lose_neither(desk: Clinic, edition: Edition) -> None:
    """The second was made over a release that is no longer in force."""
    await saves(desk, PAGE, await reworded(desk))
    built = await editing.proposed(desk.house, await bench_of(desk), [PAGE])
    assert built.library is not None
    await publishes(desk, PAGE)
    with pytest.raises(Refused, match="draft_moved"):
        await publish(desk.house, built.library, "late", bodies=built.bodies, over=edition.library.release)


async def test_a_withdrawn_draft_stays_in_the_history(desk: Clinic) -> None:
    await saves(desk, PAGE, "never mind")
    await editing.withdraw(desk.house, desk.service.id, PAGE)
    assert (await bench_of(desk)).drafts == {}
    (draft,) = await desk.house.record.drafts.history(desk.service.id, PAGE)
    assert (draft.body, draft.ended) == (b"never mind", "withdrawn")
    await saves(desk, PAGE, "after all", over=1)
    assert (await bench_of(desk)).drafts[PAGE].n == 2


async def test_another_services_drafts_are_nobodys_here(desk: Clinic) -> None:
    await saves(desk, PAGE, "ours")
    elsewhere = ServiceId(desk.house.ids.new())
    assert (await editing.bench_of(desk.house, elsewhere)).drafts == {}


# -- signing ------------------------------------------------------------------------------------------


async def signs(clinic: Clinic, who: StaffMember, file: str) -> None:
    body = (await bench_of(clinic)).text_of(file)
    assert body is not None
    await editing.sign(clinic.house, who, "clinical lead", file, mark_of(file, body))


async def test_an_edit_makes_a_signature_stale(desk: Clinic) -> None:
    lead = somebody(desk, "A. Lead")
    await saves(desk, PAGE, await reworded(desk))
    await signs(desk, lead, PAGE)
    published = await publishes(desk, PAGE)
    assert published.modules[MODULE].signed
    assert PAGE not in published.unsigned
    assert [s.who for s in published.signatures] == ["A. Lead"]
    assert b'who = "A. Lead"' in (await desk.house.record.releases.files(published))[SIGNOFF]
    await saves(desk, PAGE, (await bench_of(desk)).bodies[PAGE].decode().replace("Good day", "Hi", 1), over=1)
    assert not (await publishes(desk, PAGE)).modules[MODULE].signed


async def test_nobody_signs_a_text_that_is_another_by_now(desk: Clinic) -> None:
    body = (await bench_of(desk)).text_of(PAGE)
    assert body is not None
    await saves(desk, PAGE, await reworded(desk))
    with pytest.raises(Refused, match="draft_moved"):
        await editing.sign(desk.house, desk.therapist, "clinical lead", PAGE, mark_of(PAGE, body))


POLISH = ("modules/copd/breathlessness-and-worry.pl.md", "texts/pl.yaml")


async def checks_the_polish(clinic: Clinic) -> None:
    """Somebody who speaks it, and the source that it was made from is the one that is proposed."""
    english = file_of(PAGE, (await bench_of(clinic)).drafts[PAGE].body)
    for file in POLISH:
        text = (await bench_of(clinic)).bodies[file].decode()
        text = text.replace("machine draft, not reviewed", "A. Kowalska").replace("unsigned draft", "A. Lead")
        text = re.sub(r"en\.md@\w{12}", f"en.md@{text_hash(english)[:12]}", text)
        await saves(clinic, file, text)


def file_of(name: str, body: bytes) -> File:
    file = read_bytes(body, name)
    assert isinstance(file, File)
    return file


async def one_page_in_force(clinic: Clinic, edition: Edition) -> Library:
    """The shipped content with one page and its translation: a person could sign all of it."""
    pages = ("modules/", "answers/", "groups/")
    kept = (PAGE, *POLISH, "groups/copd.en.md")
    bodies = {f: body for f, body in edition.bodies.items() if f in kept or not f.startswith(pages)}
    library = read_library(bodies).library
    assert library is not None
    await publish(clinic.house, library, "tests", bodies=bodies)
    return library


async def test_production_takes_only_what_is_signed_and_safety_files_by_two(
    desk: Clinic, edition: Edition
) -> None:
    library = await one_page_in_force(desk, edition)
    with pytest.raises(Misuse, match="not signed off"):
        refuse_unsigned(library)
    await saves(desk, PAGE, (await reworded(desk)).replace("unsigned draft", "A. Lead"))
    await checks_the_polish(desk)
    one, two = somebody(desk, "A. Lead"), somebody(desk, "B. Second")
    files = [file for file in library.files if people_needed(file)]
    for file in files:
        await signs(desk, one, file)
        await signs(desk, one, file)
    with pytest.raises(Refused, match="not_signed"):
        await publishes(desk, PAGE, *POLISH, strict=True)
    safety = [file for file in files if people_needed(file) == 2]
    assert len(safety) > 10
    for file in safety:
        await signs(desk, two, file)
    published = await publishes(desk, PAGE, *POLISH, strict=True)
    assert published.unsigned == ()
    refuse_unsigned(published)
