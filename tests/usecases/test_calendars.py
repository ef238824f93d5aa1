"""A calendar at an address: read again and again, asked only for what has changed; what it said last stands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from clinic import Clinic
from desk_scene import colleague
from elsewhere import URL, Elsewhere, calendar

from bot.core.errors import Refused, Unavailable
from bot.core.rota import Entry, Shift, called
from bot.core.values import LineId
from bot.ports import Answered, Barred, Feed, Looker
from bot.usecases import calendars, rota
from bot.usecases.calendars import READ_EVERY, Calendars


@pytest.fixture
def elsewhere(clinic: Clinic) -> Elsewhere:
    clinic.house.outward = elsewhere = Elsewhere()
    elsewhere.says = Answered(200, calendar("Therapist", "20260303"), {"etag": '"1"'})
    return elsewhere


async def shifts(clinic: Clinic) -> tuple[Shift, ...]:
    return (await rota.look_ahead(clinic.house, clinic.service)).roster.shifts


async def the_feed(clinic: Clinic) -> Feed:
    [feed] = await clinic.house.record.rota.feeds(clinic.service.id)
    return feed


async def round_after(clinic: Clinic, worker: Calendars, passed: timedelta = READ_EVERY) -> None:
    clinic.clock.set(clinic.clock.now() + passed)
    await worker.round(frozenset({clinic.service.id}))


async def test_it_is_read_at_once_and_again_every_quarter_of_an_hour(
    clinic: Clinic, elsewhere: Elsewhere
) -> None:
    assert await calendars.subscribe(clinic.house, clinic.service, URL) is None
    assert [shift.staff for shift in await shifts(clinic)] == [clinic.therapist.id]
    worker = Calendars(clinic.house)
    elsewhere.says = Answered(200, calendar("Duty", "20260303", "20260304"))
    await round_after(clinic, worker)
    await round_after(clinic, worker, timedelta(minutes=5))
    assert [shift.staff for shift in await shifts(clinic)] == [clinic.duty.id] * 2
    assert len(elsewhere.asked) == 2


async def test_what_has_not_changed_is_not_sent_again(clinic: Clinic, elsewhere: Elsewhere) -> None:
    await calendars.subscribe(clinic.house, clinic.service, URL)
    worker = Calendars(clinic.house)
    await round_after(clinic, worker)
    before = await shifts(clinic)
    elsewhere.says = Answered(304, b"")
    await round_after(clinic, worker)
    feed = await the_feed(clinic)
    assert [call.headers.get("If-None-Match") for call in elsewhere.asked] == [None, None, '"1"']
    assert (await shifts(clinic), feed.seen_at, feed.error) == (before, clinic.clock.now(), None)


@pytest.mark.parametrize(
    ("says", "told"),
    [
        (Unavailable("silent"), "it does not answer"),
        (Barred("private address"), "its address is inside a network of its own"),
        (Unavailable("too long"), "it is larger than 1 MB"),
        (Answered(500, b""), "the server answered 500"),
        (Answered(302, b"", {"location": "http://10.0.0.1/"}), "the server answered 302"),
        (Answered(200, b"<html>"), "line 1: there is no event in it"),
        (Answered(200, b"\xff\xfe"), "line 1: it is not text in UTF-8"),
        (Answered(200, calendar("Nobody we know", "20260303")), "line 2: it names nobody of this service"),
    ],
)
async def test_what_it_said_last_stands_while_it_cannot_be_used(
    clinic: Clinic, elsewhere: Elsewhere, says: Answered | Unavailable, told: str
) -> None:
    await calendars.subscribe(clinic.house, clinic.service, URL)
    good_at, before = clinic.clock.now(), await shifts(clinic)
    elsewhere.says = says
    await round_after(clinic, Calendars(clinic.house))
    feed = await the_feed(clinic)
    assert (feed.seen_at, feed.error, await shifts(clinic)) == (good_at, told, before)


async def test_after_a_day_without_a_reading_a_lead_is_told(clinic: Clinic, elsewhere: Elsewhere) -> None:
    await calendars.subscribe(clinic.house, clinic.service, URL)
    feed, now = await the_feed(clinic), clinic.clock.now()
    assert [calendars.unread(feed, now + timedelta(hours=hours)) for hours in (23, 25)] == [False, True]


@pytest.mark.parametrize(
    ("url", "says", "told"),
    [
        ("on-call.ics", None, "begins with https://"),
        (URL, Unavailable("not connected"), "there is no connection to it"),
        (URL, Answered(404, b""), "answered 404"),
        (URL, Answered(200, b"words"), "there is no event in it"),
        (URL, Answered(200, calendar("Nobody we know", "20260303")), "names nobody of this service"),
    ],
)
async def test_one_that_cannot_be_used_is_not_kept(
    clinic: Clinic, elsewhere: Elsewhere, url: str, says: Answered | Unavailable | None, told: str
) -> None:
    if says is not None:
        elsewhere.says = says
    wrong = await calendars.subscribe(clinic.house, clinic.service, url)
    assert wrong is not None and told in wrong
    assert await clinic.house.record.rota.feeds(clinic.service.id) == []


async def test_taken_out_it_goes_with_its_shifts(clinic: Clinic, elsewhere: Elsewhere) -> None:
    await calendars.subscribe(clinic.house, clinic.service, URL)
    await calendars.unsubscribe(clinic.house, clinic.service, (await the_feed(clinic)).id)
    assert (await shifts(clinic), await clinic.house.record.rota.feeds(clinic.service.id)) == ((), [])
    with pytest.raises(Refused):
        await calendars.unsubscribe(clinic.house, clinic.service, clinic.house.ids.new())


async def test_every_change_of_the_rota_stands_on_the_services_chain_without_an_address(
    clinic: Clinic, elsewhere: Elsewhere
) -> None:
    house, service, today = clinic.house, clinic.service, clinic.clock.now().date()
    await rota.go_on_leave(house, service, clinic.therapist.id, today, today, clinic.duty.id, clinic.duty)
    await rota.come_back(house, service, clinic.therapist.id, clinic.duty)
    begins = clinic.clock.now() + timedelta(hours=1)
    await rota.put_on_call(house, service, clinic.duty.id, begins, begins + timedelta(hours=2), clinic.duty)
    await rota.drop_shift(house, service, (await shifts(clinic))[0].id, clinic.duty)
    await calendars.subscribe(house, service, URL, clinic.duty)
    looker = Looker(who=clinic.duty.id, at=clinic.clock.now())
    looks = await house.record.audit.looks(service.id, LineId(service.id), looker, most=20)
    made = [look for look in looks if look.what.startswith("rota.")]
    assert sorted(look.what for look in made) == [
        "rota.calendar",
        "rota.leave",
        "rota.leave_end",
        "rota.shift",
        "rota.shift_drop",
    ]
    assert {look.who for look in made} == {f"staff:{clinic.duty.id}"}
    assert "private-7f3a" not in str(looks)


async def test_who_has_left_is_in_no_rota_any_more(clinic: Clinic) -> None:
    nurse = await colleague(clinic, "clinician")
    now = clinic.clock.now()
    entry = Entry(1, (nurse.email,), now, now + timedelta(hours=3))
    await rota.bring_calendar(clinic.house, clinic.service, "on-call.ics", [entry], ())
    assert len(await shifts(clinic)) == 1
    await clinic.house.record.staff.leave(clinic.service.id, nurse.id, now)
    assert await shifts(clinic) == ()


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (URL, "at rota.example"),
        ("https://rota.example:8443/x?key=secret", "at rota.example"),
        ("https://me:secret@rota.example/x", "at an address"),
        ("on-call.ics", "on-call.ics"),
    ],
)
def test_an_address_is_called_by_its_host_alone(place: str, said: str) -> None:
    assert called(place) == said
