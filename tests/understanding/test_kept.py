"""What a training learned is read back by the next start, and only by one with the same examples."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from clinic import PATIENCE
from msgspec.structs import replace
from said import library, predict, unseen

from bot.adapters.understanding_local import NAME, LocalUnderstanding
from bot.core.library import Library

TEXTS = [text for _, text in unseen()][:60]


def library_with(examples: dict[str, tuple[str, ...]]) -> Library:
    return library().model_copy(update={"understanding": examples, "second_net": {}})


TEA = library_with({"tea": ("cup of tea", "brew"), "bread": ("slice of bread", "loaf")})
DRINK = library_with({"drink": ("cup of tea", "brew"), "food": ("slice of bread", "loaf")})


async def said(data: Path, of: Library, text: str) -> str | None:
    local = LocalUnderstanding(data, patience=PATIENCE)
    await local.prepare(of)
    understood = (await local.interpret(of, text)).understood
    return understood.intent if understood else None


async def test_the_shipped_content_is_never_learned(tmp_path: Path) -> None:
    local = LocalUnderstanding(tmp_path, patience=PATIENCE)
    await local.prepare(library())
    told = [(await local.interpret(library(), text)).understood for text in TEXTS]
    assert [replace(heard, found=()) for heard in told if heard] == [predict(text) for text in TEXTS]
    assert list(tmp_path.iterdir()) == [], "it was learned"


@pytest.fixture(scope="module")
async def learned(tmp_path_factory: pytest.TempPathFactory) -> tuple[LocalUnderstanding, Path]:
    """TEA, and the file that it is kept in: learning takes seconds."""
    data = tmp_path_factory.mktemp("learned")
    local = LocalUnderstanding(data, patience=PATIENCE)
    await local.prepare(TEA)
    return local, data / NAME


@pytest.fixture
def kept(learned: tuple[LocalUnderstanding, Path], tmp_path: Path) -> Path:
    """The same in a data folder of the test's own."""
    return Path(shutil.copy(learned[1], tmp_path))


async def test_what_was_kept_says_exactly_what_was_learned(
    learned: tuple[LocalUnderstanding, Path], kept: Path
) -> None:
    first, before = learned[0], kept.stat()
    again = LocalUnderstanding(kept.parent, patience=PATIENCE)
    await again.prepare(TEA)
    for text in ("tea", "a slice", "brew me one", "nothing of the kind"):
        assert await again.interpret(TEA, text) == await first.interpret(TEA, text)
    assert kept.stat().st_ino == before.st_ino, "it was learned again"


async def test_other_examples_are_learned_and_kept_instead(kept: Path) -> None:
    whole = kept.read_bytes()
    assert await said(kept.parent, TEA, "tea") == "tea"
    assert await said(kept.parent, DRINK, "tea") == "drink"
    assert kept.read_bytes() != whole


def cut_off(held: bytes) -> bytes:
    return held[: len(held) // 2]


def emptied(_: bytes) -> bytes:
    return b""


def bent(held: bytes) -> bytes:
    middle = len(held) // 2
    return held[:middle] + bytes([held[middle] ^ 0xFF]) + held[middle + 1 :]


@pytest.mark.parametrize("harm", [cut_off, emptied, bent])
async def test_a_torn_file_is_learned_and_kept_anew(kept: Path, harm: Callable[[bytes], bytes]) -> None:
    whole = kept.read_bytes()
    kept.write_bytes(harm(whole))
    assert await said(kept.parent, TEA, "tea") == "tea"
    assert kept.read_bytes() != harm(whole)
    assert await said(kept.parent, TEA, "brew") == "tea"
    assert whole


async def test_a_data_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert await said(tmp_path / "nowhere", TEA, "tea") == "tea"
    assert not (tmp_path / "nowhere").exists()
