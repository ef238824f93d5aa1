"""The rota at the desk: leave for oneself everybody enters, shifts and other people's leave a lead; without a script."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from desk_client import Site, at_desk
from desk_scene import CRISIS, colleague
from elsewhere import URL, Elsewhere, calendar

from bot.core.rota import Leave, Shift
from bot.ports import Answered, Feed, StaffMember

AWAY = {"first": "2026-03-02", "last": "2026-03-06"}
NIGHT = {"from": "2026-03-02T17:00", "until": "2026-03-03T09:00"}


@pytest.fixture
async def lead(site: Site) -> StaffMember:
    return await colleague(site.clinic, "lead")


async def test_somebody_enters_their_own_leave_and_their_cover_hears(site: Site) -> None:
    clinic = site.clinic
    patient = await clinic.join("copd")
    async with at_desk(site, clinic.therapist) as desk:
        sent = await desk.presses("/desk/rota", "/desk/rota/leave", **AWAY, cover=str(clinic.duty.id))
        assert (sent.status, sent.location) == (303, "/desk/rota?said=leave_kept")
        page = await desk.opens(sent.location)
    assert "The leave is entered" in page.words
    assert "Therapist 2 March 6 March Duty End it" in page.words
    await patient.says(CRISIS)
    assert (len(clinic.letters(clinic.therapist)), len(clinic.letters(clinic.duty))) == (0, 1)


async def test_who_is_back_ends_their_leave(site: Site) -> None:
    clinic = site.clinic
    async with at_desk(site, clinic.therapist) as desk:
        await desk.presses("/desk/rota", "/desk/rota/leave", **AWAY)
        [leave] = (await roster(site)).leaves
        sent = await desk.presses("/desk/rota", f"/desk/rota/leave/{leave.id}/end")
        page = await desk.opens(sent.location)
    assert "They hear again from now on" in page.words and "Nobody is away." in page.words


async def test_a_lead_enters_leave_and_shifts_for_others(site: Site, lead: StaffMember) -> None:
    clinic = site.clinic
    async with at_desk(site, lead) as desk:
        who = {"who": str(clinic.therapist.id)}
        await desk.presses("/desk/rota", "/desk/rota/leave", **AWAY, **who, cover=str(clinic.duty.id))
        sent = await desk.presses("/desk/rota", "/desk/rota/shifts", **NIGHT, **who)
        page = await desk.opens(sent.location)
        assert "Therapist (away: Duty covers) today at 17:00 tomorrow at 09:00 this page" in page.words
        [shift] = (await roster(site)).shifts
        await desk.presses("/desk/rota", f"/desk/rota/shifts/{shift.id}/drop")
    assert (await roster(site)).shifts == ()


async def test_a_lead_adds_a_calendar_by_its_address_and_takes_it_out(site: Site, lead: StaffMember) -> None:
    site.clinic.house.outward = elsewhere = Elsewhere()
    elsewhere.says = Answered(200, calendar("Therapist", "20260303"))
    async with at_desk(site, lead) as desk:
        await desk.presses("/desk/rota", "/desk/rota/calendars", address=URL)
        page = await desk.opens("/desk/rota")
        assert "the calendar at rota.example" in page.words and "private-7f3a" not in page.html
        elsewhere.says = Answered(404, b"")
        refused = await desk.presses("/desk/rota", "/desk/rota/calendars", address=URL)
        assert refused.status == 422 and "the server answered 404" in refused.words
        [feed] = await site.clinic.house.record.rota.feeds(site.clinic.service.id)
        await desk.presses("/desk/rota", f"/desk/rota/calendars/{feed.id}/drop")
    assert (await roster(site)).shifts == ()


async def test_a_calendar_that_was_not_read_for_a_day_is_told(site: Site, lead: StaffMember) -> None:
    clinic = site.clinic
    seen_at = clinic.clock.now() - timedelta(hours=25)
    feed = Feed(clinic.house.ids.new(), URL, seen_at, "it does not answer")
    await clinic.house.record.rota.failed(clinic.service.id, feed)
    async with at_desk(site, lead) as desk:
        page = await desk.opens("/desk/rota")
    assert "it does not answer. What it said before stands. That is more than a day ago" in page.words


async def test_the_page_says_when_the_bank_holidays_run_out(site: Site, lead: StaffMember) -> None:
    async with at_desk(site, lead) as desk:
        assert "last bank holiday" not in (await desk.opens("/desk/rota")).words
    site.clinic.clock.set(datetime(2028, 9, 1, 10, tzinfo=UTC))
    async with at_desk(site, lead) as desk:
        assert "last bank holiday that is known is 26 December 2028" in (await desk.opens("/desk/rota")).words


async def test_others_can_do_neither(site: Site, lead: StaffMember) -> None:
    clinic = site.clinic
    async with at_desk(site, lead) as desk:
        await desk.presses("/desk/rota", "/desk/rota/leave", **AWAY)
        await desk.presses("/desk/rota", "/desk/rota/shifts", **NIGHT, who=str(lead.id))
    [leave], [shift] = (await roster(site)).leaves, (await roster(site)).shifts
    async with at_desk(site, clinic.therapist) as desk:
        page = await desk.opens("/desk/rota")
        assert "Enter a shift" not in page.words and "End it" not in page.words
        for path in (f"leave/{leave.id}/end", "shifts", f"shifts/{shift.id}/drop"):
            assert (await desk.sends(f"/desk/rota/{path}", page.token, who=str(lead.id))).status == 404
        await desk.sends("/desk/rota/leave", page.token, **AWAY, who=str(lead.id))
    mine = {each.staff for each in (await roster(site)).leaves}
    assert mine == {lead.id, clinic.therapist.id}  # asked for a colleague, it is one's own


async def test_what_makes_no_sense_is_said_and_what_was_typed_stays(site: Site, lead: StaffMember) -> None:
    async with at_desk(site, lead) as desk:
        page = await desk.opens("/desk/rota")
        back = await desk.sends(
            "/desk/rota/leave", page.token, first="2026-03-06", last="2026-03-02", cover=""
        )
        none = await desk.sends("/desk/rota/leave", page.token, first="soon", last="")
        shift = await desk.sends("/desk/rota/shifts", page.token, who=str(lead.id), **NIGHT | {"until": ""})
        odd = await desk.sends("/desk/rota/leave", page.token, **AWAY, cover="nobody")
    assert (back.status, "Not kept. It ends before it begins" in back.words) == (422, True)
    assert 'value="2026-03-06"' in back.html
    assert "Choose the first and the last day." in none.words
    assert "Choose who is on call, from when and until when." in shift.words
    assert odd.status == 409
    assert await roster(site) == type(await roster(site))()


async def test_only_who_can_open_alerts_is_offered_and_taken_for_a_shift_or_as_cover(
    site: Site, lead: StaffMember
) -> None:
    clinic, editor = site.clinic, await colleague(site.clinic, "editor")
    who = {"who": str(clinic.therapist.id)}
    async with at_desk(site, lead) as desk:
        page = await desk.opens("/desk/rota")
        cover, shift = _offered(page.html, "cover"), _offered(page.html, "shift-who")
        away = _offered(page.html, "leave-who")
        assert {str(editor.id), str(clinic.host.id)} <= away
        assert str(editor.id) not in cover | shift and str(clinic.host.id) not in shift
        assert {str(clinic.therapist.id), str(clinic.duty.id), str(lead.id)} <= cover & shift
        assert "Host (for a host)" in page.words
        no_shift = await desk.sends("/desk/rota/shifts", page.token, **NIGHT, who=str(editor.id))
        no_cover = await desk.sends("/desk/rota/leave", page.token, **AWAY, **who, cover=str(editor.id))
        not_for_them = await desk.sends(
            "/desk/rota/leave", page.token, **AWAY, **who, cover=str(clinic.host.id)
        )
    assert (no_shift.status, no_cover.status, not_for_them.status) == (422, 422, 422)
    assert "Not kept. They could not open the alert: choose a therapist" in no_shift.words
    assert "must be able to open alerts: choose a therapist" in no_cover.words
    assert (await roster(site)).shifts == (await roster(site)).leaves == ()
    async with at_desk(site, clinic.host) as desk:
        page = await desk.opens("/desk/rota")
        assert str(editor.id) not in _offered(page.html, "cover")


async def test_a_shift_of_somebody_who_can_open_alerts_no_more_is_named(
    site: Site, lead: StaffMember
) -> None:
    clinic, editor = site.clinic, await colleague(site.clinic, "editor")
    now = clinic.clock.now()
    shift = Shift(clinic.house.ids.new(), editor.id, now, now + timedelta(hours=12))
    leave = Leave(clinic.house.ids.new(), clinic.therapist.id, now, now + timedelta(days=2), editor.id)
    await clinic.house.record.rota.add_shift(clinic.service.id, shift)
    await clinic.house.record.rota.add_leave(clinic.service.id, leave)
    async with at_desk(site, lead) as desk:
        page = await desk.opens("/desk/rota")
    assert "(cannot open alerts: they go to the owner and the team)" in page.words
    assert "(cannot open what they would hear of: the team's duty hears)" in page.words


def _offered(html: str, select: str) -> set[str]:
    """The values that can be chosen."""
    [inside] = re.findall(rf'<select id="{select}".*?</select>', html, re.DOTALL)
    return set(re.findall(r'value="([^"]+)"', inside))


async def test_hours_that_nobody_covers_are_named_where_the_service_promises_cover(site: Site) -> None:
    clinic = site.clinic
    await clinic.house.record.services.put(clinic.service.model_copy(update={"out_of_hours_cover": True}))
    await clinic.house.shelf.refresh()
    async with at_desk(site, clinic.therapist) as desk:
        page = await desk.opens("/desk/rota")
    assert "Nobody is on call from today at 17:00 until tomorrow at 09:00" in page.words
    assert "and 7 times more" in page.words


async def test_a_calendar_that_could_not_be_used_is_named(site: Site) -> None:
    clinic = site.clinic
    feed = Feed(clinic.house.ids.new(), "nights.ics", clinic.clock.now(), "line 3: this event has no DTEND")
    await clinic.house.record.rota.failed(clinic.service.id, feed)
    async with at_desk(site, clinic.therapist) as desk:
        page = await desk.opens("/desk/rota")
    assert "nights.ics was read today at 10:00 and could not be used (line 3" in page.words


async def roster(site: Site):  # type: ignore[no-untyped-def]
    since, until = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    now = site.clinic.clock.now()
    found = await site.clinic.house.record.rota.between(site.clinic.service.id, since, until)
    return type(found)(tuple(x for x in found.leaves if x.until_at > now), found.shifts)
