"""Alerts at the desk: why, what was said, who was told; acknowledged and resolved by a person."""

from __future__ import annotations

import pytest
from clinic import Clinic, Patient
from desk_client import AtDesk, Site, at_desk, looks, timers
from desk_scene import CRISIS, elsewhere, worsening

from bot.adapters.postgres.engine import Database
from bot.core.facts import facts_as_json
from bot.usecases import alerts as acts

CHEST = "I have crushing chest pain and it goes down my arm"
HIGH_PRESSURE = "my blood pressure is 185 over 95"
NOTE = "Rang at four; her sister is with her."


async def in_crisis(clinic: Clinic) -> tuple[Patient, str]:
    patient = await clinic.join("copd", "heart", name="Sam")
    await patient.says(CRISIS)
    (alert,) = await patient.alerts()
    return patient, f"/desk/alerts/{alert.id}"


async def acknowledge(desk: AtDesk, page: str) -> None:
    sent = await desk.presses(page, f"{page}/acknowledge")
    assert sent.location == f"{page}?said=acknowledged"


async def test_the_list_says_who_what_and_how_fast(site: Site) -> None:
    await in_crisis(site.clinic)
    site.clinic.clock.advance(minutes=12)
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens("/desk")
    for words in (
        "How fast: Now",
        "open for 12 minutes",
        "Thoughts of suicide or self-harm: Sam",
        "COPD, heart condition",
        "Owner Therapist",
        "Not acknowledged",
    ):
        assert words in page.words


async def test_the_page_shows_the_words_the_rule_and_what_was_said_back(site: Site) -> None:
    patient, path = await in_crisis(site.clinic)
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(path)
    assert CRISIS in page.words
    assert "Words in a message were taken to be about thoughts of ending their life." in page.words
    assert "Are you having thoughts of ending your life?" in page.words
    (alert,) = await patient.alerts()
    seq = alert.evidence[0].seq
    assert f"/desk/patients/{patient.id}?around={seq}#m{seq}" in page.html
    assert alert.evidence[0].rule in page.words


async def test_a_score_comes_with_its_arithmetic(site: Site) -> None:
    patient = await worsening(site.clinic)
    (alert,) = await patient.alerts()
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(f"/desk/alerts/{alert.id}")
    assert (
        "PHQ-9 rose from 8, the best score of the last 12 weeks, to 15. That is 7 more; 6 or more counts as reliable."
        in page.words
    )
    assert "worsening:phq9:reliable_deterioration, version default:3" in page.words


async def test_the_ledger_says_who_was_told_and_when(site: Site) -> None:
    _, path = await in_crisis(site.clinic)
    site.clinic.clock.advance(minutes=15)
    await site.clinic.work()
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(path)
    assert "Therapist E-mail 1 Accepted by the mail server today at 10:00 1" in page.words
    assert "Duty E-mail 2 Accepted by the mail server today at 10:15 1" in page.words


async def test_a_letter_that_was_not_taken_shows_its_tries(site: Site) -> None:
    site.clinic.post_box.refusing = True
    _, path = await in_crisis(site.clinic)
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(path)
    assert "Therapist E-mail 1 Failed, will be tried again (mail 451) Not yet 1" in page.words


async def test_the_answers_of_the_safety_dialogue_stand_in_the_history(site: Site) -> None:
    patient, path = await in_crisis(site.clinic)
    await patient.chooses("Yes")
    await patient.chooses("No")
    await patient.chooses("By phone")
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(path)
    history = page.words.partition("History")[2]
    assert "Asked about thoughts of ending their life: yes." in history
    assert "Asked whether they are in danger right now, or have hurt themselves already: no." in history
    assert "They would like to be contacted by phone." in history


async def test_what_was_asked_about_suicide_is_no_answer_about_an_emergency(site: Site) -> None:
    patient = await worsening(site.clinic)
    await patient.says(CHEST)
    await patient.says(CRISIS)
    await patient.chooses("Yes")
    await patient.chooses("No")
    await patient.chooses("By phone")
    asked = {}
    async with at_desk(site, site.clinic.therapist) as desk:
        for alert in await patient.alerts():
            page = await desk.opens(f"/desk/alerts/{alert.id}")
            asked[alert.concern.partition(":")[0]] = page.words.partition("History")[2]
    assert asked.keys() == {"worsening", "emergency", "risk"}
    assert "Asked about thoughts of ending their life: yes." in asked["risk"]
    assert "Asked" not in asked["emergency"] and "Asked" not in asked["worsening"]
    assert "They would like to be contacted by phone." in asked["emergency"]


async def test_whether_it_is_an_emergency_stands_with_the_emergency(site: Site) -> None:
    patient = await site.clinic.join("heart", name="Sam")
    await patient.says(HIGH_PRESSURE)
    await patient.chooses("No")
    (alert,) = await patient.alerts()
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(f"/desk/alerts/{alert.id}")
    assert "Asked whether it is a medical emergency: no." in page.words


async def test_the_list_shows_the_reason_and_not_what_was_added_to_it(site: Site) -> None:
    await worsening(site.clinic)
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens("/desk")
    assert "PHQ-9 rose from 8" in page.words


async def test_nothing_is_called_a_risk_level(site: Site) -> None:
    _, path = await in_crisis(site.clinic)
    async with at_desk(site, site.clinic.therapist) as desk:
        shown = [(await desk.opens(where)).words.lower() for where in ("/desk", path)]
    for graded in ("low risk", "medium risk", "high risk", "risk level", "risk score"):
        assert not any(graded in words for words in shown)


async def test_acknowledging_stops_the_ladder(site: Site, database: Database) -> None:
    patient, path = await in_crisis(site.clinic)
    before = await timers(database, site.clinic.service.id, "escalate")
    async with at_desk(site, site.clinic.duty) as desk:
        await acknowledge(desk, path)
    site.clinic.clock.advance(hours=3)
    await site.clinic.work()
    (alert,) = await patient.alerts()
    assert (alert.state, alert.acted_by) == ("acknowledged", site.clinic.duty.id)
    assert (before, await timers(database, site.clinic.service.id, "escalate")) == (1, 0)
    assert site.clinic.letters(site.clinic.duty) == []


async def test_resolving_needs_an_outcome(site: Site) -> None:
    patient, path = await in_crisis(site.clinic)
    async with at_desk(site, site.clinic.therapist) as desk:
        sent = await desk.presses(path, f"{path}/resolve", note=NOTE)
    assert sent.status == 422
    assert "Choose what came of it." in sent.words
    assert NOTE in sent.words
    (alert,) = await patient.alerts()
    assert alert.state == "open"


async def test_a_resolved_alert_says_what_came_of_it(site: Site) -> None:
    patient, path = await in_crisis(site.clinic)
    async with at_desk(site, site.clinic.therapist) as desk:
        sent = await desk.presses(path, f"{path}/resolve", outcome="contacted", note=NOTE)
        assert sent.location == f"{path}?said=resolved"
        page = await desk.opens(path)
        assert NOTE in page.words
        assert "Therapist resolved it: I have been in contact with them." in page.words
        for act in ("acknowledge", "resolve"):
            assert f'action="{path}/{act}' not in page.html
        assert "No open alerts." in (await desk.opens("/desk")).words
        assert "I have been in contact with them" in (await desk.opens("/desk?show=all")).words
    (alert,) = await patient.alerts()
    assert (alert.state, alert.outcome) == ("resolved", "contacted")


async def test_a_note_is_words_and_stands_in_no_fact(site: Site) -> None:
    patient, path = await in_crisis(site.clinic)
    async with at_desk(site, site.clinic.therapist) as desk:
        await desk.presses(path, f"{path}/resolve", outcome="contacted", note=NOTE)
    facts = facts_as_json(await patient.facts())
    assert "alert_resolved" in facts
    assert "sister" not in facts
    assert "sister" not in (await patient.state()).json()


async def test_who_comes_second_is_told_so(site: Site) -> None:
    patient, path = await in_crisis(site.clinic)
    (alert,) = await patient.alerts()
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(path)
        await acts.resolve(
            site.clinic.house, site.clinic.service.id, alert.id, site.clinic.duty.id, "contacted"
        )
        sent = await desk.sends(f"{path}/acknowledge", page.token)
        assert sent.location == f"{path}?said=gone"
        assert "This alert had been resolved already." in (await desk.opens(sent.location)).words


@pytest.mark.parametrize("act", ["acknowledge", "resolve"])
@pytest.mark.parametrize("token", [None, "0" * 64])
async def test_a_form_that_is_not_ours_changes_nothing(site: Site, act: str, token: str | None) -> None:
    patient, path = await in_crisis(site.clinic)
    async with at_desk(site, site.clinic.therapist) as desk:
        sent = await desk.sends(f"{path}/{act}", token, outcome="contacted")
    assert sent.status == 403
    (alert,) = await patient.alerts()
    assert alert.state == "open"


async def test_a_token_of_another_session_is_not_enough(site: Site) -> None:
    _, path = await in_crisis(site.clinic)
    async with at_desk(site, site.clinic.duty) as duty, at_desk(site, site.clinic.therapist) as desk:
        theirs = (await duty.opens(path)).token
        assert (await desk.sends(f"{path}/acknowledge", theirs)).status == 403


async def test_another_services_alert_looks_like_none_at_all(site: Site) -> None:
    _, path = await in_crisis(site.clinic)
    other = await elsewhere(site.clinic)
    async with at_desk(site, other.therapist, other) as desk:
        theirs = await desk.opens(path)
        none = await desk.opens("/desk/alerts/00000000-0000-4000-8000-000000000000")
    assert (theirs.status, theirs.html) == (404, none.html)
    assert none.status == 404


@pytest.mark.parametrize("act", ["acknowledge", "resolve"])
async def test_another_services_alert_cannot_be_acted_on(site: Site, act: str) -> None:
    patient, path = await in_crisis(site.clinic)
    other = await elsewhere(site.clinic)
    async with at_desk(site, other.therapist, other) as desk:
        page = await desk.opens("/desk")
        sent = await desk.sends(f"{path}/{act}", page.token, outcome="contacted")
    assert sent.status == 404
    (alert,) = await patient.alerts()
    assert alert.state == "open"


@pytest.mark.parametrize(
    ("page", "look"),
    [("/desk", "alerts.list"), ("/desk?show=all", "alerts.list"), ("{alert}", "alert.open")],
)
async def test_a_look_leaves_one_row(site: Site, database: Database, page: str, look: str) -> None:
    _, path = await in_crisis(site.clinic)
    before = await looks(database, site.clinic.service.id)
    async with at_desk(site, site.clinic.therapist) as desk:
        await desk.opens(page.format(alert=path))
    assert (before, await looks(database, site.clinic.service.id)) == ([], [look])


async def test_a_look_at_nothing_leaves_no_row(site: Site, database: Database) -> None:
    async with at_desk(site, site.clinic.therapist) as desk:
        await desk.opens("/desk/alerts/00000000-0000-4000-8000-000000000000")
    assert await looks(database, site.clinic.service.id) == []


async def test_pages_are_kept_nowhere(site: Site) -> None:
    _, path = await in_crisis(site.clinic)
    async with at_desk(site, site.clinic.therapist) as desk:
        kept = [
            (await desk.opens(where)).headers["Cache-Control"] for where in ("/desk", path, "/desk/nowhere")
        ]
    assert kept == ["no-store"] * 3
