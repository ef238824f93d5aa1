"""Who hears of an alert, when and why, for a team lead to read. `make golden` rewrites them; the diff is the review.

Each file is its own script, in virtual time. What somebody does or sets stands at the start of a line:

    now: 2026-04-02 16:40            where the story begins, on the service's clock
    service: cover                   or no cover: whether somebody answers at any hour
    staff: Anna therapist, Dev duty  the whole team
    owner: Anna                      who answers for the patient
    leave: Anna 2026-04-02 2026-04-10 Bea     first and last day, who covers (or nobody)
    shift: Nia 2026-04-02T17:00 2026-04-03T09:00
    patient: words that are typed    or button: the label of a button
    time: 15 minutes                 passes, or until: 2026-04-07 09:30; whatever falls due meanwhile happens when it does
    colleague: Bea acknowledges      or snoozes 2 hours, hands over to Dev, resolves, takes over, writes WORDS, hands back

All other lines are what came of it, and are written by the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.message import Message
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from clinic import Clinic, Patient, text_of

from bot.core import facts as f
from bot.core.inputs import HandBack, TakeOver, TeamSaid
from bot.core.service import Service
from bot.core.values import ServiceId, StaffId
from bot.ports import StaffMember
from bot.usecases import alerts, rota
from bot.usecases.services import add_service

FOLDER = Path(__file__).parent / "ladder"
LONDON = ZoneInfo("Europe/London")
DOINGS = (
    *("now", "service", "staff", "owner", "leave", "shift"),
    *("patient", "button", "time", "until", "colleague"),
)
HOURLY = timedelta(hours=1)
LEVELS = {"now": "needs somebody now", "soon": "needs somebody within one working day"}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda p: p.stem)
async def test_ladder(path: Path, clinic: Clinic, request: pytest.FixtureRequest) -> None:
    before = path.read_text()
    lines = await Story(clinic).told(before)
    after = "\n".join(lines) + "\n"
    if request.config.getoption("--rewrite-golden"):
        path.write_text(after)
    assert after == path.read_text(), (
        f"{path.name} says something else now: run `make golden` and read the diff"
    )


@dataclass
class Happened:
    """What came of one moment. ``kind``: alike moments in a row are told once."""

    at: datetime
    lines: list[str]
    kind: tuple[str, ...]


@dataclass
class Story:
    clinic: Clinic
    staff: dict[str, StaffMember] = field(default_factory=dict)
    patient: Patient | None = None
    facts: int = 0
    shown: int = 0
    letters: dict[str, int] = field(default_factory=dict)
    acted: str = ""

    async def told(self, script: str) -> list[str]:
        lines: list[str] = []
        for text in script.splitlines():
            kind, colon, what = text.partition(": ")
            if text.startswith("# "):
                lines.append(text)
            elif colon and kind in DOINGS:
                if kind not in ("service", "staff", "owner", "leave", "shift"):
                    lines.append("")
                lines.append(text)
                lines += [line async for line in self._came_of(kind, what)]
        return lines

    async def _came_of(self, kind: str, what: str):  # type: ignore[no-untyped-def]
        match kind:
            case "now":
                self.clinic.clock.set(_moment(what))
            case "service":
                await self._service(cover=what == "cover")
            case "staff":
                await self._team(what)
            case "owner":
                self.clinic.therapist = self.staff[what]
                self.patient = await self.clinic.join("copd")
                await self._happened()
            case "leave":
                who, first, last, cover = what.split()
                days = date.fromisoformat(first), date.fromisoformat(last)
                of = self.clinic.service, self.staff[who].id, *days
                stands_in = self.staff[cover].id if cover != "nobody" else None
                assert await rota.go_on_leave(self.clinic.house, *of, stands_in) is None
            case "shift":
                who, begins, ends = what.split()
                times = datetime.fromisoformat(begins), datetime.fromisoformat(ends)
                service = self.clinic.service
                assert await rota.put_on_call(self.clinic.house, service, self.staff[who].id, *times) is None
            case "time" | "until":
                async for line in self._passes(kind, what):
                    yield line
            case _:
                await self._do(kind, what)
                await self.clinic.settle()
                for line in (await self._happened()).lines:
                    yield line

    async def _service(self, *, cover: bool) -> None:
        clinic, old = self.clinic, self.clinic.service
        settings = Service(
            id=ServiceId(clinic.house.ids.new()),
            slug=f"l{old.slug}",
            name="Valley Clinic",
            nation="england",
            out_of_hours_cover=cover,
        )
        clinic.service = await add_service(clinic.house, settings)

    async def _team(self, what: str) -> None:
        service = self.clinic.service
        for each in what.split(", "):
            name, *roles = each.split()
            member = StaffMember(
                service.id,
                StaffId(self.clinic.house.ids.new()),
                f"{name.lower()}@{service.slug}.example",
                name,
                frozenset(roles),
                None,
            )
            await self.clinic.house.record.staff.add(member)
            self.staff[name] = member

    async def _do(self, kind: str, what: str) -> None:
        assert self.patient is not None, "a script names the owner before the patient says anything"
        if kind == "patient":
            await self.patient.says(what)
        elif kind == "button":
            await self.patient.chooses(what)
        else:
            who, _, act = what.partition(" ")
            self.acted = who
            await self._act(self.staff[who].id, act)

    async def _act(self, me: StaffId, act: str) -> None:
        house, service = self.clinic.house, self.clinic.service.id
        assert self.patient is not None
        open_ones = await self.clinic.alerts()
        match act.split():
            case ["acknowledges"]:
                await alerts.acknowledge(house, service, open_ones[0].id, me)
            case ["snoozes", hours, "hours"]:
                until = self.clinic.clock.now() + timedelta(hours=int(hours))
                await alerts.snooze(house, service, open_ones[0].id, me, until, "contact_agreed")
            case ["hands", "over", "to", who]:
                await alerts.hand_over(house, service, open_ones[0].id, me, self.staff[who].id)
            case ["resolves"]:
                await alerts.resolve(house, service, open_ones[0].id, me, "contacted")
            case ["takes", "over"]:
                await alerts.act(house, service, self.patient.id, TakeOver(me))
            case ["hands", "back"]:
                await alerts.act(house, service, self.patient.id, HandBack(me))
            case ["writes", *words]:
                await alerts.act(house, service, self.patient.id, TeamSaid(me, " ".join(words)))
            case _:
                raise AssertionError(f"nobody can do this: {act}")

    # -- time ------------------------------------------------------------------------------------------

    async def _passes(self, kind: str, what: str):  # type: ignore[no-untyped-def]
        """From one thing that falls due to the next; alike ones in a row are told once, with the last and how many."""
        clock = self.clinic.clock
        if kind == "until":
            end = _moment(what)
        else:
            number, unit = what.split()
            end = clock.now() + timedelta(**{unit: float(number)})
        alike: list[Happened] = []
        while clock.now() < end:
            clock.set(min(await self._next_due(), end))
            await self.clinic.work()
            happened = await self._happened()
            if not happened.lines:
                continue
            if alike and alike[0].kind == happened.kind:
                alike.append(happened)
                continue
            for line in _once(alike):
                yield line
            alike = [happened]
        for line in _once(alike):
            yield line

    async def _next_due(self) -> datetime:
        assert self.patient is not None
        now = self.clinic.clock.now()
        service = self.clinic.house.shelf.service(self.clinic.service.id)
        due = [t.due_at for t in (await self.patient.state()).timers.values() if t.due_at > now]
        shut_at = service.closes_after(now) if service.reading_now(now) else now
        return min([*due, service.next_reading(shut_at)])

    # -- what came of it -------------------------------------------------------------------------------

    async def _happened(self) -> Happened:
        assert self.patient is not None
        now = self.clinic.clock.now()
        every = await self.patient.facts()
        new, self.facts = every[self.facts :], len(every)
        facts = [line for fact in new for line in self._said(fact)]
        letters = list(self._new_letters())
        told = [f"to {name}, by e-mail: {text}" for name, text in letters]
        reads = [
            f'the patient is told: "{m.shown.text}"'
            for m in await self._seen()
            if m.sender == "bot" and " read this " in f"{m.shown.text} "
        ]
        lines = [f"  {_clock(now)}  {line}" for line in (*reads, *facts, *told)]
        names = {type(fact).__name__ for fact in new}
        # Told again at another pace is not the same again; an opening that comes first shortens the wait.
        names |= {"at a slower pace" for fact in new if _slows(fact, now)}
        return Happened(now, lines, (*sorted(names), *(f"{who}{text}" for who, text in letters)))

    async def _seen(self):  # type: ignore[no-untyped-def]
        assert self.patient is not None
        before = self.shown
        await self.patient.catches_up()
        self.shown = len(self.patient.seen)
        return self.patient.seen[before:]

    def _new_letters(self) -> Iterator[tuple[str, str]]:
        for name, member in self.staff.items():
            letters = self.clinic.letters(member)
            for letter in letters[self.letters.get(name, 0) :]:
                yield name, _letter(letter)
            self.letters[name] = len(letters)

    def _said(self, fact: f.Fact) -> Iterator[str]:
        match fact:
            case f.AlertRaised():
                yield f"an alert is raised ({fact.concern}): it {LEVELS[fact.level]}{_next(fact.due_at)}"
            case f.EvidenceAdded(tell=True):
                yield f"more is added, and people are told anew{_next(fact.due_at)}"
            case f.EvidenceAdded():
                yield "more is added to the alert; nobody is told again"
            case f.AlertEscalated(rung=0):
                yield f"the service opens and nobody has acknowledged it: it begins anew{_next(fact.due_at)}"
            case f.AlertEscalated():
                yield f"nobody has acknowledged it: step {fact.rung + 1}{_next(fact.due_at)}"
            case f.AlertPostponed():
                yield f"a colleague is in the chat: the next people wait until {_at(fact.due_at)}"
            case f.AlertAcknowledged():
                yield f"{self.acted} answers for it; nobody else is told"
            case f.AlertSnoozed():
                yield f"{self.acted} has put it off until {_at(fact.until)}"
            case f.AlertHandedOver():
                yield f"{self.acted} has handed it over{_next(fact.due_at)}"
            case f.AlertReopened():
                why = {
                    "left": "nobody has come back to it",
                    "snoozed_long_enough": "it was put off until now",
                    "patient_wrote": "the patient has written",
                }
                yield f"{why[fact.why]}: the alert is open again{_next(fact.due_at)}"
            case f.AlertResolved():
                yield f"{self.acted} has resolved it"


def _slows(fact: f.Fact, now: datetime) -> bool:
    return isinstance(fact, f.AlertEscalated) and fact.due_at is not None and fact.due_at - now > HOURLY


def _once(alike: list[Happened]) -> Iterator[str]:
    """The first of them as it was, then when the last one was and how many they are."""
    if not alike:
        return
    yield from alike[0].lines
    if more := len(alike) - 1:
        times = "once more" if more == 1 else f"{more} times more, the last time"
        yield f"                 the same again {times} {_at(alike[-1].at)}"


def _letter(letter: Message) -> str:
    what, _, why, *_ = text_of(letter).replace("\r\n", "\n").split("\n\n")
    return f"{what.removeprefix('There is an alert in Valley Clinic that ')} {why}"


def _next(due: datetime | None) -> str:
    return f". Unless somebody acknowledges it, the next people hear {_at(due)}" if due else ""


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(ZoneInfo("UTC"))


def _clock(at: datetime) -> str:
    return f"{at.astimezone(LONDON):%a %d %b %H:%M}"


def _at(at: datetime | None) -> str:
    return _clock(at) if at else "never"
