"""The caseload, one patient's page, and what the team does there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from bot.core.errors import Refused
from bot.core.inputs import HandBack, PatientInput, TakeOver, TeamSaid
from bot.core.values import LineId, StaffId
from bot.ports import PersonSeen
from bot.usecases import alerts as acts
from bot.usecases.conversation import standing
from bot.usecases.hub import Delivered
from bot.usecases.looking import PatientOpened, first_names, more_of, open_patient
from bot.web.desk import words
from bot.web.desk.alerts import newest
from bot.web.desk.charts import Trend, curves_of, trends_of
from bot.web.desk.evidence import reason_of
from bot.web.desk.forms import id_in
from bot.web.desk.marking import of_messages, typed_in
from bot.web.desk.seat import Seat, go
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
LAST_MESSAGES = 100
BEFORE = 20
LONGEST_MESSAGE = 4_000


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
    waiting = Counter(a.line for a in await record.ledger.list(service, open_only=True, by=None))
    whose = seat.request.query.get("whose", "")
    people = [p for p in everybody if _listed(p, whose, seat.member.id, waiting)]
    sort = seat.request.query.get("sort", "")
    people.sort(key=await _order(seat, people, sort if sort in SORTS else USUAL, waiting))
    last = max((len(people) - 1) // PAGE, 0)
    at = min(_number(seat.request.query.get("page", ""), 1) - 1, last)
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
    totals = await seat.house.record.reading.totals(seat.service.id, [p.id for p in people])
    trends = {line: trends_of(of_one, seat.house.shelf.library) for line, of_one in totals.items()}
    worse = {line for line, found in trends.items() if any(t.worse for t in found)}
    return lambda p: (p.id not in worse, not waiting[p.id], silent(p))


def _listed(person: PersonSeen, whose: str, me: StaffId, waiting: Counter[LineId]) -> bool:
    """Those whose care has ended stand in a list of their own, unless an alert of theirs is open."""
    gone = person.status in words.ENDS
    if whose == "left":
        return gone
    return (not gone or bool(waiting[person.id])) and (whose != "mine" or person.owner == me)


def _number(text: str, otherwise: int) -> int:
    """A small positive number of an address."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 and int(text) else otherwise


async def _rows(seat: Seat, people: list[PersonSeen], waiting: Counter[LineId]) -> list[Row]:
    names = await first_names(seat.house, seat.service.id, people)
    totals = await seat.house.record.reading.totals(seat.service.id, [p.id for p in people])
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


# -- one patient --------------------------------------------------------------------------------------


async def show(seat: Seat) -> web.StreamResponse:
    return await _page(seat)


async def _page(seat: Seat, *, status: int = 200, empty: bool = False) -> web.Response:
    patient = LineId(id_in(seat.request))
    opened = await open_patient(
        seat.house, seat.service.id, patient, seat.looker(), last_messages=LAST_MESSAGES
    )
    if opened is None:
        raise Refused("not_found")
    messages = await _messages(seat, opened)
    colleagues = await seat.colleagues()
    library = seat.house.shelf.library
    alerts = [a for a in opened.seen.alerts if a.state != "resolved"]
    return seat.page(
        "patient",
        status,
        opened=opened,
        messages=messages,
        latest=messages == opened.messages,
        person=opened.seen.person,
        name=opened.name or "No name given",
        curves=curves_of(opened.seen.scores, library, seat.clock),
        alerts=[
            (a, words.concern_in_words(library, a.concern), reason_of(newest(a.evidence), library))
            for a in alerts
        ],
        before=len(opened.seen.alerts) - len(alerts),
        marks=_marks(opened),
        typed=typed_in(messages),
        screen_marks=of_messages(await seat.house.record.marks.of_line(seat.service.id, patient)),
        hold=opened.state.hold,
        colleagues=colleagues,
        empty=empty,
    )


async def _messages(seat: Seat, opened: PatientOpened) -> tuple[Delivered, ...]:
    """The last ones, or those around the one that a link names, as part of the same look."""
    seq = _number(seat.request.query.get("around", ""), 0)
    if not seq or not opened.messages or seq >= opened.messages[0].seq:
        return opened.messages
    after = max(seq - BEFORE - 1, 0)
    return (await more_of(seat.house, seat.service.id, opened, after))[:LAST_MESSAGES]


def _marks(opened: PatientOpened) -> dict[int, list[object]]:
    """Messages that are evidence: seq -> the alerts they belong to."""
    marks: dict[int, list[object]] = {}
    for alert in opened.seen.alerts:
        for piece in alert.evidence:
            if piece.seq is not None and alert.id not in marks.setdefault(piece.seq, []):
                marks[piece.seq].append(alert.id)
    return marks


# -- what the team does -------------------------------------------------------------------------------


async def _act(seat: Seat, heard: PatientInput, said: str) -> web.StreamResponse:
    patient = LineId(id_in(seat.request))
    state = await standing(seat.house, seat.service.id, patient)
    if state is None or state.status not in words.TALKS:
        raise Refused("not_found")
    await acts.act(seat.house, seat.service.id, patient, heard)
    return go(f"/desk/patients/{patient}", said=said)


async def take_over(seat: Seat) -> web.StreamResponse:
    return await _act(seat, TakeOver(_me(seat)), "taken")


async def hand_back(seat: Seat) -> web.StreamResponse:
    return await _act(seat, HandBack(_me(seat)), "handed")


async def write(seat: Seat) -> web.StreamResponse:
    text = seat.fields.get("text", "").strip()
    if not text or len(text) > LONGEST_MESSAGE:
        return await _page(seat, status=422, empty=True)
    return await _act(seat, TeamSaid(_me(seat), text), "written")


def _me(seat: Seat) -> StaffId:
    return seat.member.id
