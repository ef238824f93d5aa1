"""Alert quality by every rule: what became of its alerts, how soon, and nothing about few people."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from clinic import Clinic, Patient
from desk_client import Page, Site, at_desk, looks
from desk_scene import CRISIS, colleague

from bot.adapters.postgres.engine import Database
from bot.core.library import Library
from bot.core.service import Service
from bot.core.values import ServiceId
from bot.ports import RuleStanding
from bot.usecases import alerts as acts
from bot.web.desk.rule_quality import once_each, rule_in_words, sentence_of

PAGE = "/desk/quality/rules"
OUTCOMES = ("contacted", "false_alarm", "false_alarm", "nothing_needed", "contacted")


async def five_who_asked(clinic: Clinic) -> list[Patient]:
    """Taken on after 10, 20 … 50 minutes; two for nothing. The first asks again a week later."""
    patients = []
    for n, outcome in enumerate(OUTCOMES):
        patient = await clinic.join("copd", name=f"Sam {n}")
        await patient.chooses("Ask for a person")
        clinic.clock.advance(minutes=10 * (n + 1))
        (alert,) = await patient.alerts()
        await acts.acknowledge(clinic.house, clinic.service.id, alert.id, clinic.duty.id)
        await acts.resolve(clinic.house, clinic.service.id, alert.id, clinic.duty.id, outcome)
        patients.append(patient)
    clinic.clock.advance(days=7)
    await patients[0].chooses("Ask for a person")
    return patients


def row(page: Page, rule: str) -> list[str]:
    found = re.search(rf'<code class="quiet">{re.escape(rule)}</code>.*?</tr>', page.html, re.DOTALL)
    assert found, page.words
    cells = re.findall(r'data-label="[^"]+">(.*?)</td>', found[0], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", cell).split()) for cell in cells]


async def test_a_rule_is_told_with_what_became_of_its_alerts(site: Site, database: Database) -> None:
    clinic = site.clinic
    await five_who_asked(clinic)
    alone = await clinic.join(name="Alex")
    await alone.says(CRISIS)
    async with at_desk(site, await colleague(clinic, "lead")) as desk:
        page = await desk.opens(PAGE)
    assert row(page, "patient:asked") == [
        "6",
        "5",
        "30 minutes",
        "40 % (12 % to 77 %)",
        "20 % (4 % to 62 %)",
        "1 of 6",
        "0 of 6",
    ]
    assert "Loudest: they asked for a person, in 6 alerts." in page.words
    assert "Most often wrong: they asked for a person, 40 % (12 % to 77 %) of 5 resolved." in page.words
    assert "Rang at fewer than 5 people: thoughts of ending their life" in page.words
    assert "kill-myself" not in page.html and "Sam" not in page.words
    assert await looks(database, clinic.service.id) == []


async def test_the_time_is_told_as_it_passed_and_by_the_teams_hours(site: Site) -> None:
    """Asked on Friday at 16:30, taken on on Monday at 9:30."""
    clinic = site.clinic
    clinic.clock.advance(days=4, hours=6, minutes=30)
    patients = [await clinic.join("copd", name=f"Sam {n}") for n in range(5)]
    for patient in patients:
        await patient.chooses("Ask for a person")
    clinic.clock.advance(days=2, hours=17)
    for patient in patients:
        (alert,) = await patient.alerts()
        await acts.acknowledge(clinic.house, clinic.service.id, alert.id, clinic.duty.id)
    async with at_desk(site, await colleague(clinic, "lead")) as desk:
        cells = row(await desk.opens(PAGE), "patient:asked")
    assert cells[2] == "65 hours (1 hour of the team's time)"
    assert cells[3] == "fewer than 5"


async def test_a_period_and_an_order_are_chosen_by_links(site: Site) -> None:
    clinic = site.clinic
    await five_who_asked(clinic)
    clinic.clock.advance(weeks=5)
    async with at_desk(site, await colleague(clinic, "clinician")) as desk:
        assert (
            "No rule has rung at 5 people or more in the last 4 weeks."
            in (await desk.opens(f"{PAGE}?weeks=4")).words
        )
        page = await desk.opens(f"{PAGE}?weeks=26&sort=wrong")
        assert 'aria-sort="descending">Wrong' in page.html
        assert f'href="{PAGE}?weeks=4&amp;sort=wrong"' in page.html
        assert (await desk.opens(f"{PAGE}?weeks=x&sort=x")).status == 200


async def test_to_a_therapist_it_is_not_there(site: Site) -> None:
    async with at_desk(site, site.clinic.therapist) as desk:
        assert (await desk.opens(PAGE)).status == 404


def standing(rule: str, alerts: int, resolved: int, wrong: int) -> RuleStanding:
    taken: tuple[tuple[datetime, datetime], ...] = ()
    return RuleStanding(rule, alerts, 9, resolved, wrong, 0, 0, 0, taken)


def test_few_resolved_alerts_make_no_rule_the_most_often_wrong(library: Library) -> None:
    few, many = standing("patient:asked", 40, 4, 4), standing("item:phq9.9", 10, 10, 1)
    said = sentence_of([few, many], library, 4)
    assert "Loudest: they asked for a person, in 40 alerts." in said
    assert "Most often wrong: PHQ-9: the answer to question 9, 10 %" in said
    assert "called wrong" in sentence_of([standing("item:phq9.9", 10, 10, 0)], library, 4)
    assert "wrong" not in sentence_of([few], library, 4)


def test_a_hold_for_a_host_is_never_called_the_most_often_wrong(library: Library) -> None:
    held, other = standing("group:first_post", 8, 8, 8), standing("item:phq9.9", 10, 10, 1)
    assert "Most often wrong: PHQ-9: the answer to question 9" in sentence_of([held, other], library, 4)
    alone = sentence_of([held], library, 4)
    assert "Loudest: A new member's first post" in alone and "wrong" not in alone


def test_what_several_rules_listen_for_is_named_once() -> None:
    assert once_each(["Hopelessness", "a post", "hopelessness"]) == ["a post", "hopelessness"]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("worsening:phq9:rel_increase", "PHQ-9: rel increase"),
        ("worsening:phq4:with_others", "PHQ-4: changed at the same time as a score told before"),
        ("worsening:rate_pain:reliable_deterioration", "Pain, today: worse"),
        ("gate:rate_breathlessness", "Breathlessness, today: far above their usual"),
        ("check_in:missed", "a check-in did not come"),
        ("patient:withdrew", "they left the service"),
        ("plain_question:rather", "answered “rather not say” to a question about safety"),
        ("item:phq9.9", "PHQ-9: the answer to question 9"),
        ("asked:crisis_question:yes", "answered yes to a question about safety"),
        ("safety_question:direct", "answered unclearly to a question about safety"),
        ("content:gone: sore", "“gone”: sore"),
        ("group:reported", "A member reported a post"),
        ("staff:missed", "a colleague marked a message"),
        ("unscreened", "a message could not be checked"),
        ("no-contact:6_weeks", "6 weeks"),
        ("never-heard-of", "no longer in the content"),
    ],
)
def test_every_kind_of_rule_has_words(library: Library, rule: str, words: str) -> None:
    assert rule_in_words(rule, library) == words


def test_hours_of_the_team_are_counted_over_a_weekend() -> None:
    friday = datetime.fromisoformat("2026-03-06T16:00:00+00:00")
    worked = Service(id=ServiceId(UUID(int=1)), slug="hill", name="Hill", nation="england").worked
    assert worked(friday, friday + timedelta(days=3)) == timedelta(hours=8)
    assert worked(friday + timedelta(hours=2), friday + timedelta(days=2)) == timedelta()
    assert worked(friday, friday - timedelta(hours=1)) == timedelta()
