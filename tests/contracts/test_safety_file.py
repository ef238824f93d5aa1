"""The safety content in a file: kept whole or not at all, read whole or refused."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from bot.adapters.safety_file import _FORM, NAME, SafetyFile, _hash
from bot.core.errors import Misuse, Unavailable
from bot.core.library import Library
from bot.core.library.bundle import Bundle
from bot.core.safety import Context, Tier
from bot.core.service import Service
from bot.core.values import ServiceId

CLINIC = Service(id=ServiceId(UUID(int=1)), slug="clinic", name="The clinic", nation="scotland")


@pytest.fixture(scope="module")
def bundle(library: Library) -> Bundle:
    return Bundle.of(library, [CLINIC])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def kept(folder: Path, bundle: Bundle) -> SafetyFile:
    file = SafetyFile(folder)
    file.keep(bundle)
    return file


def test_what_was_kept_screens_signposts_and_speaks_like_what_is_in_force(
    kept: SafetyFile, library: Library
) -> None:
    found = kept.published()
    assert found is not None
    assert (found.release, found.services) == (library.release, (CLINIC,))
    assert (found.library.safety, found.library.texts) == (library.safety, library.texts)
    assert found.library.screen("i want to die", Context()).tier == Tier.ALERT


def test_it_holds_no_page_no_questionnaire_and_no_example_of_understanding(kept: SafetyFile) -> None:
    found = kept.published()
    assert found is not None
    held = found.library
    examples = (held.understanding, held.second_net, held.posts)
    assert not any((held.modules, held.measures, held.groups, *examples, held.files))


def test_only_its_owner_may_read_it_and_nothing_else_is_left_beside_it(
    kept: SafetyFile, folder: Path
) -> None:
    assert [p.name for p in folder.iterdir()] == [NAME]
    assert stat.S_IMODE((folder / NAME).stat().st_mode) == 0o600


def test_the_same_again_is_not_written_again(kept: SafetyFile, folder: Path, bundle: Bundle) -> None:
    before = (folder / NAME).stat()
    kept.keep(bundle)
    assert (folder / NAME).stat() == before


def test_another_service_is_written(kept: SafetyFile, library: Library) -> None:
    kept.keep(Bundle.of(library))
    found = kept.published()
    assert found is not None
    assert found.services == ()


def test_where_nothing_was_kept_there_is_nothing(folder: Path) -> None:
    assert SafetyFile(folder).published() is None


def test_a_folder_that_takes_no_file_is_said_to_be_away(tmp_path: Path, bundle: Bundle) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="data folder"):
        SafetyFile(tmp_path / "file").keep(bundle)


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "one letter of a number": (lambda b: b.replace(b"116 123", b"116 124"), "is damaged"),
    "its end is missing": (lambda b: b[:-100], "is damaged"),
    "empty": (lambda b: b"", "another version"),
    "an older form": (lambda b: b.replace(b"safety-1", b"safety-0", 1), "another version"),
}


@pytest.mark.parametrize("how", DAMAGES)
def test_what_is_not_whole_is_refused_with_its_name_and_what_to_do_and_then_put_right(
    kept: SafetyFile, folder: Path, bundle: Bundle, how: str
) -> None:
    damage, said = DAMAGES[how]
    path = folder / NAME
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(Misuse) as refused:
        kept.published()
    assert f"{path} " in str(refused.value)
    assert said in str(refused.value)
    assert "Start once with the record and the content well, which writes it anew" in str(refused.value)
    kept.keep(bundle)
    assert kept.published() == bundle


def test_content_of_another_shape_is_refused(kept: SafetyFile, folder: Path, bundle: Bundle) -> None:
    """Whole, but with a part that this version does not know, or without one that it needs."""
    text = bundle.model_dump_json().replace('"red_flags":', '"flags":').encode()
    (folder / NAME).write_bytes(_FORM + b" " + _hash(text) + b"\n" + text)
    with pytest.raises(Misuse, match="holds content that this version cannot read"):
        kept.published()


def test_what_the_package_brings_is_the_shipped_content(folder: Path, library: Library) -> None:
    packaged = SafetyFile(folder).packaged()
    assert packaged.library == Bundle.of(library).library, (
        "run `bounceback models --safety-only`: the safety content or the sentences changed"
    )
    assert packaged.services == ()
