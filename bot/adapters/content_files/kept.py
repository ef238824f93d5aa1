"""The last built library of a folder, kept in the data folder, so that a start need not read every page again.

The first line says what it was built from and which release it is, the rest is the very text that the release's hash
is taken over. Whatever does not fit is built anew; losing the file costs a second.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from pydantic import ValidationError

from bot.adapters.content_files.files import Folder
from bot.core.library import Library
from bot.core.library.book import file_hash
from bot.core.library.build import Built
from bot.core.library.limits import MEDIA_BYTES
from bot.whole import written_whole

NAME = "library.kept"
_CODE = Path(__file__).resolve().parents[2]
_READERS = ("core", "adapters/content_files")
_LIBRARIES = ("lark", "markdown-it-py", "pydantic", "pyphen", "python-dateutil", "pyyaml")


def read_or_kept(folder: Path, data: Path, packs: Path | None = None) -> Built:
    """As ``read_library``; from what is kept in ``data`` the warnings are not told again.

    Whether a folder builds hangs on no date, only its warnings do; so an unchanged folder is one library for ever.
    """
    mark = folder_mark(folder, packs)
    library = _kept(data / NAME, mark)
    bodies = _bodies(folder, library) if library is not None else None
    if bodies is not None:
        return Built(library, (), bodies)
    from bot.adapters.content_files.folder import (
        read_library,
    )  # its parsers, which an unchanged folder does not need

    built = read_library(folder, packs=packs)
    if built.library is not None and mark == folder_mark(
        folder, packs
    ):  # it may have changed while it was read
        _keep(data / NAME, mark, built.library)
    return built


def _kept(path: Path, mark: str) -> Library | None:
    """None where nothing is kept, or not of this, or where it is not what was kept."""
    try:
        first, _, text = path.read_bytes().partition(b"\n")
        if mark and first.split() == [mark.encode(), hashlib.sha256(text).hexdigest().encode()]:
            return Library.as_kept(text)
    except (OSError, ValidationError):
        pass
    return None


def _bodies(folder: Path, library: Library) -> dict[str, bytes] | None:
    """None where they are not any more what the library was built from."""
    held = {name: Folder(folder).held(name, MEDIA_BYTES + 1) for name in library.files}
    bodies = {name: body for name, body in held.items() if body is not None}
    fits = {name: file_hash(body) for name, body in bodies.items()} == library.files
    return bodies if fits else None


def _keep(path: Path, mark: str, library: Library) -> None:
    """A full disk or a data folder that is not there yet keeps nothing."""
    with suppress(OSError), written_whole(path) as file:
        file.write(f"{mark} {library.release}\n".encode() + library.model_dump_json().encode())


def folder_mark(folder: Path, packs: Path | None = None) -> str:
    """A hash over everything that the library hangs on: the folder's files, the packs, and the code that reads them."""
    seen, code = hashlib.sha256(), tuple(_code())
    if len(code) == len(_LIBRARIES):  # installed without its sources: no telling whether it is the same code
        return ""
    try:
        for name, held in (*code, *_content(folder), *(_content(packs) if packs else ())):
            seen.update(f"{len(name)} {name} {len(held)} ".encode() + held)
    except OSError:  # it changes while we look
        return ""
    return seen.hexdigest()


def _code() -> Iterator[tuple[str, bytes]]:
    yield from ((name, version(name).encode()) for name in _LIBRARIES)
    for part in _READERS:
        for path in sorted((_CODE / part).rglob("*.py")):
            yield path.relative_to(_CODE).as_posix(), path.read_bytes()


def _content(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Of links, also where they lead."""
    for path in sorted(folder.rglob("*")):
        real = path.resolve().as_posix() if path.is_symlink() else ""
        held = b""
        if path.is_file():
            with path.open("rb") as opened:
                held = opened.read(MEDIA_BYTES + 1)
        yield f"{path.relative_to(folder).as_posix()} {real}", held
