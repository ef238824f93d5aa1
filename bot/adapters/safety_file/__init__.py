"""The safety content in force as a file, and the one that the package brings.

The first line says in which form the rest is written and its hash; the rest is a Bundle as JSON.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import ValidationError

from bot.core.errors import Misuse, Unavailable
from bot.core.library.bundle import Bundle
from bot.core.safety import PhraseError
from bot.whole import written_whole

NAME = "safety.kept"
PACKAGED = Path(__file__).with_name("packaged.txt")
_FORM = b"bounceback-safety-1"
_WELL = "Start once with the record and the content well, which writes it anew"
_ANEW = "Install this version anew, or run `bounceback models --safety-only`"


class SafetyFile:
    def __init__(self, folder: Path, packaged: Path = PACKAGED) -> None:
        self._path, self._packaged = folder / NAME, packaged

    def keep(self, bundle: Bundle) -> None:
        """Written only where it says something else. Raises Unavailable where the folder takes no file."""
        text = _written(bundle)
        try:
            if _held(self._path) != text:
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                _write(self._path, text)
        except OSError:
            raise Unavailable("data folder") from None

    def published(self) -> Bundle | None:
        """None where none was kept. Raises Misuse where it is damaged or of another version."""
        try:
            return read(self._path, _WELL)
        except FileNotFoundError:
            return None

    def packaged(self) -> Bundle:
        try:
            return read(self._packaged, _ANEW)
        except FileNotFoundError:
            raise Misuse(f"{self._packaged} is not there. {_ANEW}") from None


def ship(bundle: Bundle) -> Path:
    """What the package brings, written anew."""
    _write(PACKAGED, _written(bundle), mode=0o644)
    return PACKAGED


def read(path: Path, what_to_do: str) -> Bundle:
    """With its screen built. Raises Misuse, or FileNotFoundError."""
    try:
        first, _, text = path.read_bytes().partition(b"\n")
        form, _, mark = first.partition(b" ")
        if form != _FORM:
            raise Misuse(f"{path} was written by another version. {what_to_do}")
        if mark != _hash(text):
            raise Misuse(f"{path} is damaged. {what_to_do}")
        bundle = Bundle.model_validate_json(text)
        assert bundle.library.screen is not None
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Misuse(f"{path} cannot be read ({error.strerror}): give this process the right to") from None
    except (ValidationError, PhraseError):
        raise Misuse(f"{path} holds content that this version cannot read. {what_to_do}") from None
    return bundle


def _write(path: Path, text: bytes, mode: int = 0o600) -> None:
    with written_whole(path, mode=mode, synced=True) as file:
        file.write(text)


def _written(bundle: Bundle) -> bytes:
    text = bundle.model_dump_json().encode()
    return _FORM + b" " + _hash(text) + b"\n" + text


def _hash(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest().encode()


def _held(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
