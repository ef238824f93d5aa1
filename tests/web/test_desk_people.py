"""Colleagues at the desk: asked by e-mail, welcomed by a form, changed and gone; no patient on any of these pages."""

from __future__ import annotations

import re

import pytest
from clinic import text_of
from desk_client import AtDesk, Page, Site, at_desk, looks, nobody
from desk_scene import colleague

from bot.adapters.postgres.engine import Database
from bot.ports import StaffMember

NEW = "a long new password"


def address(site: Site) -> str:
    return f"nia@{site.clinic.service.slug}.example"


async def invites(desk: AtDesk, email: str, role: str = "therapist") -> Page:
    page = "/desk/people"
    return await desk.presses(page, "/desk/people/invite", email=email, name="Nia", role=role)


def code_in(site: Site) -> str:
    letter = text_of(site.clinic.post_box.to(address(site))[-1])
    found = re.search(r"/desk/welcome#(\S+)", letter)
    assert found and found[1] in letter.partition("it is:")[2], "also for a browser without scripts"
    return found[1]


async def welcomed(desk: AtDesk, code: str, password: str = NEW, again: str = NEW) -> Page:
    page = await desk.opens("/desk/welcome")
    return await desk.sends("/desk/welcome", page.token, code=code, password=password, again=again)


async def test_an_admin_invites_and_the_colleague_comes_in(site: Site) -> None:
    admin = await colleague(site.clinic, "admin")
    async with at_desk(site, admin) as desk, nobody(site) as browser:
        assert (await invites(desk, address(site))).location == "/desk/people?said=asked"
        assert "invited, until" in (await desk.opens("/desk/people")).words
        code = code_in(site)
        for _ in range(2):
            assert (await browser.opens("/desk/welcome")).status == 200, (
                "a scanner looks, and uses nothing up"
            )
        joined = await welcomed(browser, code)
        assert (joined.status, joined.location) == (303, "/desk?said=welcome")
        assert "Your password is set" in (await browser.opens(joined.location)).words
        again = await welcomed(browser, code)
        assert again.status == 410
        assert "does not work any more" in again.words


async def test_a_mistyped_password_loses_no_code(site: Site) -> None:
    admin = await colleague(site.clinic, "admin")
    async with at_desk(site, admin) as desk, nobody(site) as browser:
        await invites(desk, address(site))
        code = code_in(site)
        unlike = await welcomed(browser, code, again="another long one")
        assert unlike.status == 422
        assert f'value="{code}"' in unlike.html
        short = await welcomed(browser, code, "short", "short")
        assert (short.status, "12 to 200 characters" in short.words) == (422, True)
        assert (await welcomed(browser, code)).status == 303


async def test_the_welcome_form_of_another_site_is_refused(site: Site) -> None:
    async with nobody(site) as browser:
        sent = await browser.sends("/desk/welcome", "0" * 64, code="x", password=NEW, again=NEW)
    assert sent.status == 403


async def test_an_admin_begins_at_their_one_page_and_sees_no_patient(site: Site) -> None:
    patient = await site.clinic.join(name="Sam")
    admin = await colleague(site.clinic, "admin")
    async with at_desk(site, admin) as desk:
        assert (await desk.opens("/desk")).location == "/desk/people"
        page = await desk.opens("/desk/people")
        assert (page.status, "Sam" in page.words) == (200, False)
        assert re.findall(r'<li><a href="(/desk[^"]*)"', page.html) == [
            "/desk/people",
            "/desk/notifications",
        ]
        for path in (
            "/desk/patients",
            f"/desk/patients/{patient.id}",
            "/desk/invite",
            "/desk/audit",
            "/desk/groups",
        ):
            assert (await desk.opens(path)).status == 404, path


@pytest.mark.parametrize("role", ["therapist", "clinician", "duty", "host", "editor"])
async def test_the_pages_are_not_there_for_others(site: Site, role: str) -> None:
    member, lead = await colleague(site.clinic, role), await colleague(site.clinic, "service_lead")
    async with at_desk(site, member) as desk:
        for path in ("/desk/people", f"/desk/people/{lead.id}"):
            assert (await desk.opens(path)).status == 404


async def test_what_cannot_be_invited_is_said_and_what_was_typed_stays(site: Site) -> None:
    lead = await colleague(site.clinic, "service_lead")
    async with at_desk(site, lead) as desk:
        page = await desk.opens("/desk/people")
        assert 'value="admin"' not in page.html, "only an admin makes an admin"
        wrong = await invites(desk, site.clinic.duty.email)
        assert (wrong.status, "belongs to a colleague already" in wrong.words) == (422, True)
        assert f'value="{site.clinic.duty.email}"' in wrong.html
        assert (await invites(desk, address(site), "admin")).status == 409


async def test_roles_are_changed_by_another(site: Site, database: Database) -> None:
    clinic = site.clinic
    lead = await colleague(clinic, "service_lead")
    async with at_desk(site, lead) as desk, at_desk(site, clinic.host) as theirs:
        assert (await theirs.opens("/desk/patients")).status == 404
        page = f"/desk/people/{clinic.host.id}"
        done = await desk.presses(page, f"{page}/roles", role="therapist")
        assert done.location == f"{page}?said=roles"
        assert (await theirs.opens("/desk/patients")).status == 200
        own = await desk.opens(f"/desk/people/{lead.id}")
        assert "<form" not in own.html.partition("<main")[2]
        assert (await desk.sends(f"/desk/people/{lead.id}/roles", own.token, role="duty")).status == 409
    assert "staff.roles" in await looks(database, clinic.service.id)


async def test_a_colleague_is_signed_out_everywhere(site: Site) -> None:
    clinic = site.clinic
    lead = await colleague(clinic, "lead")
    async with at_desk(site, lead) as desk, at_desk(site, clinic.host) as theirs:
        page = f"/desk/people/{clinic.host.id}"
        await desk.presses(page, f"{page}/sign-out")
        assert (await theirs.opens("/desk/groups")).location.endswith("said=ended")


async def leaves(desk: AtDesk, member: StaffMember, **fields: str) -> Page:
    page = f"/desk/people/{member.id}"
    return await desk.presses(page, f"{page}/leave", **fields)


async def test_leaving_asks_twice_and_hands_over(site: Site) -> None:
    clinic = site.clinic
    lead = await colleague(clinic, "lead")
    patient = await clinic.join()
    await patient.says("i want to kill myself tonight")
    async with at_desk(site, lead) as desk:
        assert (await leaves(desk, clinic.therapist, to=str(clinic.duty.id))).status == 422
        assert (await leaves(desk, clinic.therapist, to=str(clinic.host.id), sure="yes")).status == 409
        (alert,) = await clinic.alerts()
        assert alert.owner == clinic.therapist.id
        done = await leaves(desk, clinic.therapist, to=str(clinic.duty.id), sure="yes")
        assert done.location == "/desk/people?said=left"
        (alert,) = await clinic.alerts()
        assert alert.owner == clinic.duty.id
        page = await desk.opens("/desk/people")
        assert "Have left: Therapist" in page.words
        assert "Therapist" in (await desk.opens("/desk/audit")).words, "a former colleague keeps their name"
        again = await leaves(desk, clinic.therapist, sure="yes")
        assert again.location == "/desk/people?said=left", "what was interrupted can be done again"
        history = (await desk.opens(f"/desk/alerts/{alert.id}")).words
        assert "handed it over to Duty" in history


async def test_an_invitation_that_mail_did_not_take_says_so(site: Site) -> None:
    lead = await colleague(site.clinic, "lead")
    site.clinic.post_box.refusing = True
    async with at_desk(site, lead) as desk:
        sent = await invites(desk, address(site))
    site.clinic.post_box.refusing = False
    assert sent.location == "/desk/people?said=not_mailed"
