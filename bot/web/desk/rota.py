"""The rota at the desk: who is on call, who is away and who covers. Leave for oneself everybody enters, the rest a lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.core.errors import Refused
from bot.core.rota import DESK, Leave, Shift, called, can_cover, is_address, opens_alerts
from bot.core.values import StaffId
from bot.ports import Feed
from bot.usecases import calendars, rota
from bot.web.desk.forms import id_in
from bot.web.desk.seat import AUDITORS as LEADS
from bot.web.desk.seat import Seat, go

PAGE = "/desk/rota"
NOBODY_NOW = "A former colleague"


@dataclass(frozen=True)
class LeaveShown:
    of: Leave
    who: str
    cover: str | None
    unable: bool
    last: datetime
    mine: bool


@dataclass(frozen=True)
class ShiftShown:
    """``instead``: who hears, where whoever is on call is on leave for any of it. ``unable``: to open an alert, so nobody hears by it."""

    of: Shift
    who: str
    instead: str | None
    unable: bool
    by_hand: bool
    source: str


@dataclass(frozen=True)
class FeedShown:
    """``lies``: at an address, where it is read again and again. ``unread``: for so long that a lead should know."""

    id: UUID
    called: str
    seen_at: datetime
    error: str | None
    lies: bool
    unread: bool


async def show(seat: Seat) -> web.StreamResponse:
    return await _page(seat)


async def _page(seat: Seat, wrong: str = "", which: str = "") -> web.Response:
    ahead = await rota.look_ahead(seat.house, seat.service)
    names = await seat.colleagues()
    return seat.page(
        "rota",
        422 if wrong else 200,
        leaves=[_leave(seat, leave, ahead, names) for leave in ahead.roster.leaves],
        shifts=[_shift(shift, ahead, names) for shift in ahead.roster.shifts],
        feeds=[_feed(seat, feed) for feed in ahead.feeds],
        gaps=ahead.gaps if seat.service.out_of_hours_cover else (),
        holidays_end=_holidays_end(seat),
        covered=seat.service.out_of_hours_cover,
        staff={c: names[c] for c in ahead.team},
        on_callers={c.id: names[c.id] for c in ahead.team.values() if opens_alerts(c.roles)},
        covers=_covers(seat, ahead, names),
        leads=seat.may(LEADS),
        wrong=wrong,
        which=which,
        typed=seat.fields,
        days=rota.SHOWN_FOR.days,
    )


def _holidays_end(seat: Seat) -> date | None:
    """The last bank holiday that is known, where the next year is wanted soon."""
    service = seat.service
    if service.hours.on_bank_holidays:
        return None
    today = seat.house.clock.now().astimezone(ZoneInfo(service.timezone)).date()
    return seat.house.shelf.for_safety.policy.bank_holidays.runs_out(service.nation, today)


def _covers(seat: Seat, ahead: rota.Ahead, names: dict[StaffId, str]) -> dict[StaffId, str]:
    """Who can be chosen: for oneself whoever could stand in, for a lead's choice hosts besides, who can for hosts alone."""
    if not seat.may(LEADS):
        mine = seat.member.roles
        return {c.id: names[c.id] for c in ahead.team.values() if can_cover(c.roles, mine)}
    found = {c.id: names[c.id] for c in ahead.team.values() if opens_alerts(c.roles)}
    hosts = (c.id for c in ahead.team.values() if can_cover(c.roles, {"host"}) and c.id not in found)
    return found | {host: f"{names[host]} (for a host)" for host in hosts}


def _leave(seat: Seat, leave: Leave, ahead: rota.Ahead, names: dict[StaffId, str]) -> LeaveShown:
    cover = names.get(leave.cover, NOBODY_NOW) if leave.cover else None
    mine = leave.staff == seat.member.id or seat.may(LEADS)
    last = leave.until_at - timedelta(seconds=1)
    return LeaveShown(
        leave, names.get(leave.staff, NOBODY_NOW), cover, not ahead.cover_hears(leave), last, mine
    )


def _shift(shift: Shift, ahead: rota.Ahead, names: dict[StaffId, str]) -> ShiftShown:
    away = next(
        (
            leave
            for leave in ahead.roster.leaves
            if leave.staff == shift.staff
            and leave.from_at < shift.until_at
            and shift.from_at < leave.until_at
        ),
        None,
    )
    instead = None
    if away is not None:
        instead = names.get(away.cover, NOBODY_NOW) if away.cover and ahead.cover_hears(away) else "nobody"
    unable = not opens_alerts(ahead.team[shift.staff].roles)
    who = names.get(shift.staff, NOBODY_NOW)
    return ShiftShown(shift, who, instead, unable, shift.source == DESK, called(shift.source))


def _feed(seat: Seat, feed: Feed) -> FeedShown:
    unread = calendars.unread(feed, seat.house.clock.now())
    lies = is_address(feed.place)
    return FeedShown(feed.id, called(feed.place), feed.seen_at, feed.error, lies, unread)


async def add_leave(seat: Seat) -> web.StreamResponse:
    who = seat.member.id
    if seat.may(LEADS) and seat.fields.get("who"):
        who = await _somebody(seat, "who")
    cover = await _somebody(seat, "cover") if seat.fields.get("cover") else None
    first, last = _day(seat.fields.get("first", "")), _day(seat.fields.get("last", ""))
    if first is None or last is None:
        return await _page(seat, "Choose the first and the last day.", "leave")
    if wrong := await rota.go_on_leave(seat.house, seat.service, who, first, last, cover, seat.member):
        return await _page(seat, wrong, "leave")
    return go(PAGE, said="leave_kept")


async def end_leave(seat: Seat) -> web.StreamResponse:
    """One's own, or anybody's for a lead; to others it is not there."""
    wanted = id_in(seat.request)
    roster = (await rota.look_ahead(seat.house, seat.service)).roster
    leave = next((leave for leave in roster.leaves if leave.id == wanted), None)
    if leave is None or not (seat.may(LEADS) or leave.staff == seat.member.id):
        raise Refused("not_found")
    await rota.end_leave(seat.house, seat.service, leave, seat.member)
    return go(PAGE, said="leave_ended")


async def add_shift(seat: Seat) -> web.StreamResponse:
    begins, ends = _moment(seat.fields.get("from", "")), _moment(seat.fields.get("until", ""))
    if not seat.fields.get("who") or begins is None or ends is None:
        return await _page(seat, "Choose who is on call, from when and until when.", "shift")
    who = await _somebody(seat, "who")
    if wrong := await rota.put_on_call(seat.house, seat.service, who, begins, ends, seat.member):
        return await _page(seat, wrong, "shift")
    return go(PAGE, said="shift_kept")


async def drop_shift(seat: Seat) -> web.StreamResponse:
    await rota.drop_shift(seat.house, seat.service, id_in(seat.request), seat.member)
    return go(PAGE, said="shift_dropped")


async def add_calendar(seat: Seat) -> web.StreamResponse:
    url = seat.fields.get("address", "")
    if wrong := await calendars.subscribe(seat.house, seat.service, url, seat.member):
        return await _page(seat, wrong, "address")
    return go(PAGE, said="calendar_kept")


async def drop_calendar(seat: Seat) -> web.StreamResponse:
    await calendars.unsubscribe(seat.house, seat.service, id_in(seat.request), seat.member)
    return go(PAGE, said="calendar_dropped")


async def _somebody(seat: Seat, name: str) -> StaffId:
    try:
        staff = StaffId(UUID(seat.fields.get(name, "")))
    except ValueError:
        raise Refused("refused") from None
    if staff not in await seat.colleagues():
        raise Refused("refused")
    return staff


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    """As a browser sends it, on the clock of the service."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 the use case knows the zone
    except ValueError:
        return None
