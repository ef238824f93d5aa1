"""The caseload."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from bot.core.values import LineId, StaffId
from bot.ports import PersonSeen
from bot.usecases.looking import first_names
from bot.web.desk import words
from bot.web.desk.charts import Trend, trends_of
from bot.web.desk.forms import number_in
from bot.web.desk.seat import Seat
from bot.web.desk.sparks import Spark, spark_of

PAGE = 50
NEVER = 1e12
WHOSE = ("mine", "left")
USUAL = "alerts"
SORTS = {
    "alerts": "Open alerts",
    "worse": "Reliably worse",
    "silent": "Silent for longest",
}


@dataclass(frozen=True)
class Row:
    person: PersonSeen
    name: str
    owner: str | None
    alerts: int
    trends: list[Trend]
    spark: Spark | None


async def show_list(seat: Seat) -> web.StreamResponse:
    """Names are sealed, and only those of the page are opened: so nothing is sorted by them, or searched for."""
    record, service = seat.house.record, seat.service.id
    everybody = await record.reading.caseload(service, seat.looker())
    waiting = Counter(
        a.line for a in await record.ledger.list(service, open_only=True, by=seat.looker(), noted=False)
    )
    whose = seat.request.query.get("whose", "")
    people = [p for p in everybody if _listed(p, whose, seat.member.id, waiting)]
    sort = seat.request.query.get("sort", "")
    people.sort(key=await _order(seat, people, sort if sort in SORTS else USUAL, waiting))
    last = max((len(people) - 1) // PAGE, 0)
    at = min(number_in(seat.request.query.get("page", ""), 1) - 1, last)
    return seat.page(
        "patients",
        rows=await _rows(seat, people[at * PAGE : (at + 1) * PAGE], waiting),
        whose=whose if whose in WHOSE else "",
        sort=sort if sort in SORTS else USUAL,
        sorts=SORTS,
        number=len(people),
        at=at + 1,
        of=last + 1,
    )


async def _order(
    seat: Seat, people: list[PersonSeen], sort: str, waiting: Counter[LineId]
) -> Callable[[PersonSeen], tuple[float, ...]]:
    now = seat.house.clock.now()

    def silent(person: PersonSeen) -> float:
        return (now - person.last_seen).total_seconds() if person.last_seen else NEVER

    if sort == "silent":
        return lambda p: (-silent(p),)
    if sort == "alerts":
        return lambda p: (not waiting[p.id], silent(p))
    totals = await seat.house.record.reading.totals(seat.service.id, [p.id for p in people], seat.looker())
    trends = {line: trends_of(of_one, seat.house.shelf.library) for line, of_one in totals.items()}
    worse = {line for line, found in trends.items() if any(t.worse for t in found)}
    return lambda p: (p.id not in worse, not waiting[p.id], silent(p))


def _listed(person: PersonSeen, whose: str, me: StaffId, waiting: Counter[LineId]) -> bool:
    """Those whose care has ended stand in a list of their own, unless an alert of theirs is open."""
    gone = person.status in words.LEFT
    if whose == "left":
        return gone
    gone = gone or person.status in ("waiting", "declined")
    return (not gone or bool(waiting[person.id])) and (whose != "mine" or person.owner == me)


async def _rows(seat: Seat, people: list[PersonSeen], waiting: Counter[LineId]) -> list[Row]:
    names = await first_names(seat.house, seat.service.id, people)
    totals = await seat.house.record.reading.totals(seat.service.id, [p.id for p in people], seat.looker())
    colleagues = await seat.colleagues()
    library = seat.house.shelf.library
    return [
        Row(
            person=p,
            name=names.get(p.id, "No name given"),
            owner=colleagues.get(p.owner) if p.owner else None,
            alerts=waiting[p.id],
            trends=trends_of(totals.get(p.id, {}), library),
            spark=spark_of(totals.get(p.id, {}), library, seat.clock),
        )
        for p in people
    ]
