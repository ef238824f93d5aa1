"""Who hears of an alert: the ladder, whose the concern is, leave and cover, and who is on call."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.escalation import Hearer, handed_to, on_duty, waits_for_opening, who_hears
from bot.core.library import Level, Library
from bot.core.rota import Colleague, Leave, Roster, Shift, There, gaps
from bot.core.service import Service
from bot.core.values import ServiceId, StaffId

NOW = datetime(2026, 3, 2, 22, tzinfo=UTC)
DAY = timedelta(days=1)


def one(n: int, *roles: str) -> Colleague:
    return Colleague(StaffId(UUID(int=n)), frozenset(roles), f"{n}@x")


OWNER, OTHER = one(10, "therapist"), one(11, "therapist")
NURSE, HOST, DUTY, LEAD = one(12, "clinician"), one(13, "host"), one(14, "duty"), one(15, "lead")
EDITOR, ADMIN = one(16, "editor"), one(17, "admin")
TEAM = (OWNER, OTHER, NURSE, HOST, DUTY, LEAD)
WHOLE_HOUSE = (*TEAM, EDITOR, ADMIN)


def away(who: Colleague, cover: Colleague | None = None) -> Leave:
    return Leave(UUID(int=who.id.int), who.id, NOW - DAY, NOW + DAY, cover.id if cover else None)


def on_call(who: Colleague) -> Shift:
    return Shift(UUID(int=who.id.int), who.id, NOW - DAY, NOW + DAY)


def heard(
    library: Library,
    concern: str = "risk",
    level: Level = "now",
    rung: int = 0,
    *,
    staff: tuple[Colleague, ...] = TEAM,
    leaves: tuple[Leave, ...] = (),
    shifts: tuple[Shift, ...] = (),
    reading: bool = True,
    owner: Colleague | None = OWNER,
    once: Colleague | None = None,
    clinician: Colleague | None = None,
) -> dict[int, str]:
    """Their numbers, and why."""
    there = There(staff, Roster(leaves, shifts), NOW, reading=reading)
    found = who_hears(
        concern,
        level,
        rung,
        owner.id if owner else None,
        there,
        library.policy.ladder,
        once_theirs=once.id if once else None,
        clinician=clinician.id if clinician else None,
    )
    return {h.who.id.int: h.why for h in found}


# -- whose it is --------------------------------------------------------------------------------------


@pytest.mark.parametrize("concern", ["risk", "safeguarding", "worsening:phq9"])
def test_mood_and_risk_go_to_the_therapists(library: Library, concern: str) -> None:
    assert heard(library, concern) == {10: "owner", 11: "team"}
    assert heard(library, concern, "soon") == {10: "owner"}


@pytest.mark.parametrize("level", ["now", "soon"])
def test_a_physical_red_flag_goes_to_the_physical_health_clinician_with_a_copy_to_the_owner(
    library: Library, level: Level
) -> None:
    assert heard(library, "emergency:copd", level) == {12: "team", 10: "copied"}


def test_who_has_a_clinician_of_their_own_is_theirs_and_the_others_hear_only_with_the_team(
    library: Library,
) -> None:
    more = one(16, "clinician")
    staff, own = (*TEAM, more), more
    assert heard(library, "emergency:copd", "soon", staff=staff, clinician=own) == {16: "owner", 10: "copied"}
    assert heard(library, "emergency:copd", "now", staff=staff, clinician=own) == {
        16: "owner",
        10: "copied",
        12: "team",
    }
    assert heard(library, "risk", "soon", staff=staff, clinician=own) == {10: "owner"}


def test_while_their_own_clinician_is_away_who_covers_hears_or_all_clinicians(library: Library) -> None:
    own = one(16, "clinician")
    staff = (*TEAM, own)
    covered = heard(library, "emergency:copd", "soon", staff=staff, leaves=(away(own, OTHER),), clinician=own)
    assert covered == {11: "owner", 10: "copied"}
    alone = heard(library, "emergency:copd", "soon", staff=staff, leaves=(away(own),), clinician=own)
    assert alone == {12: "team", 10: "copied"}


def test_without_such_a_clinician_the_whole_team_hears(library: Library) -> None:
    staff = (OWNER, OTHER, DUTY)
    assert heard(library, "emergency:copd", staff=staff) == {10: "owner", 11: "team"}
    assert heard(library, "risk", staff=(NURSE, DUTY), owner=None) == {12: "team"}


def test_another_concern_is_the_owners_and_the_whole_teams(library: Library) -> None:
    assert heard(library, "asked-for-a-person") == {10: "owner", 11: "team", 12: "team"}


def test_a_report_of_a_group_goes_to_its_hosts_first(library: Library) -> None:
    assert heard(library, "group-report", "soon", owner=None) == {13: "host"}
    assert heard(library, "group-report", "soon", 1, owner=None) == {14: "duty"}


def test_further_up_the_ladder_it_is_everybodys(library: Library) -> None:
    assert heard(library, "emergency:copd", rung=1) == {14: "duty"}
    assert heard(library, "risk", rung=2) == {15: "lead"}


# -- leave --------------------------------------------------------------------------------------------


def test_who_is_on_leave_is_replaced_by_who_covers(library: Library) -> None:
    assert heard(library, "risk", "soon", leaves=(away(OWNER, OTHER),)) == {11: "owner"}
    there = There(TEAM, Roster((away(OWNER, OTHER),)), NOW)
    (hearer,) = who_hears("risk", "soon", 0, OWNER.id, there, library.policy.ladder)
    assert hearer == Hearer(OTHER, "owner", covers=OWNER.id)


def test_a_cover_who_is_on_leave_is_covered_in_turn(library: Library) -> None:
    leaves = (away(OWNER, OTHER), away(OTHER, NURSE))
    assert heard(library, "risk", "soon", leaves=leaves) == {12: "owner"}


def test_two_who_cover_for_each_other_and_are_both_away_are_nobody(library: Library) -> None:
    leaves = (away(OWNER, OTHER), away(OTHER, OWNER))
    assert heard(library, "risk", "soon", leaves=leaves) == {14: "nobody_else"}


def test_without_a_cover_duty_hears(library: Library) -> None:
    assert heard(library, "risk", "soon", leaves=(away(OWNER),)) == {14: "nobody_else"}


def test_leave_that_is_over_or_has_not_begun_counts_for_nothing(library: Library) -> None:
    over = replace(away(OWNER), until_at=NOW)
    to_come = replace(away(OWNER), from_at=NOW + timedelta(minutes=1))
    assert heard(library, "risk", "soon", leaves=(over, to_come)) == {10: "owner"}


def test_duty_and_lead_are_covered_too(library: Library) -> None:
    assert heard(library, rung=1, leaves=(away(DUTY, NURSE),)) == {12: "duty"}
    assert [c.id.int for c in on_duty(There(TEAM, Roster((away(DUTY, NURSE),)), NOW))] == [12]


def test_what_is_handed_to_somebody_on_leave_goes_to_who_covers() -> None:
    there = There(TEAM, Roster((away(OTHER, NURSE), away(LEAD))), NOW)
    assert [h.who.id.int for h in handed_to(OTHER.id, "risk", there)] == [12]
    assert handed_to(LEAD.id, "risk", there) == ()


@given(data=st.data())
def test_whoever_is_away_somebody_hears_and_nobody_who_is_away_while_anybody_is_there(
    library: Library, data: st.DataObject
) -> None:
    gone = data.draw(st.lists(st.sampled_from(TEAM), unique=True))
    covers = [data.draw(st.sampled_from((*TEAM, None))) for _ in gone]
    leaves = tuple(away(who, cover) for who, cover in zip(gone, covers, strict=True))
    shifts = tuple(on_call(c) for c in data.draw(st.lists(st.sampled_from(TEAM), unique=True)))
    concern = data.draw(st.sampled_from(("risk", "emergency:copd", "group-report", "content:breathing")))
    level: Level = data.draw(st.sampled_from(("now", "soon")))
    rung, reading = data.draw(st.integers(0, 3)), data.draw(st.booleans())
    found = heard(library, concern, level, rung, leaves=leaves, shifts=shifts, reading=reading)
    assert found
    if len(gone) < len(TEAM):
        assert found.keys().isdisjoint(c.id.int for c in gone)


@pytest.mark.parametrize("cover", [HOST, EDITOR, ADMIN])
def test_who_could_not_open_the_alert_covers_for_nobody(library: Library, cover: Colleague) -> None:
    leaves = (away(OWNER, cover),)
    assert heard(library, "risk", "soon", staff=WHOLE_HOUSE, leaves=leaves) == {14: "nobody_else"}
    assert heard(library, staff=WHOLE_HOUSE, leaves=leaves) == {11: "team"}
    there = There(WHOLE_HOUSE, Roster((away(OTHER, cover),)), NOW)
    assert handed_to(OTHER.id, "risk", there) == ()


def test_the_cover_of_a_cover_who_could_not_open_it_still_hears(library: Library) -> None:
    leaves = (away(OWNER, EDITOR), away(EDITOR, NURSE))
    assert heard(library, "risk", "soon", staff=WHOLE_HOUSE, leaves=leaves) == {12: "owner"}


def test_a_host_is_covered_by_whoever_can_open_a_group(library: Library) -> None:
    other = one(18, "host")

    def told(cover: Colleague, *more: Colleague) -> dict[int, str]:
        staff, leaves = (*WHOLE_HOUSE, *more), (away(HOST, cover),)
        return heard(library, "group-report", "soon", staff=staff, owner=None, leaves=leaves)

    assert told(NURSE) == {12: "host"}
    assert told(other, other) == {18: "host"}
    assert told(EDITOR) == {14: "nobody_else"}


@pytest.mark.parametrize("was", [HOST, EDITOR, ADMIN])
def test_an_owner_who_can_open_it_no_more_does_not_hear_in_the_place_of_those_who_can(
    library: Library, was: Colleague
) -> None:
    assert heard(library, "risk", "soon", staff=WHOLE_HOUSE, owner=was) == {14: "nobody_else"}
    assert heard(library, staff=WHOLE_HOUSE, owner=was) == {10: "team", 11: "team"}
    assert handed_to(was.id, "risk", There(WHOLE_HOUSE)) == ()


def test_what_a_host_is_handed_of_a_group_they_hear() -> None:
    assert [h.who for h in handed_to(HOST.id, "group-report", There(WHOLE_HOUSE))] == [HOST]


def test_where_duty_and_lead_are_away_those_hear_who_can_open_it(library: Library) -> None:
    staff = (EDITOR, HOST, NURSE)
    assert heard(library, "risk", "soon", staff=staff, owner=None) == {12: "nobody_else"}
    assert heard(library, "risk", "soon", staff=(EDITOR,), owner=None) == {16: "nobody_else"}


# -- out of hours -------------------------------------------------------------------------------------


def test_out_of_hours_what_needs_somebody_now_goes_to_who_is_on_call(library: Library) -> None:
    assert heard(library, shifts=(on_call(NURSE),), reading=False) == {12: "on_call"}
    assert heard(library, shifts=(on_call(NURSE),), reading=True) == {10: "owner", 11: "team"}
    assert heard(library, reading=False) == {10: "owner", 11: "team"}


def test_higher_up_who_is_on_call_hears_with_the_others(library: Library) -> None:
    assert heard(library, rung=1, shifts=(on_call(NURSE),), reading=False) == {14: "duty", 12: "on_call"}


@pytest.mark.parametrize("who", [HOST, EDITOR, ADMIN])
def test_who_could_not_open_the_alert_is_never_on_call(library: Library, who: Colleague) -> None:
    shifts = (on_call(who),)
    assert heard(library, staff=WHOLE_HOUSE, shifts=shifts, reading=False) == {10: "owner", 11: "team"}
    assert heard(library, rung=1, staff=WHOLE_HOUSE, shifts=shifts, reading=False) == {14: "duty"}
    both = (on_call(who), on_call(NURSE))
    assert heard(library, staff=WHOLE_HOUSE, shifts=both, reading=False) == {12: "on_call"}


@pytest.mark.parametrize("cover", [HOST, EDITOR])
def test_who_could_not_open_the_alert_covers_for_nobody_on_call(library: Library, cover: Colleague) -> None:
    leaves, shifts = (away(NURSE, cover),), (on_call(NURSE),)
    assert heard(library, staff=WHOLE_HOUSE, shifts=shifts, leaves=leaves, reading=False) == {
        10: "owner",
        11: "team",
    }


def test_a_shift_of_somebody_who_could_not_open_the_alert_leaves_its_hours_open() -> None:
    service = Service(id=ServiceId(UUID(int=1)), slug="s", name="S", nation="england")
    until = NOW + timedelta(hours=11)
    named = gaps(Roster((), (on_call(EDITOR),)), WHOLE_HOUSE, service, NOW, until)
    assert named == ((NOW, until),)


def test_who_is_on_call_and_on_leave_is_replaced(library: Library) -> None:
    shifts = (on_call(NURSE),)
    assert heard(library, shifts=shifts, leaves=(away(NURSE, LEAD),), reading=False) == {15: "on_call"}
    assert heard(library, shifts=shifts, leaves=(away(NURSE),), reading=False) == {10: "owner", 11: "team"}


def test_only_what_can_wait_waits_for_the_opening(library: Library) -> None:
    shut, ladder = There(TEAM, reading=False), library.policy.ladder
    assert [waits_for_opening(level, shut, ladder) for level in ("now", "soon")] == [False, True]
    assert not waits_for_opening("soon", There(TEAM), ladder)


def test_who_had_taken_it_on_hears_with_the_first_step(library: Library) -> None:
    assert heard(library, once=LEAD) == {10: "owner", 11: "team", 15: "had_it"}
    assert heard(library, rung=1, once=LEAD) == {14: "duty"}


@pytest.mark.parametrize(
    ("leaves", "open_hours"),
    [
        ((), ()),
        ((away(NURSE, OTHER),), ()),
        ((away(NURSE),), ((NOW, NOW + timedelta(hours=11)),)),
        ((away(NURSE, OTHER), away(OTHER, NURSE)), ((NOW, NOW + timedelta(hours=11)),)),
    ],
    ids=["on call", "away and covered", "away", "away, and so is their cover"],
)
def test_a_shift_of_somebody_who_is_away_counts_where_somebody_covers(
    leaves: tuple[Leave, ...], open_hours: tuple[tuple[datetime, datetime], ...]
) -> None:
    service = Service(id=ServiceId(UUID(int=1)), slug="s", name="S", nation="england")
    until = NOW + timedelta(hours=12)
    assert gaps(Roster(leaves, (on_call(NURSE),)), TEAM, service, NOW, until) == open_hours
