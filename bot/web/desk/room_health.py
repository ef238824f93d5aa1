"""How a group does, week by week, and how all of them do: counts of few people are left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from aiohttp import web

from bot.core.service import Service
from bot.core.shares import FEWEST, few
from bot.core.values import LineId
from bot.ports import Counted, Middle, Week
from bot.web.desk.columns import NONE, TOO_FEW, Picture, Series, picture
from bot.web.desk.room_seat import room_of, titled
from bot.web.desk.seat import Seat
from bot.web.desk.team_clock import TeamClock

WEEKS = 12
FEW = f"fewer than {FEWEST}"


async def show(seat: Seat) -> web.StreamResponse:
    found = await room_of(seat)
    return await _page(seat, found.id, titled(seat, found))


async def show_all(seat: Seat) -> web.StreamResponse:
    return await _page(seat, None, "All groups")


async def _page(seat: Seat, room: LineId | None, title: str) -> web.Response:
    now, health = seat.house.clock.now(), seat.house.record.room_health
    begins = weeks_until(seat.service, now)
    weeks = await health.weeks(seat.service.id, begins, now, room)
    return seat.page(
        "room_health",
        room=room,
        title=title,
        weeks=WEEKS,
        fewest=FEWEST,
        made_up=await health.made_up(seat.service.id),
        pictures=pictures_of(weeks, seat.clock),
    )


def weeks_until(service: Service, now: datetime) -> list[datetime]:
    """Mondays at midnight on the service's own clock, up to this week's."""
    here = service.on_its_clock(now)
    monday = here.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=here.weekday())
    return [monday - timedelta(weeks=n) for n in reversed(range(WEEKS))]


# -- as pictures --------------------------------------------------------------------------------------


def pictures_of(weeks: Sequence[Week], clock: TeamClock) -> list[Picture]:
    begins = [week.began for week in weeks]

    def of(key: str, title: str, sentence: str, *series: Series, unit: str = "") -> Picture:
        return picture(key, title, sentence, begins, series, clock, unit)

    last = weeks[-1]
    posts, hosts = counts("Members' posts", weeks, lambda w: w.posts), _plain(weeks)
    people = heads("People who wrote", weeks, lambda w: w.posts.people)
    open_ = counts("No answer after 24 hours", weeks, lambda w: w.unanswered)
    first = times("Time to the first answer", weeks, lambda w: w.first_answer, clock)
    held = counts("Held", weeks, lambda w: w.held)
    shown, hidden = (
        counts("Shown", weeks, lambda w: w.shown),
        counts("Hidden", weeks, lambda w: w.hidden),
    )
    reports = counts("Reported posts", weeks, lambda w: w.reports)
    decided = times("Time to a decision", weeks, lambda w: w.decided_in, clock)
    members = heads("Members", weeks, lambda w: w.members)
    joined, left = (
        heads("Newly in", weeks, lambda w: w.joined),
        heads("Left", weeks, lambda w: w.left),
    )
    return [
        of("members", "Members", f"At the end of this week: {_head(last.members)}.", members),
        of("moves", "Newly in, and left", _moves(weeks), joined, left),
        of("posts", "Posts", _this_week(posts, hosts), posts, hosts),
        of("people", "People who wrote", _this_week(people), people),
        of("unanswered", "Posts without an answer", _unanswered(open_), open_),
        of("answer", "Time to the first answer", _median(first), first, unit=" min"),
        of("held", "Held, shown and hidden", _held(held, shown, hidden), held, shown, hidden),
        of("reports", "Reported posts", _this_week(reports), reports),
        of("decided", "Time to a decision", _median(decided), decided, unit=" min"),
    ]


def counts(name: str, weeks: Sequence[Week], of: Callable[[Week], Counted]) -> Series:
    """A number is told where nobody stands behind it, or enough people do."""
    each = [of(week) for week in weeks]
    values = tuple(None if few(one.people) is None else float(one.number) for one in each)
    return Series(name, values, _as_said(values, TOO_FEW))


def heads(name: str, weeks: Sequence[Week], of: Callable[[Week], int]) -> Series:
    told = tuple(few(of(week)) for week in weeks)
    values = tuple(None if number is None else float(number) for number in told)
    return Series(name, values, _as_said(values, FEW))


def times(name: str, weeks: Sequence[Week], of: Callable[[Week], Middle], clock: TeamClock) -> Series:
    """In minutes."""
    values, said = [], []
    for week in weeks:
        one = of(week)
        enough = one.time is not None and one.people >= FEWEST
        values.append(one.time.total_seconds() / 60 if enough and one.time is not None else None)
        said.append(
            clock.length(one.time) if enough and one.time is not None else TOO_FEW if one.people else NONE
        )
    return Series(name, tuple(values), tuple(said))


def _plain(weeks: Sequence[Week]) -> Series:
    """Hosts are at work: their posts are told as they are."""
    return Series(
        "Hosts' posts",
        tuple(float(week.host_posts) for week in weeks),
        tuple(str(week.host_posts) for week in weeks),
    )


def _as_said(values: Sequence[float | None], otherwise: str) -> tuple[str, ...]:
    return tuple(otherwise if value is None else f"{value:.0f}" for value in values)


# -- as sentences -------------------------------------------------------------------------------------


def _head(number: int) -> str:
    told = few(number)
    return FEW if told is None else str(told)


def _moves(weeks: Sequence[Week]) -> str:
    joined, left = sum(w.joined for w in weeks), sum(w.left for w in weeks)
    return f"In these {len(weeks)} weeks: newly in {_head(joined)}, left {_head(left)}."


def _this_week(*series: Series) -> str:
    """``This week: members' posts: 12; hosts' posts: 3.``"""
    if len(series) == 1:
        return f"This week: {series[0].said[-1]}."
    return f"This week: {'; '.join(f'{_lower(s.name)}: {s.said[-1]}' for s in series)}."


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _unanswered(series: Series) -> str:
    return (
        f"This week: {series.said[-1]}. A post counts that began a thread and had neither a reply from somebody else nor "
        "its author's name in another post within a day. A post of the last 24 hours does not count yet."
    )


def _median(series: Series) -> str:
    told = next((said for said in reversed(series.said) if said not in (TOO_FEW, NONE)), None)
    if told is None:
        return f"Half of them took so long or less. No week had {FEWEST} people or more yet."
    return f"Half of them took so long or less. The latest week with {FEWEST} people or more: {told}."


def _held(held: Series, shown: Series, hidden: Series) -> str:
    return (
        f"{_this_week(held, shown, hidden)} Held are those for which a host was asked; shown and hidden is what hosts decided. "
        "What members' reports hide by themselves counts once a host has decided."
    )
