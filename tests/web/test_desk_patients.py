"""Patients at the desk: the caseload, one page, taking over, writing, and links that let them in."""

from __future__ import annotations

import re

import pytest
from clinic import Clinic, Patient
from desk_client import AtDesk, Site, at_desk, looks
from desk_scene import check_in, elsewhere, worsening

from bot.adapters.postgres.engine import Database
from bot.core.errors import Refused
from bot.usecases import ways_in

NONE_AT_ALL = "/desk/patients/00000000-0000-4000-8000-000000000000"


def page_of(patient: Patient) -> str:
    return f"/desk/patients/{patient.id}"


async def link_on(desk: AtDesk, page: str, action: str, **fields: str) -> str:
    made = await desk.presses(page, action, **fields)
    assert made.status == 200
    found = re.search(r'value="(http[^"]+/chat#[^"]+)"', made.html)
    assert found, made.words
    return found[1]


async def test_the_caseload_names_a_change_only_when_it_is_reliable(site: Site) -> None:
    steady = await site.clinic.join("diabetes", name="Kit")
    await check_in(steady)
    await worsening(site.clinic, "copd", name="Sam")
    site.clinic.clock.advance(minutes=1)
    await steady.catches_up()
    await check_in(steady, (2, 1, 1, 1, 1, 1, 1, 1, 0))
    async with at_desk(site, site.clinic.therapist) as desk:
        words = (await desk.opens("/desk/patients")).words
    assert "Sam COPD today at 10:00 PHQ-9: 8, 15; last 16 March PHQ-9 worse: 8 to 15 1 Therapist" in words
    assert "Kit diabetes today at 10:01 PHQ-9: 8, 9; last 16 March None None Therapist" in words


async def test_the_caseload_is_sorted_by_links_and_draws_nobodys_curve_without_a_score(site: Site) -> None:
    kit = await site.clinic.join("diabetes", name="Kit")
    await worsening(site.clinic, "copd", name="Sam")
    await site.clinic.join("copd", name="Lou")
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens("/desk/patients?whose=mine&sort=silent")
        assert in_order(page.words)[2] == "Sam"  # the others have never written, and stand side by side
        assert 'href="/desk/patients?whose=mine&amp;sort=worse"' in page.html
        assert in_order((await desk.opens("/desk/patients?sort=worse")).words)[0] == "Sam"
        site.clinic.clock.advance(minutes=5)
        await kit.chooses("Ask for a person")
        assert in_order((await desk.opens("/desk/patients?sort=what")).words)[:2] == ["Kit", "Sam"]
    assert page.html.count("<polyline") == 1 and page.words.count("No score yet") == 2


def in_order(words: str) -> list[str]:
    return re.findall(r"\b(Kit|Sam|Lou)\b", words)


async def test_everybody_or_only_ones_own(site: Site) -> None:
    await site.clinic.join("copd", name="Sam")
    async with at_desk(site, site.clinic.duty) as desk:
        assert "Sam" in (await desk.opens("/desk/patients")).words
        assert "Nobody has you as their owner." in (await desk.opens("/desk/patients?whose=mine")).words


async def test_the_curve_is_also_a_sentence_and_a_table(site: Site) -> None:
    patient = await worsening(site.clinic)
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(page_of(patient))
    assert (
        "Latest: 15 of 27 on 16 March (band: moderately severe). First: 8 on 2 March. "
        "Higher, that is worse, by 7: a reliable change (6 or more)." in page.words
    )
    assert re.search(r'<polyline class="line" points="\d', page.html)
    assert "16 March 15 moderately severe" in page.words


async def test_what_was_written_is_shown_as_it_was_written(site: Site) -> None:
    patient = await site.clinic.join(name="<b>Sam</b>")
    await patient.says("<script>alert(1)</script> & so on")
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(page_of(patient))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; so on" in page.html
    assert "<b>Sam" not in page.html


async def test_an_old_message_is_found_by_its_link(site: Site) -> None:
    patient = await worsening(site.clinic)
    site.clinic.clock.advance(days=14)
    await check_in(patient)
    assert len(patient.seen) > 100
    async with at_desk(site, site.clinic.therapist) as desk:
        assert 'id="m3"' not in (await desk.opens(page_of(patient))).html
        page = await desk.opens(f"{page_of(patient)}?around=3")
    assert 'id="m3"' in page.html
    assert "You are looking at an earlier part." in page.words


async def test_taking_over_writing_and_handing_back(site: Site) -> None:
    patient = await site.clinic.join()
    path = page_of(patient)
    async with at_desk(site, site.clinic.therapist) as desk:
        await desk.presses(path, f"{path}/take-over")
        hold = (await patient.state()).hold
        assert hold is not None
        assert hold.by == site.clinic.therapist.id
        await desk.presses(path, f"{path}/write", text="Hello Sam.\r\nThis is your therapist.")
        await desk.presses(path, f"{path}/hand-back")
    assert (await patient.state()).hold is None
    await patient.catches_up()
    assert [m.shown.text for m in patient.seen if m.sender == "team"] == [
        "Hello Sam.\nThis is your therapist."
    ]


async def test_an_empty_message_is_not_sent(site: Site) -> None:
    patient = await site.clinic.join()
    async with at_desk(site, site.clinic.therapist) as desk:
        sent = await desk.presses(page_of(patient), f"{page_of(patient)}/write", text="  ")
    assert sent.status == 422
    assert await patient.catches_up() == []


async def test_a_return_link_works_once_and_with_the_pin(site: Site) -> None:
    patient = await site.clinic.join(contact="sam@patients.example", pin="2468")
    async with at_desk(site, site.clinic.therapist) as desk:
        link = await link_on(desk, page_of(patient), f"{page_of(patient)}/link")
    code = link.partition("#return=")[2]
    with pytest.raises(Refused):
        await ways_in.come_back(site.clinic.house, code, "1111")
    token = await ways_in.come_back(site.clinic.house, code, "2468")
    assert (await ways_in.who_is(site.clinic.house, token, "patient")).subject == patient.id
    with pytest.raises(Refused):
        await ways_in.come_back(site.clinic.house, code, "2468")


async def test_without_a_pin_the_page_says_that_the_link_is_no_use(site: Site) -> None:
    patient = await site.clinic.join()
    async with at_desk(site, site.clinic.therapist) as desk:
        made = await desk.presses(page_of(patient), f"{page_of(patient)}/link")
    assert "They chose no PIN when they joined, so this link cannot let them in." in made.words


async def test_a_return_link_leaves_a_row(site: Site, database: Database) -> None:
    patient = await site.clinic.join()
    async with at_desk(site, site.clinic.therapist) as desk:
        await desk.presses(page_of(patient), f"{page_of(patient)}/link")
    assert await looks(database, site.clinic.service.id) == ["patient.open", "return.link"]


async def test_an_invitation_is_shown_once_and_opens_the_chat(site: Site) -> None:
    clinic = site.clinic
    async with at_desk(site, clinic.therapist) as desk:
        link = await link_on(
            desk, "/desk/invite", "/desk/invite", condition="asthma", owner=str(clinic.therapist.id)
        )
        assert link.partition("#")[2] not in (await desk.opens("/desk/invite")).html
    joining = ways_in.Joining(
        code=link.partition("#invite=")[2], adult=True, consents={"care": True}, name="Lou"
    )
    token = await ways_in.join(clinic.house, joining)
    lou = Patient(clinic, (await ways_in.who_is(clinic.house, token, "patient")).subject)
    profile = (await lou.state()).profile
    assert (profile.conditions, profile.owner) == (("asthma",), clinic.therapist.id)


async def test_nobody_is_invited_without_a_condition(site: Site, database: Database) -> None:
    async with at_desk(site, site.clinic.therapist) as desk:
        sent = await desk.presses("/desk/invite", "/desk/invite")
        assert (sent.status, "Choose at least one." in sent.words) == (422, True)
        assert "0 people" in (await desk.opens("/desk/patients")).words


async def test_another_services_patient_looks_like_none_at_all(site: Site) -> None:
    patient = await site.clinic.join()
    other = await elsewhere(site.clinic)
    async with at_desk(site, other.therapist, other) as desk:
        theirs, none = await desk.opens(page_of(patient)), await desk.opens(NONE_AT_ALL)
        assert (theirs.status, theirs.html) == (404, none.html)
        token = (await desk.opens("/desk")).token
        acts = [f"{page_of(patient)}/{act}" for act in ("take-over", "hand-back", "write", "link")]
        assert [(await desk.sends(act, token, text="hello")).status for act in acts] == [404] * 4
    assert (await patient.state()).hold is None
    assert await patient.catches_up() == []


async def test_a_host_sees_no_patient(site: Site, database: Database) -> None:
    patient = await worsening(site.clinic)
    (alert,) = await patient.alerts()
    async with at_desk(site, site.clinic.host) as desk:
        paths = (
            "/desk/patients",
            page_of(patient),
            f"/desk/alerts/{alert.id}",
            "/desk/invite",
            "/desk/events",
        )
        pages = [await desk.opens(path) for path in paths]
        token = (await desk.opens("/desk/groups")).token
        acts = (f"/desk/alerts/{alert.id}/acknowledge", f"{page_of(patient)}/write", "/desk/invite")
        pages += [await desk.sends(act, token, text="hello", condition="copd") for act in acts]
        assert (await desk.opens("/desk")).location == "/desk/groups"
    assert {p.status for p in pages} == {404}
    assert not any("Sam" in p.html for p in pages)
    assert await looks(database, site.clinic.service.id) == []


@pytest.mark.parametrize("page", ["/desk/patients", "{patient}", "{patient}?around=1"])
async def test_a_look_leaves_one_row(site: Site, database: Database, page: str) -> None:
    patient = await site.clinic.join()
    async with at_desk(site, site.clinic.therapist) as desk:
        await desk.opens(page.format(patient=page_of(patient)))
    kept = "caseload.list" if page == "/desk/patients" else "patient.open"
    assert await looks(database, site.clinic.service.id) == [kept]


async def test_somebody_without_a_role_is_told_so(clinic: Clinic, site: Site) -> None:
    nobody = await ways_in.add_staff(
        clinic.house, clinic.service.id, "ada@here.example", "Ada", frozenset(), "a long password"
    )
    async with at_desk(site, nobody) as desk:
        assert "Your account has no role at this desk." in (await desk.opens("/desk")).words
        assert (await desk.opens("/desk/groups")).status == 404


async def test_an_invitation_says_which_language_they_read(site: Site) -> None:
    clinic = site.clinic
    async with at_desk(site, clinic.therapist) as desk:
        assert "Polski" in (await desk.opens("/desk/invite")).words
        fields = {"condition": "copd", "owner": str(clinic.therapist.id)}
        link = await link_on(desk, "/desk/invite", "/desk/invite", language="pl", **fields)
        unknown = await link_on(desk, "/desk/invite", "/desk/invite", language="../x", **fields)
    assert link.endswith("&amp;lang=pl")
    assert "&amp;" not in unknown
