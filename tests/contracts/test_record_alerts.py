"""The ledger as people read it: its order, its evidence, and one audit row for each look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from written import NOW, WrittenLine, member, raised

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.ledger import PostgresLedger
from bot.core import facts as f
from bot.core.values import AlertId, ServiceId, StaffId, WordId
from bot.ports import EvidenceSeen, Looker

EARLIER = NOW - timedelta(hours=1)


async def looks(database: Database, service: ServiceId) -> list[tuple[object, ...]]:
    """Every audit row of the service as (chain, who, what, about)."""
    a = s.audit.c
    async with database.reading() as c:
        rows = await c.execute(
            select(a.chain, a.who, a.what, a.about).where(a.service_id == service).order_by(a.chain, a.n)
        )
        return [tuple(row) for row in rows]


@pytest.fixture
def ledger(database: Database) -> PostgresLedger:
    return PostgresLedger(database)


@pytest.fixture
async def line(database: Database, service_id: ServiceId) -> WrittenLine:
    return await WrittenLine.patient(database, service_id)


@pytest.fixture
async def nurse(database: Database, service_id: ServiceId) -> Looker:
    """Of the duty team, who may open everybody's record."""
    return Looker(await member(database, service_id, "duty"), NOW)


async def listed(ledger: PostgresLedger, service: ServiceId, *, open_only: bool = True) -> Sequence[str]:
    return [alert.concern for alert in await ledger.list(service, open_only=open_only, by=None)]


async def test_the_gravest_comes_first_and_then_the_oldest(
    database: Database, line: WrittenLine, ledger: PostgresLedger
) -> None:
    other = await WrittenLine.patient(database, line.service)
    await line.write(raised("no-contact", "routine", EARLIER), raised("risk", "now"))
    await other.write(raised("safeguarding", "now", EARLIER), raised("worsening:phq9", "soon"))

    assert await listed(ledger, line.service) == ["safeguarding", "risk", "worsening:phq9", "no-contact"]


async def test_a_resolved_alert_leaves_the_open_list_and_stays_in_the_ledger(
    line: WrittenLine, ledger: PostgresLedger
) -> None:
    alert, by, note = raised(), StaffId(uuid4()), WordId(uuid4())
    resolved = f.AlertResolved(
        alert=alert.alert, concern="risk", by=by, outcome="spoke with them", note=note, at=NOW
    )
    await line.write(alert)
    await line.write(resolved)

    assert await listed(ledger, line.service) == []
    [seen] = await ledger.list(line.service, open_only=False, by=None)
    assert (seen.state, seen.acted_by, seen.outcome, seen.note) == ("resolved", by, "spoke with them", note)


async def test_an_alert_shows_all_its_evidence_in_order(line: WrittenLine, ledger: PostgresLedger) -> None:
    alert, client = raised("risk", "soon"), uuid4()
    more = f.EvidenceAdded(
        alert=alert.alert,
        concern="risk",
        evidence=f.Evidence(rule="another", version="2", client_id=client),
        level="now",
        tell=True,
        due_at=None,
    )
    await line.write(alert)
    await line.write(more)

    seen = await ledger.one(line.service, alert.alert, None)

    assert seen is not None
    assert (seen.line, seen.kind, seen.level, seen.told) == (line.id, "patient", "now", 2)
    assert seen.evidence == (
        EvidenceSeen("a-rule", "1", 1, None, {"score": 15.0}, NOW),
        EvidenceSeen("another", "2", None, client, {}, NOW),
    )
    assert (await ledger.list(line.service, open_only=True, by=None))[0] == seen


async def test_alerts_of_another_service_are_not_there(line: WrittenLine, ledger: PostgresLedger) -> None:
    alert = raised()
    await line.write(alert)
    stranger = ServiceId(uuid4())

    assert await listed(ledger, stranger) == []
    assert await ledger.one(stranger, alert.alert, None) is None


async def test_a_list_is_one_look_on_the_services_own_chain(
    database: Database, line: WrittenLine, ledger: PostgresLedger, nurse: Looker
) -> None:
    await line.write(raised("risk"), raised("no-contact"))
    await ledger.list(line.service, open_only=True, by=nurse)

    assert await looks(database, line.service) == [
        (line.service, f"staff:{nurse.who}", "alerts.list", "open")
    ]


async def test_one_alert_is_one_look_on_its_lines_chain(
    database: Database, line: WrittenLine, ledger: PostgresLedger, nurse: Looker
) -> None:
    alert = raised()
    await line.write(alert)
    await ledger.one(line.service, alert.alert, nurse)

    assert await looks(database, line.service) == [
        (line.id, f"staff:{nurse.who}", "alert.open", str(alert.alert))
    ]


async def test_what_is_not_there_was_not_looked_at(
    database: Database, service_id: ServiceId, ledger: PostgresLedger, nurse: Looker
) -> None:
    assert await ledger.one(service_id, AlertId(uuid4()), nurse) is None
    assert await looks(database, service_id) == []


async def test_the_operators_count_is_nobodys_look(
    database: Database, line: WrittenLine, ledger: PostgresLedger
) -> None:
    await line.write(raised())
    await ledger.list(line.service, open_only=True, by=None)

    assert await looks(database, line.service) == []
