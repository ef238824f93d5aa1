"""The library of an unchanged folder is found again; anything else is built anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from few_pages import BREATHLESSNESS, few_pages

from bot.adapters.content_files import read_library, read_or_kept
from bot.adapters.content_files.kept import NAME
from bot.core.library import Library
from bot.core.library.build import Built


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return few_pages(tmp_path / "content", BREATHLESSNESS)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    made = tmp_path / "var"
    made.mkdir()
    return made


def was_parsed(built: Built) -> bool:
    """What is kept tells no warnings, and shipped content, which nobody has signed, has some."""
    return built.library is None or bool(built.problems)


def some_page(folder: Path) -> Path:
    return next(iter(sorted(folder.glob("modules/copd/*.md"))))


def test_an_unchanged_folder_is_not_parsed_again_and_gives_the_same_release(folder: Path, data: Path) -> None:
    first, second = read_or_kept(folder, data), read_or_kept(folder, data)
    assert (was_parsed(first), was_parsed(second)) == (True, False)
    assert first.library is not None
    assert second.library == first.library
    assert second.library.release == first.library.release == released(read_library(folder))


def released(built: Built) -> str:
    assert isinstance(built.library, Library)
    return built.library.release


def with_a_word_more(folder: Path) -> None:
    page = some_page(folder)
    page.write_text(page.read_text() + "\n\nOne more word.\n")


def with_another_file(folder: Path) -> None:
    page = some_page(folder)
    page.with_name("another-one.en.md").write_text(page.read_text())


def without_a_page(folder: Path) -> None:
    some_page(folder).unlink()


def with_a_broken_page(folder: Path) -> None:
    some_page(folder).write_bytes(b"\xff\xfe")


@pytest.mark.parametrize("edit", [with_a_word_more, with_another_file, without_a_page, with_a_broken_page])
def test_a_changed_folder_is_parsed(folder: Path, data: Path, edit: Callable[[Path], None]) -> None:
    read_or_kept(folder, data)
    edit(folder)
    assert read_or_kept(folder, data) == read_library(folder)


def test_a_page_that_became_a_link_out_of_the_folder_is_refused(
    folder: Path, data: Path, tmp_path: Path
) -> None:
    read_or_kept(folder, data)
    page, outside = some_page(folder), tmp_path / "outside.md"
    page.rename(outside)
    page.symlink_to(outside)
    assert read_or_kept(folder, data).library is None


def test_a_folder_that_does_not_build_is_not_kept(folder: Path, data: Path) -> None:
    with_a_broken_page(folder)
    assert read_or_kept(folder, data).library is None
    assert not (data / NAME).exists()


def cut_off(held: bytes) -> bytes:
    return held[: len(held) // 2]


def emptied(_: bytes) -> bytes:
    return b""


def reworded(held: bytes) -> bytes:
    return held.replace(b"breath", b"wreath")


@pytest.mark.parametrize("harm", [cut_off, emptied, reworded])
def test_a_file_that_is_not_what_was_kept_is_built_anew(
    folder: Path, data: Path, harm: Callable[[bytes], bytes]
) -> None:
    whole = released(read_or_kept(folder, data))
    kept = data / NAME
    kept.write_bytes(harm(kept.read_bytes()))
    again = read_or_kept(folder, data)
    assert (was_parsed(again), released(again)) == (True, whole)
    assert not was_parsed(read_or_kept(folder, data))


def test_a_data_folder_that_is_not_there_is_not_made(folder: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    released(read_or_kept(folder, nowhere))
    assert not nowhere.exists()
