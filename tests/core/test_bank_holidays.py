"""Bank holidays: no reading days, by nation, and what they move."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from dateutil.easter import easter

from bot.core.escalation import due_at, opens_with
from bot.core.library import Library
from bot.core.service import Hours, Nation, Service
from bot.core.values import ServiceId

PLAIN = Service(id=ServiceId(UUID(int=1)), slug="s", name="S", nation="england")
HOW_MANY = {"england": 8, "wales": 8, "scotland": 9, "northern_ireland": 10}
"""A year."""


def service(library: Library, nation: Nation = "england", **hours: object) -> Service:
    of = PLAIN.model_copy(update={"nation": nation, "hours": Hours.model_validate(hours)})
    return of.closed_also_on(library.policy.bank_holidays.of(nation))


@pytest.mark.parametrize("nation", HOW_MANY)
@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_every_year_has_its_days(library: Library, nation: str, year: int) -> None:
    days = sorted(d for d in library.policy.bank_holidays.of(nation) if d.year == year)
    assert len(days) == HOW_MANY[nation]
    assert [d for d in days if d.weekday() > 4] == []
    assert easter(year) - timedelta(days=2) in days
    assert (easter(year) + timedelta(days=1) in days) == (nation != "scotland")


def test_a_nation_keeps_its_own_days(library: Library) -> None:
    on_st_andrews_day = datetime(2026, 11, 30, 10, tzinfo=UTC)
    assert not service(library, "scotland").reading_now(on_st_andrews_day)
    assert service(library, "wales").reading_now(on_st_andrews_day)
    assert service(library, "scotland", on_bank_holidays=True).reading_now(on_st_andrews_day)


def test_they_are_not_kept_with_the_settings(library: Library) -> None:
    assert "bank_holidays" not in service(library).model_dump(mode="json")


def test_what_can_wait_counts_working_days_across_a_bank_holiday_weekend(library: Library) -> None:
    before_easter = datetime(2026, 4, 2, 14, tzinfo=UTC)  # 3 pm in London
    due = due_at("soon", 0, before_easter, library.policy.ladder, service(library))
    assert due is not None and due.date() == date(2026, 4, 7)


def test_in_a_closed_service_the_first_opening_is_a_step_of_its_own(library: Library) -> None:
    of, ladder = service(library), library.policy.ladder
    opening = datetime(2026, 4, 7, 8, tzinfo=UTC)  # 9 am in London
    assert due_at("now", 2, opening - timedelta(minutes=20), ladder, of) == opening
    assert opens_with("now", opening, ladder, of)
    assert not opens_with("now", opening - timedelta(days=1), ladder, of)  # Easter Monday
    assert not opens_with("soon", opening, ladder, of)


def test_a_service_with_cover_climbs_by_minutes_alone(library: Library) -> None:
    of, ladder = service(library).model_copy(update={"out_of_hours_cover": True}), library.policy.ladder
    opening = datetime(2026, 4, 7, 8, tzinfo=UTC)
    assert due_at("now", 2, opening - timedelta(minutes=20), ladder, of) == opening + timedelta(minutes=40)
    assert not opens_with("now", opening, ladder, of)


def test_only_the_levels_that_are_repeated_are_told_again_after_the_last_step(library: Library) -> None:
    ladder = library.policy.ladder.model_copy(update={"repeat_levels": ("now",)})
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert due_at("soon", 2, now, ladder, PLAIN) is None
    assert due_at("soon", 1, now, ladder, PLAIN) is not None
    assert due_at("now", 3, now, ladder, PLAIN) == now + timedelta(minutes=60)
    assert due_at("soon", 2, now, library.policy.ladder, PLAIN) is not None


@pytest.mark.parametrize("nation", HOW_MANY)
def test_half_a_year_before_they_run_out_it_is_said(library: Library, nation: str) -> None:
    days = library.policy.bank_holidays
    last = max(days.of(nation))
    assert days.runs_out(nation, last - timedelta(days=200)) is None
    assert days.runs_out(nation, last - timedelta(days=180)) == last
    assert days.runs_out(nation, last + timedelta(days=30)) == last
