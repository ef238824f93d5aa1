"""What the team says of the screen at the desk: missed, right, a false alarm, nothing there; and what becomes of it."""

from __future__ import annotations

import re

import pytest
from clinic import Clinic, Patient
from desk_client import AtDesk, Page, Site, at_desk, looks
from desk_scene import CRISIS, colleague
from sqlalchemy import text

from bot.adapters.postgres.engine import Database
from bot.core.facts import AlertRaised
from bot.core.inputs import Interpreted
from bot.core.safety import Worry
from bot.ports import Looker
from bot.usecases import marking

QUALITY, SAMPLE = "/desk/quality", "/desk/quality/sample"


class Net:
    """The second net with a number for each text, as a model would give; the rest as it was."""

    def __init__(self, inner: object, worry: dict[str, float]) -> None:
        self._inner, self._worry = inner, worry

    async def prepare(self, library: object) -> None:
        return None

    async def interpret(
        self, library: object, text: str, *, intent: bool = True, post: bool = False
    ) -> Interpreted:
        risk = self._worry.get(text)
        return Interpreted(worry=Worry(risk, 0.0, 0.0) if risk is not None else None)


@pytest.fixture
def net(clinic: Clinic) -> dict[str, float]:
    worry: dict[str, float] = {}
    clinic.house.understanding = Net(clinic.house.understanding, worry)  # type: ignore[assignment]
    return worry


async def unnoticed(
    clinic: Clinic, said: str = "the weather was dull and i stayed in"
) -> tuple[Patient, int]:
    patient = await clinic.join("copd")
    changed = await patient.says(said)
    assert await patient.alerts() == [], "the screen knows this text, so the test shows nothing"
    return patient, changed.seq


async def marks(desk: AtDesk, patient: Patient, seq: int, said: str) -> Page:
    page = await desk.opens(f"/desk/patients/{patient.id}")
    return await desk.sends(f"/desk/patients/{patient.id}/messages/{seq}/mark", page.token, concern=said)


# -- missed ---------------------------------------------------------------------------------------


async def test_a_missed_message_raises_its_alert_and_leads_to_it(site: Site, clinic: Clinic) -> None:
    patient, seq = await unnoticed(clinic)
    async with at_desk(site, clinic.therapist) as desk:
        sent = await marks(desk, patient, seq, "safeguarding")
        (alert,) = await patient.alerts()
        assert sent.location == f"/desk/alerts/{alert.id}?said=missed"
        assert (alert.concern, alert.level, alert.state) == ("safeguarding", "now", "open")
        assert [(e.rule, e.seq) for e in alert.evidence] == [("staff:missed", seq)]
        page = await desk.opens(sent.location)
        assert "A colleague read this message and marked it: the screen should have spoken." in page.words
        assert "the weather was dull" in page.words
        shown = await desk.opens(f"/desk/patients/{patient.id}")
        assert "Marked as missed (safeguarding) by you." in shown.words
    await clinic.settle()
    assert len(clinic.letters(clinic.therapist)) == 1, "the ladder heard of it like of any other alert"


async def test_only_what_they_typed_can_be_marked(site: Site, clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await patient.chooses("Check how I am")
    await patient.answers(0)
    await patient.answers(1)
    await patient.says("the weather was dull and i stayed in")
    async with at_desk(site, clinic.therapist) as desk:
        page = await desk.opens(f"/desk/patients/{patient.id}")
    marked = re.findall(r'action="[^"]*/messages/(\d+)/mark"', page.html)
    assert set(marked) == {str(next(m.seq for m in patient.seen if m.shown.text.startswith("the weather")))}


async def test_where_an_alert_stands_already_nothing_is_raised_twice(site: Site, clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await patient.says(CRISIS)
    seq = (await patient.says("the weather was dull and i stayed in")).seq
    (before,) = await patient.alerts()
    async with at_desk(site, clinic.therapist) as desk:
        sent = await marks(desk, patient, seq, "risk")
        assert sent.location == f"/desk/alerts/{before.id}?said=missed"
    (after,) = await patient.alerts()
    assert len(after.evidence) == len(before.evidence)
    assert len([f for f in await patient.facts() if isinstance(f, AlertRaised)]) == 1


async def test_a_mark_is_changed_by_whoever_made_it_and_by_nobody_else(site: Site, clinic: Clinic) -> None:
    patient, seq = await unnoticed(clinic)
    other = await colleague(clinic, "therapist")
    async with at_desk(site, clinic.therapist) as desk, at_desk(site, other) as elsewhere:
        await marks(desk, patient, seq, "risk")
        for said in ("safeguarding", "nothing", "take_back"):
            refused = await marks(elsewhere, patient, seq, said)
            assert refused.status == 409 and "A colleague has marked this" in refused.words
        assert [a.concern for a in await patient.alerts()] == ["risk"], "a refused mark raises nothing"
        page = await elsewhere.opens(f"/desk/patients/{patient.id}")
        assert (
            f"Marked as missed (thoughts of suicide or self-harm) by {clinic.therapist.name}." in page.words
        )
        assert "Take my mark back" not in page.words
        back = await marks(desk, patient, seq, "take_back")
        assert back.location.endswith("said=unmarked")
        assert "The screen missed something here" in (await desk.opens(f"/desk/patients/{patient.id}")).words
    (alert,) = await patient.alerts()
    assert alert.state == "open", "nothing closes by itself"


@pytest.mark.parametrize("said", ["", "murder", "risk;drop"])
async def test_a_concern_that_there_is_not_is_refused(site: Site, clinic: Clinic, said: str) -> None:
    patient, seq = await unnoticed(clinic)
    async with at_desk(site, clinic.therapist) as desk:
        assert (await marks(desk, patient, seq, said)).status == 409
    assert await patient.alerts() == []


async def test_only_a_patients_own_message_can_be_marked(site: Site, clinic: Clinic) -> None:
    patient, seq = await unnoticed(clinic)
    async with at_desk(site, clinic.therapist) as desk:
        for wrong in (seq + 1, seq + 100, 999_999_999_999_999):
            assert (await marks(desk, patient, wrong, "risk")).status == 404
    assert await patient.alerts() == []


async def test_what_a_button_says_offers_no_mark(site: Site, clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await patient.chooses("Look something up")
    async with at_desk(site, clinic.therapist) as desk:
        assert "The screen missed this" not in (await desk.opens(f"/desk/patients/{patient.id}")).words


async def test_marks_are_audited_and_hold_no_words(site: Site, clinic: Clinic, database: Database) -> None:
    patient, seq = await unnoticed(clinic)
    async with at_desk(site, clinic.therapist) as desk:
        await marks(desk, patient, seq, "risk")
        await marks(desk, patient, seq, "take_back")
        await marks(desk, patient, seq, "risk")
    seen = await looks(database, clinic.service.id)
    assert seen.count("screen.mark") == 2 and seen.count("screen.unmark") == 1
    assert await clinic.house.record.audit.verify(clinic.service.id, patient.id)
    async with database.reading() as c:
        read = text("SELECT row(screen_mark.*)::text FROM screen_mark WHERE service_id = :s")
        kept = [str(row[0]) for row in await c.execute(read, {"s": clinic.service.id})]
    assert len(kept) == 1 and "weather" not in kept[0]


# -- hits -----------------------------------------------------------------------------------------


async def test_each_hit_is_judged_on_the_alerts_page(site: Site, clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await patient.says(CRISIS)
    (alert,) = await patient.alerts()
    hit = alert.evidence[0]
    action = f"/desk/alerts/{alert.id}/mark"
    async with at_desk(site, clinic.therapist) as desk:
        fields = {"seq": str(hit.seq), "rule": hit.rule}
        await desk.presses(f"/desk/alerts/{alert.id}", action, verdict="right", **fields)
        assert "Marked right by you." in (await desk.opens(f"/desk/alerts/{alert.id}")).words
        await desk.presses(f"/desk/alerts/{alert.id}", action, verdict="take_back", **fields)
        await desk.presses(f"/desk/alerts/{alert.id}", action, verdict="false_alarm", **fields)
        assert "Marked a false alarm by you." in (await desk.opens(f"/desk/alerts/{alert.id}")).words
        token = (await desk.opens(f"/desk/alerts/{alert.id}")).token
        for wrong in ({"rule": "no-such-rule"}, {"seq": "999"}, {"seq": "x"}):
            assert (await desk.sends(action, token, **{**fields, "verdict": "right", **wrong})).status == 404
        assert (await desk.sends(action, token, verdict="perhaps", **fields)).status == 409
    assert (await patient.alerts())[0].state == "open", "a mark closes nothing"


async def test_hits_are_judged_with_the_outcome(site: Site, clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await patient.says(CRISIS)
    (alert,) = await patient.alerts()
    async with at_desk(site, clinic.therapist) as desk:
        page = f"/desk/alerts/{alert.id}"
        assert "Was the screen right?" in (await desk.opens(page)).words
        fields = {"outcome": "contacted", "hit-0": "right", "hit-7": "right", "hit-x": "false_alarm"}
        await desk.presses(page, f"{page}/resolve", **fields)
    (kept,) = await clinic.house.record.marks.of_line(clinic.service.id, patient.id)
    assert (kept.rule, kept.verdict, kept.concern) == (alert.evidence[0].rule, "right", "risk")
    assert (await patient.alerts())[0].state == "resolved"


async def test_evidence_of_another_kind_is_not_judged(site: Site, clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    await patient.presses("menu:team")
    (alert,) = await patient.alerts()
    async with at_desk(site, clinic.therapist) as desk:
        assert "It was right" not in (await desk.opens(f"/desk/alerts/{alert.id}")).words


# -- the page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["lead", "clinician"])
async def test_leads_and_clinicians_open_it_also_when_it_is_empty(
    site: Site, clinic: Clinic, role: str
) -> None:
    async with at_desk(site, await colleague(clinic, role)) as desk:
        page = await desk.opens(QUALITY)
        assert '<a href="/desk/quality" aria-current="page">Alert quality</a>' in page.html
        assert "Nothing has rung in the last 28 days, and nothing was marked as missed." in page.words
        assert "Nothing to look at" in (await desk.opens(SAMPLE)).words


@pytest.mark.parametrize("role", ["therapist", "duty", "host", "editor", "admin"])
async def test_to_everybody_else_it_is_not_there(site: Site, clinic: Clinic, role: str) -> None:
    async with at_desk(site, await colleague(clinic, role)) as desk:
        assert (await desk.opens(QUALITY)).status == 404
        assert (await desk.opens(SAMPLE)).status == 404
        assert QUALITY not in (await desk.opens("/desk")).html


async def test_it_counts_hits_and_marks_by_rule(site: Site, clinic: Clinic) -> None:
    patients = [await clinic.join("copd", name=f"Sam {n}") for n in range(4)]
    by = looker_of(clinic)
    for n, patient in enumerate(patients):
        await patient.says(CRISIS)
        (alert,) = await patient.alerts()
        piece = alert.evidence[0]
        if n < 3:
            verdict = "right" if n < 2 else "false_alarm"
            await marking.mark_hit(
                clinic.house, clinic.service.id, alert.id, piece.seq or 0, piece.rule, verdict, by
            )
    quiet, seq = await unnoticed(clinic)
    await marking.mark_missed(clinic.house, clinic.service.id, quiet.id, seq, "safeguarding", by)
    lead = await colleague(clinic, "lead")
    async with at_desk(site, lead) as desk:
        page = await desk.opens(QUALITY)
        row = re.search(rf"<code>{piece.rule}</code> <span.*?</tr>", page.html, re.DOTALL)
        assert row
        assert re.findall(r'data-label="[^"]+">([^<]+)<', row[0]) == [
            "4",
            "2",
            "1",
            "1",
            "67 % (21 % to 94 %)",
        ]
        assert "Safeguarding 1" in page.words
        assert "1 message was marked as missed." in page.words
        assert "staff:missed" not in page.words and "the weather" not in page.words
    clinic.clock.advance(days=40)
    async with at_desk(site, lead) as desk:
        assert "Nothing has rung in the last 28 days" in (await desk.opens(QUALITY)).words
        assert piece.rule in (await desk.opens(f"{QUALITY}?days=90")).words
        assert "28 days" in (await desk.opens(f"{QUALITY}?days=x")).words


def looker_of(clinic: Clinic) -> Looker:
    return Looker(clinic.therapist.id, clinic.clock.now())


# -- the sample -----------------------------------------------------------------------------------


async def quiet_day(clinic: Clinic, net: dict[str, float], number: int = 8) -> list[Patient]:
    """One message each of people at which nothing spoke, with ever more worry; and one that rang."""
    people = []
    for n in range(number):
        patient = await clinic.join("copd", name=f"Sam {n}")
        said = f"walked to the shop, number {n} today"
        net[said] = round(0.05 * (n + 1), 2)
        await patient.says(said)
        people.append(patient)
    loud = await clinic.join("copd", name="Loud")
    await loud.says(CRISIS)
    return people


async def test_the_sample_holds_what_came_nearest_and_some_by_lot(
    site: Site, clinic: Clinic, net: dict[str, float], database: Database
) -> None:
    people = await quiet_day(clinic, net)
    member = await colleague(clinic, "clinical_lead")
    async with at_desk(site, member) as desk:
        assert "Nothing to look at" in (await desk.opens(SAMPLE)).words, "the day is not over"
    clinic.clock.advance(days=1)
    async with at_desk(site, member) as desk:
        page = await desk.opens(SAMPLE)
        shown = re.findall(r"number (\d+) today", page.words)
        assert len(shown) == 5 and shown[:4] == ["7", "6", "5", "4"]
        assert shown[4] in {"0", "1", "2", "3"}
        assert page.words.count("near the bar") == 4 and page.words.count("by lot ·") == 1
        assert CRISIS not in page.words
        assert "0.4" not in page.words, "no grade is shown"
        assert re.findall(r"number (\d+) today", (await desk.opens(SAMPLE)).words) == shown
    seen = await looks(database, clinic.service.id)
    assert seen.count("sample.open") == 10, "each message at each opening is a look at its patient"
    assert await clinic.house.record.audit.verify(clinic.service.id, people[7].id)


async def test_a_sampled_message_is_marked_and_stays_in_the_sample(
    site: Site, clinic: Clinic, net: dict[str, float]
) -> None:
    people = await quiet_day(clinic, net)
    clinic.clock.advance(days=1)
    member = await colleague(clinic, "clinical_lead")
    async with at_desk(site, member) as desk:
        page = await desk.opens(SAMPLE)
        assert "5 to look at" in page.words
        seq = {
            p.id: next(m.seq for m in p.seen if m.sender == "patient" and "number" in m.shown.text)
            for p in people
        }
        calm, missed = people[7], people[6]
        await desk.sends(SAMPLE, page.token, line=str(calm.id), seq=str(seq[calm.id]), verdict="nothing")
        sent = await desk.sends(
            SAMPLE, page.token, line=str(missed.id), seq=str(seq[missed.id]), concern="risk"
        )
        (alert,) = await missed.alerts()
        assert sent.location == f"/desk/alerts/{alert.id}?said=missed"
        after = await desk.opens(SAMPLE)
        assert "3 to look at" in after.words
        assert "Marked: nothing there, by you." in after.words
        assert "Marked: should have rung, by you." in after.words
        assert (await desk.sends(SAMPLE, page.token, line="x", seq="1", verdict="nothing")).status == 404
    assert await calm.alerts() == []


async def test_a_service_may_ask_for_none(site: Site, clinic: Clinic, net: dict[str, float]) -> None:
    await quiet_day(clinic, net, 2)
    clinic.clock.advance(days=1)
    await clinic.house.record.services.put(clinic.service.model_copy(update={"sample_a_day": 0}))
    await clinic.house.shelf.refresh()
    async with at_desk(site, await colleague(clinic, "clinical_lead")) as desk:
        assert "Your service has set this sample to none a day." in (await desk.opens(SAMPLE)).words


# -- figures --------------------------------------------------------------------------------------


async def test_hits_and_an_absent_net_are_counted_for_the_operator(
    site: Site, clinic: Clinic, net: dict[str, float]
) -> None:
    net["a walk in the park"] = 0.1
    patient = await clinic.join("copd")
    await patient.says("a walk in the park")
    await patient.says("and back again")
    await patient.says(CRISIS)
    async with at_desk(site, clinic.therapist) as desk:
        told = (await desk.opens("/metrics")).html
    rule = (await patient.alerts())[0].evidence[0].rule
    assert f'bounceback_hits_total{{rule="{rule}"}} 1.0' in told
    assert "bounceback_second_net_asked_total 2.0" in told
    assert "bounceback_second_net_absent_total 1.0" in told
    assert "bounceback_silent_canaries" in told
