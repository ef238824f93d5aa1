"""The proof on public sets: what it reads, how it counts, and what it says without them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.proofs.findings import Task
from bot.cli.proofs.intents import FETCH, auroc, prove_intents, sets_in


def task(folder: Path, sets: Path | None) -> Task:
    return Task(folder, True, lambda what, done, of: None, sets)


async def test_without_the_sets_it_says_what_to_fetch(tmp_path: Path) -> None:
    found = await prove_intents(task(tmp_path, None))
    assert (found.short, found.figures["fetch_into_it"]) == ([], FETCH)


async def test_a_folder_without_them_falls_short(tmp_path: Path) -> None:
    assert [bar.name for bar in (await prove_intents(task(tmp_path, tmp_path))).short] == ["sets found"]


def test_a_set_is_read_as_its_makers_publish_it(tmp_path: Path) -> None:
    for part in ("train", "test"):
        (tmp_path / "v1" / part).mkdir(parents=True)
        rows = "sentence,label\na cup,TEA\na loaf,BREAD\n" + ("zzz,NO_NODES_DETECTED\n" * (part == "test"))
        (tmp_path / "v1" / part / f"shop_{part}.csv").write_text(rows)
    [one] = sets_in(tmp_path, quick=True)
    assert (one.name, one.taught) == ("hint3-shop", {"TEA": ("a cup",), "BREAD": ("a loaf",)})
    assert (one.ours, one.strange) == ([("a cup", "TEA"), ("a loaf", "BREAD")], ["zzz"])


@pytest.mark.parametrize(
    ("ours", "strange", "found"),
    [([0.9, 0.8], [0.1], 1.0), ([0.1], [0.9], 0.0), ([0.5], [0.5], 0.5), ([0.9, 0.2], [0.5, 0.1], 0.75)],
)
def test_it_counts_how_often_ours_are_above(ours: list[float], strange: list[float], found: float) -> None:
    assert auroc(ours, strange) == found
