"""Rule sets over a service's own recorded scores."""

from __future__ import annotations

from dataclasses import replace

import pytest
from clinic import Clinic
from sqlalchemy import select

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.cli.simulate import own_past
from bot.core.errors import Misuse
from bot.report.backtest import figures_of


async def audited(database: Database, clinic: Clinic) -> list[str]:
    read = select(s.audit.c.what).where(s.audit.c.service_id == clinic.service.id)
    async with database.reading() as c:
        return list((await c.execute(read)).scalars())


async def test_the_services_own_scores_are_replayed_and_the_look_is_noted_once(
    clinic: Clinic, database: Database
) -> None:
    patient = await clinic.join()
    for points in (0, 1):
        await patient.chooses("Check how I am")
        await patient.fills_in(*[points] * 8, 0)
        await patient.chooses("Send my answers")
        await patient.fills_in(*[0] * 7)
        await patient.chooses("Send my answers")
        clinic.clock.advance(weeks=2)
    with pytest.raises(Misuse, match="a lead or a clinician"):
        await own_past(clinic.house, clinic.service, clinic.therapist.email)
    assert "scores.replay" not in await audited(database, clinic)
    lead = replace(clinic.therapist, roles=frozenset({"lead"}))
    await clinic.house.record.staff.add(lead)
    _, people, judges, about = await own_past(clinic.house, clinic.service, lead.email)
    assert (len(people), about["People"], list(judges)) == (1, "1 with a score", ["default"])
    figures = figures_of("default", people, judges["default"])
    told = [alert.concern for alert in await patient.alerts()]
    assert (figures.alerts, dict(figures.by_rule)) == (1, {"reliable_deterioration": 1})
    assert told == ["worsening:phq9"]
    assert (await audited(database, clinic)).count("scores.replay") == 1


async def test_without_a_score_there_is_nothing_to_replay(clinic: Clinic) -> None:
    lead = replace(clinic.therapist, roles=frozenset({"lead"}))
    await clinic.house.record.staff.add(lead)
    with pytest.raises(Misuse, match=r"nobody in .* has sent a score"):
        await own_past(clinic.house, clinic.service, lead.email)
