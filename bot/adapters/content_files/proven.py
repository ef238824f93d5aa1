"""That the safety rules kept their own examples, noted in the data folder, so that a check need not try them again.

The note names the safety files and the code that was tried, by one hash; whatever does not fit is tried anew.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from bot.core.library.drafts import Drafts

NAME = "safety.proven"
_CODE = Path(__file__).resolve().parents[2] / "core" / "safety"


def is_proven(drafts: Drafts, data: Path) -> bool:
    with suppress(OSError):
        return bool(mark := _mark(drafts)) and (data / NAME).read_text() == mark
    return False


def note_proven(drafts: Drafts, data: Path) -> None:
    """A full disk, or a place where nothing may be written, notes nothing."""
    with suppress(OSError):
        if mark := _mark(drafts):
            data.mkdir(mode=0o700, parents=True, exist_ok=True)
            (data / NAME).write_text(mark)


def _mark(drafts: Drafts) -> str:
    seen, code = hashlib.sha256(version("google-re2").encode()), sorted(_CODE.glob("*.py"))
    safety = [(name, body) for name, body in sorted(drafts.bodies.items()) if name.startswith("safety/")]
    for name, body in (*safety, *((path.name, path.read_bytes()) for path in code)):
        seen.update(f"{name} {len(body)} ".encode() + body)
    return seen.hexdigest() if safety and code else ""
