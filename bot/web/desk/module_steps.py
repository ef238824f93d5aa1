"""Where people stop in modules, and what helped: numbers for those who write the content, nobody's words or name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from bot.core.library import Library, Module
from bot.ports import ModuleWalked, StepReached
from bot.web.desk.seat import Seat

FEWEST = 5  # people: with fewer, somebody could be picked out
STILL_DAYS = 7
PERIODS = {"30": "30 days", "90": "90 days", "all": "All"}
USUAL = "90"


@dataclass(frozen=True)
class Piece:
    """A piece of a bar: where it begins and how wide it is, in hundredths of the picture."""

    look: str
    x: float
    width: float


@dataclass(frozen=True)
class StepBar:
    """``gone``: the release in force has no such step, so it is named by its id."""

    name: str
    gone: bool
    reached: int
    stopped: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Ratings:
    sentence: str
    said: tuple[tuple[str, str, int], ...]  # what, how it is drawn, how many
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class ModuleShown:
    key: str
    title: str
    sentence: str
    steps: tuple[StepBar, ...]
    ratings: Ratings | None


async def show(seat: Seat) -> web.StreamResponse:
    asked = seat.request.query.get("days", USUAL)
    days = asked if asked in PERIODS else USUAL
    now, library = seat.house.clock.now(), seat.house.shelf.library
    since = None if days == "all" else now - timedelta(days=int(days))
    walks = await seat.house.record.paths.walked(
        seat.service.id, since=since, still=now - timedelta(days=STILL_DAYS)
    )
    enough = [m for m in walks.modules if m.people >= FEWEST]
    told = {m.module for m in enough}
    few = sorted(
        {*(key for key, m in library.modules.items() if not m.quick), *(m.module for m in walks.modules)}
        - told
    )
    return seat.page(
        "module_steps",
        periods=PERIODS,
        days=days,
        made_up=walks.made_up and bool(walks.modules),
        modules=sorted((shown(m, library) for m in enough), key=lambda m: m.title),
        few=sorted(_title(key, library) for key in few),
        fewest=FEWEST,
        still_days=STILL_DAYS,
    )


def shown(walked: ModuleWalked, library: Library) -> ModuleShown:
    module = library.modules.get(walked.module)
    steps = steps_of(walked, module)
    return ModuleShown(
        key=walked.module.replace("/", "-").replace(".", "-"),
        title=_title(walked.module, library),
        sentence=sentence_of(walked, steps, _followed_up(walked, module)),
        steps=steps,
        ratings=_ratings(walked),
    )


def _title(key: str, library: Library) -> str:
    module = library.modules.get(key)
    if module is None:
        return key
    return module.title if module.language == "en" else f"{module.title} ({module.language})"


def steps_of(walked: ModuleWalked, module: Module | None) -> tuple[StepBar, ...]:
    """In the module's own order, those that nobody reached as well; behind them what is no longer in it."""
    found = {s.step: s for s in walked.steps}
    known = [(s.title, found.pop(s.id, StepReached(s.id, 0, 0, 0))) for s in module.steps] if module else []
    bars = [_bar(title, step, walked.runs) for title, step in known]
    return (*bars, *(_bar(step.step, step, walked.runs, gone=True) for step in found.values()))


def _bar(name: str, step: StepReached, runs: int, *, gone: bool = False) -> StepBar:
    parts = (("solid", step.reached - step.stopped), ("pale", step.stopped))
    return StepBar(name, gone, step.reached, step.stopped, pieces_of(parts, runs))


def pieces_of(parts: Sequence[tuple[str, int]], whole: int) -> tuple[Piece, ...]:
    """Side by side from the left; a part of nothing is not drawn."""
    pieces, x = [], 0.0
    for look, number in parts:
        width = 100 * number / whole if whole else 0.0
        if width:
            pieces.append(Piece(look, round(x, 2), round(width, 2)))
        x += width
    return tuple(pieces)


def _followed_up(walked: ModuleWalked, module: Module | None) -> int:
    """How often it was begun in the middle, which is where its later messages lead."""
    known = {s.id for s in module.steps[1:]} if module else set()
    return sum(s.began for s in walked.steps if s.step in known)


def sentence_of(walked: ModuleWalked, steps: Sequence[StepBar], followed_up: int = 0) -> str:
    """``Of 120 people who began, 80 finished. Most stopped at “Breathe with me” (14).``"""
    later = f" ({followed_up} of them from a later message)" if followed_up else ""
    if walked.runs == walked.people:
        said = [f"Of {walked.people} people who began{later}, {walked.finished} finished."]
    else:
        times = f"Begun {walked.runs} times{later} by {walked.people} people"
        said = [f"{times}, and finished {walked.finished} times."]
    stopped = sum(s.stopped for s in steps)
    if stopped:
        most = max(steps, key=lambda s: s.stopped)
        said.append(f"Most stopped at “{most.name}” ({most.stopped}).")
    else:
        said.append("Nobody stopped on the way.")
    if on_the_way := walked.runs - walked.finished - stopped:
        said.append(f"{on_the_way} {'is' if on_the_way == 1 else 'are'} still on the way.")
    return " ".join(said)


def _ratings(walked: ModuleWalked) -> Ratings | None:
    """None where nobody has said anything yet."""
    said = (
        ("Yes", "solid", walked.yes),
        ("A little", "pale", walked.little),
        ("No", "empty", walked.no),
    )
    whole = sum(number for _, _, number in said)
    if not whole:
        return None
    times = "Of 1 answer" if whole == 1 else f"Of {whole} answers"
    sentence = f"{times}, {walked.yes} said yes, {walked.little} a little and {walked.no} no."
    return Ratings(sentence, said, pieces_of([(look, number) for _, look, number in said], whole))
