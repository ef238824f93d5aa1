"""The classifier of intents on public sets of other people's making: what it gets right, and what it knows is not its own."""

from __future__ import annotations

import asyncio
import csv
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.cli.proofs.findings import Bar, Findings, Task, percentile
from bot.core.inputs import Understood
from bot.wiring import reader_kept_in, train_into

FETCH = {
    "clinc": "github.com/clinc/oos-eval (CC BY 3.0): data/data_full.json",
    "banking77": "github.com/PolyAI-LDN/task-specific-datasets (CC BY 4.0): banking_data/train.csv and test.csv",
    "hint3": "github.com/hellohaptik/HINT3 (ODbL 1.0): dataset/v1/train and dataset/v1/test",
}
# Measured beforehand with the same recipe, by somebody else's program.
BEFOREHAND = {"clinc": {"accuracy": 0.960, "auroc": 0.982}, "banking77": {"accuracy": 0.936}}
STRANGE = "NO_NODES_DETECTED"
CLINC_LEAST, CLINC_AUROC_LEAST, BANKING_LEAST = 0.94, 0.95, 0.91

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Sets:
    """``ours``: texts with their intents; ``strange``: texts that belong to none."""

    name: str
    taught: dict[str, tuple[str, ...]]
    ours: Pairs
    strange: list[str]


async def prove_intents(task: Task) -> Findings:
    if task.sets is None:
        return Findings("intents", {"not_run": "give --data FOLDER", "fetch_into_it": FETCH})
    found = list(sets_in(task.sets, quick=task.quick))
    figures: dict[str, Any] = {"fetch": FETCH, "beforehand": BEFOREHAND}
    for n, one in enumerate(found):
        task.tell(one.name, n, len(found))
        figures[one.name] = await asyncio.to_thread(measured, one, task.folder)
    return Findings("intents", figures, [Bar("sets found", len(found), least=1), *_bars(figures)])


def _bars(figures: dict[str, Any]) -> Iterator[Bar]:
    if "clinc" in figures:
        yield Bar("clinc accuracy", figures["clinc"]["accuracy"], least=CLINC_LEAST)
        yield Bar("clinc out of scope, AUROC", figures["clinc"]["auroc"], least=CLINC_AUROC_LEAST)
    if "banking77" in figures:
        yield Bar("banking77 accuracy", figures["banking77"]["accuracy"], least=BANKING_LEAST)


def measured(one: Sets, folder: Path) -> dict[str, Any]:
    file = folder / f"{one.name}.npz"
    began = time.perf_counter()
    train_into("intents", one.taught, file)
    took = time.perf_counter() - began
    read = reader_kept_in(file)
    spent: list[float] = []
    said = [_timed(read, text, spent) for text, _ in one.ours]
    strange = [_timed(read, text, spent) for text in one.strange]
    right = [each.intent == intent for each, (_, intent) in zip(said, one.ours, strict=True)]
    return {
        "intents": len(one.taught),
        "examples": sum(map(len, one.taught.values())),
        "accuracy": round(sum(right) / len(right), 4),
        **_strangers(said, strange),
        "by_pieces_alone": round(sum("minilm" not in s.by for s in said + strange) / len(spent), 3),
        "training_s": round(took, 1),
        "bytes": file.stat().st_size,
        "p50_ms": round(percentile(spent, 0.5) * 1000, 1),
        "p95_ms": round(percentile(spent, 0.95) * 1000, 1),
    }


def _strangers(said: list[Understood], strange: list[Understood]) -> dict[str, float]:
    """Nothing of a set without strangers."""
    if not strange:
        return {}
    return {"auroc": round(auroc([s.confidence for s in said], [s.confidence for s in strange]), 4)}


def _timed(read: Callable[[str], Understood], text: str, spent: list[float]) -> Understood:
    began = time.perf_counter()
    said = read(text)
    spent.append(time.perf_counter() - began)
    return said


def auroc(ours: list[float], strange: list[float]) -> float:
    """The chance that one of ours is given more than a stranger."""
    ranked = sorted([(value, 1) for value in ours] + [(value, 0) for value in strange])
    above, n = 0.0, 0
    below = 0
    while n < len(ranked):
        same = [is_ours for value, is_ours in ranked[n:] if value == ranked[n][0]]
        mine = sum(same)
        above += mine * (below + (len(same) - mine) / 2)
        below += len(same) - mine
        n += len(same)
    return above / (len(ours) * len(strange))


# -- the sets, as their makers publish them --------------------------------------------------------------


def sets_in(folder: Path, *, quick: bool) -> Iterator[Sets]:
    """Wherever in the folder their files lie. ``quick``: the small ones."""
    for train in sorted(folder.rglob("v1/train/*_train.csv")):
        test = train.parents[1] / "test" / train.name.replace("_subset", "").replace("_train", "_test")
        held = list(_rows(test, "sentence", "label"))
        ours = [pair for pair in held if pair[1] != STRANGE]
        strange = [text for text, intent in held if intent == STRANGE]
        yield Sets(
            f"hint3-{train.stem.removesuffix('_train')}",
            _grouped(_rows(train, "sentence", "label")),
            ours,
            strange,
        )
    if quick:
        return
    for train in sorted(folder.rglob("banking_data/train.csv")):
        asked = list(_rows(train.with_name("test.csv"), "text", "category"))
        yield Sets("banking77", _grouped(_rows(train, "text", "category")), asked, [])
    for file in sorted(folder.rglob("data_full.json")):
        held = json.loads(file.read_text(encoding="utf-8"))
        pairs = ((text, intent) for text, intent in held["train"])
        asked = [(text, intent) for text, intent in held["test"]]
        yield Sets("clinc", _grouped(pairs), asked, [text for text, _ in held["oos_test"]])


def _rows(file: Path, text: str, intent: str) -> Iterator[tuple[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield row[text], row[intent]


def _grouped(pairs: Iterator[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for text, intent in pairs:
        found.setdefault(intent, []).append(text)
    return {intent: tuple(texts) for intent, texts in found.items()}
