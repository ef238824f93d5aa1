"""What texts mean, as a small file: it fits the shipped content, and of other content what is missing is worked out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.core.library import Library
from bot.understanding import Page, Passage, Search, searching
from bot.understanding.encoder import encoder
from bot.understanding.passages import NARROW, Passages
from bot.understanding.searching import SHIPPED, build, meant, search_over, work_out

TEXTS = ("the stairs frighten me", "flying with oxygen", "which tablets when")
PAGES = tuple(Page(text[:3], text, (), (Passage("one", "", text),)) for text in TEXTS)
MOST_BYTES = 1_200_000


@pytest.fixture(scope="module")
def passages() -> Passages:
    reads = encoder()
    assert reads is not None
    return Passages.of(TEXTS, reads.meanings(TEXTS))


def meaning(text: str) -> np.ndarray:
    reads = encoder()
    assert reads is not None
    return reads.meanings([text])[0]


def test_the_shipped_file_fits_the_shipped_content(library: Library) -> None:
    """Where it does not, `make models` writes it anew."""
    shipped, search = Passages.read(SHIPPED), search_over(library)
    assert shipped is not None
    assert not shipped.missing(search.texts)
    assert len(shipped) == len(set(search.texts))
    assert SHIPPED.stat().st_size <= MOST_BYTES


def test_a_question_without_one_of_its_words_finds_a_page(passages: Passages) -> None:
    search = Search(PAGES)
    asked = "scared of climbing steps"
    assert search.find(asked, meaning(asked)) == ()
    search.know(passages)
    assert search.find(asked, meaning(asked))[0].page == "the"
    assert search.find(asked) == ()


def test_a_score_stays_a_share(passages: Passages) -> None:
    search = Search(PAGES)
    search.know(passages)
    for text in (*TEXTS, "football", "stairs " * 500):
        assert all(0 < found.score <= 1 for found in search.find(text, meaning(text)))


def test_nothing_asked_finds_nothing(passages: Passages) -> None:
    search = Search(PAGES)
    search.know(passages)
    assert search.find("?!", meaning("?!")) == ()


def test_vectors_are_along_the_same_directions_after_a_while_in_a_file(
    passages: Passages, tmp_path: Path
) -> None:
    with (tmp_path / "kept").open("wb") as file:
        passages.write(file)
    kept = Passages.read(tmp_path / "kept")
    assert kept is not None
    assert np.array_equal(kept.held(TEXTS), passages.held(TEXTS))
    assert kept.held(TEXTS).shape == (3, NARROW)


@pytest.mark.parametrize("bytes_", [b"", b"PK torn", b"PK\x03\x04" + b"0" * 99])
def test_a_torn_file_is_as_none(tmp_path: Path, bytes_: bytes) -> None:
    (tmp_path / "kept").write_bytes(bytes_)
    assert Passages.read(tmp_path / "kept") is None
    assert Passages.read(tmp_path / "not there") is None


def test_what_lies_along_other_directions_is_left_alone(passages: Passages) -> None:
    other = Passages.of(TEXTS[:2], np.eye(2, 384, dtype=np.float32))
    assert other.joined(passages).missing(TEXTS) == [TEXTS[2]]


def test_of_other_content_only_what_is_missing_is_worked_out_and_kept(
    library: Library, tmp_path: Path
) -> None:
    reads = encoder()
    assert reads is not None
    module = library.modules["answers/copd/flying"]
    changed = module.model_copy(update={"asked": (*module.asked, "a jaunt by zeppelin over the sea")})
    other = library.model_copy(update={"modules": {**library.modules, module.id: changed}})
    search = search_over(other)
    assert not meant(search, tmp_path)
    work_out(search, reads, tmp_path)
    kept = Passages.read(tmp_path / searching.NAME)
    assert kept is not None and len(kept) == 1
    assert meant(search_over(other), tmp_path)
    asked = "sea jaunt in an airship"
    assert search.find(asked, meaning(asked))[0].page == "answers/copd/flying"


def test_a_file_can_be_built_for_a_library(library: Library, tmp_path: Path) -> None:
    few = library.model_copy(update={"modules": dict(list(library.modules.items())[:1])})
    built = Passages.read(build(few, encoder(), tmp_path / "search.npz"))
    assert built is not None
    assert not built.missing(search_over(few).texts)
