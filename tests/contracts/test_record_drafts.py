"""Drafts in the record: a row a version, of one service, and signatures given once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid5

import pytest
from written import NOW

from bot.adapters.postgres.drafts import PostgresDrafts
from bot.adapters.postgres.engine import Database
from bot.core.errors import Refused
from bot.core.library.signoff import Signature
from bot.core.values import ServiceId, StaffId
from bot.ports import Draft

FILE = "modules/copd/a.en.md"
SIGNED = Signature(
    file=FILE, sha256="0" * 64, who="A. Lead", role="lead", on="2026-03-02", review_by="2027-03-02"
)


@pytest.fixture
def drafts(database: Database) -> PostgresDrafts:
    return PostgresDrafts(database)


@pytest.fixture
def by(service_id: ServiceId) -> StaffId:
    return StaffId(service_id)


def version(n: int, by: StaffId, file: str = FILE) -> Draft:
    at = NOW + timedelta(minutes=n)
    return Draft(file=file, n=n, by=by, at=at, base=f"base {n}", body=f"text {n}\r\n".encode())


async def test_the_newest_version_is_what_is_open(
    drafts: PostgresDrafts, service_id: ServiceId, by: StaffId
) -> None:
    for n in (1, 2):
        await drafts.save(service_id, version(n, by))
    assert list(await drafts.open(service_id)) == [version(2, by)]
    assert list(await drafts.history(service_id, FILE)) == [version(2, by), version(1, by)]


async def test_of_two_who_save_at_once_one_is_refused(
    drafts: PostgresDrafts, service_id: ServiceId, by: StaffId
) -> None:
    done = await asyncio.gather(
        *(drafts.save(service_id, version(1, by)) for _ in range(8)), return_exceptions=True
    )
    assert [type(d) for d in done if d is not None] == [Refused] * 7


@pytest.mark.parametrize("n", [1, 3])
async def test_a_version_follows_the_newest(
    drafts: PostgresDrafts, service_id: ServiceId, by: StaffId, n: int
) -> None:
    await drafts.save(service_id, version(1, by))
    with pytest.raises(Refused, match="draft_moved"):
        await drafts.save(service_id, version(n, by))
    assert len(await drafts.history(service_id, FILE)) == 1


async def test_what_was_saved_after_the_look_stays_open(
    drafts: PostgresDrafts, service_id: ServiceId, by: StaffId
) -> None:
    await drafts.save(service_id, version(1, by))
    await drafts.save(service_id, version(1, by, "texts/en.yaml"))
    await drafts.save(service_id, version(2, by))
    await drafts.end(service_id, [version(1, by), version(1, by, "texts/en.yaml")], "published")
    assert [(d.file, d.n) for d in await drafts.open(service_id)] == [(FILE, 2)]


async def test_nobody_sees_another_services_drafts_or_signatures(
    drafts: PostgresDrafts, service_id: ServiceId, by: StaffId
) -> None:
    await drafts.save(service_id, version(1, by))
    await drafts.sign(service_id, by, SIGNED)
    elsewhere = ServiceId(uuid5(service_id, "elsewhere"))
    assert list(await drafts.open(elsewhere)) == list(await drafts.history(elsewhere, FILE)) == []
    assert list(await drafts.signatures(elsewhere)) == []


async def test_one_person_signs_one_text_once(
    drafts: PostgresDrafts, service_id: ServiceId, by: StaffId
) -> None:
    for _ in range(2):
        await drafts.sign(service_id, by, SIGNED)
    assert list(await drafts.signatures(service_id)) == [SIGNED]
