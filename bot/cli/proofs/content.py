"""The checker reads whatever it is given: thousands of hostile files, each in a folder of otherwise good content."""

from __future__ import annotations

import re
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.authoring import CONTENT_SHIPPED, look
from bot.cli.proofs.findings import Bar, Findings, Task, percentile
from bot.cli.proofs.hostile import PAGE, PICTURE, Hostile, hostile
from bot.core.library import Problem

INPUTS, QUICK_INPUTS = 3_000, 220
SLOWEST_S = 8.0
_ROOMS = ("groups", "measures", "policy", "texts")
_LINE = re.compile(rb"\r\n|\r|\n")


async def prove_content(task: Task, *, inputs: int | None = None) -> Findings:
    tried = inputs or (QUICK_INPUTS if task.quick else INPUTS)
    ground = Ground.lay(task.folder / "content")
    tally = Tally()
    for number in range(tried):
        if number % 20 == 0:
            task.tell("hostile files", number, tried)
        tally.add(number, ground)
    return tally.findings(tried)


@dataclass(frozen=True)
class Ground:
    """A folder in which one file after another is spoilt and put right again. ``shipped``: its good files."""

    folder: Path
    shipped: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def lay(cls, folder: Path) -> Ground:
        """Without the safety rules and what people say: they would take nine tenths of the time."""
        for room in _ROOMS:
            shutil.copytree(CONTENT_SHIPPED / room, folder / room)
        (folder / PICTURE).parent.mkdir(parents=True)
        pages = [*CONTENT_SHIPPED.glob("modules/**/*.md")]
        good = {p.relative_to(CONTENT_SHIPPED).as_posix(): p.read_bytes() for p in pages}
        for path in (path for room in _ROOMS for path in (folder / room).iterdir()):
            good[path.relative_to(folder).as_posix()] = path.read_bytes()
        return cls(folder, good)

    def problems_with(self, spoilt: Hostile) -> tuple[Problem, ...]:
        path = self.folder / spoilt.name
        path.write_bytes(spoilt.held)
        if spoilt.name == PICTURE:
            (self.folder / PAGE).write_text(
                "## Welcome\n\n![A picture](media/picture.svg)\n", encoding="utf-8"
            )
        try:
            return look(self.folder).problems
        finally:
            path.unlink()
            (self.folder / PAGE).unlink(missing_ok=True)
            if spoilt.name in self.shipped:
                path.write_bytes(self.shipped[spoilt.name])


def misplaced(problems: tuple[Problem, ...], spoilt: Hostile) -> Iterator[Problem]:
    """Those of this file that point outside it, or leave an editor without a hint."""
    lines = [len(line) for line in _LINE.split(spoilt.held)]
    for problem in problems:
        inside = 1 <= problem.line <= len(lines) and 1 <= problem.column <= lines[problem.line - 1] + 1
        if not problem.hint or (problem.file == spoilt.name and not inside):
            yield problem


@dataclass
class Tally:
    crashes: Counter[str] = field(default_factory=Counter)
    astray: Counter[str] = field(default_factory=Counter)
    families: Counter[str] = field(default_factory=Counter)
    took_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, number: int, ground: Ground) -> None:
        spoilt = hostile(number, ground.shipped)
        began = time.process_time()
        try:
            problems = ground.problems_with(spoilt)
        except Exception as error:  # what an experiment looks for
            self.crashes[f"{spoilt.kind}: {type(error).__name__} ({number})"] += 1
            return
        self.took_s[spoilt.kind].append(time.process_time() - began)
        self.families.update(problem.code[:2] for problem in problems)
        self.astray.update(f"{spoilt.kind}: {p.code} ({number})" for p in misplaced(problems, spoilt))

    def findings(self, tried: int) -> Findings:
        every = [seconds for kind in self.took_s.values() for seconds in kind]
        slowest = {kind: round(max(seconds) * 1000) for kind, seconds in self.took_s.items()}
        worst = max(slowest, key=lambda kind: slowest[kind], default="")
        figures = {
            "inputs": tried,
            "crashes": dict(self.crashes),
            "misplaced": dict(self.astray),
            "middle_ms": round(percentile(every, 0.5) * 1000),
            "slowest_ms": slowest.get(worst, 0),
            "slowest_kind": worst,
            "slowest_ms_by_kind": slowest,
            "problems_by_family": dict(sorted(self.families.items())),
        }
        bars = [
            Bar("crashes", self.crashes.total(), most=0),
            Bar("problems that point outside the file or have no hint", self.astray.total(), most=0),
            Bar("seconds of processor of the slowest", max(every, default=0.0), most=SLOWEST_S),
        ]
        return Findings("content", figures, bars)
