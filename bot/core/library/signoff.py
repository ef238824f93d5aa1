"""Who read which text, word for word, and answers for it. Any edit of the file makes the signature stale."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from bot.core.checked import Checked

NAME = "SIGNOFF.toml"
TWO_PEOPLE = ("safety/", "policy/")
"""What decides who is told of whom, and when: one pair of eyes is not enough."""
_NOBODY = (NAME, "understanding/")
"""Examples of what people say decide nothing that a safety rule has not decided before."""
_TEXTS = (".md", ".yaml", ".yml", ".svg", ".vtt")


class Signature(Checked):
    """``on`` and ``review_by`` are ISO dates. ``sha256``: see ``mark_of``."""

    file: str
    sha256: str
    who: str
    role: str
    on: str
    review_by: str


def mark_of(file: str, body: bytes) -> str:
    """SHA-256 of the content, in which a text's line ends count as ``\\n``, as they are written on every machine."""
    if file.endswith(_TEXTS):
        body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return hashlib.sha256(body).hexdigest()


def people_needed(file: str) -> int:
    if file.startswith(_NOBODY):
        return 0
    return 2 if file.startswith(TWO_PEOPLE) else 1


def signers(file: str, body: bytes, signatures: Iterable[Signature]) -> frozenset[str]:
    """Those who signed this very text."""
    mark = mark_of(file, body)
    return frozenset(s.who for s in signatures if s.file == file and s.sha256 == mark)


def unsigned(bodies: Mapping[str, bytes], signatures: Iterable[Signature]) -> tuple[str, ...]:
    """The files that too few people signed as they are now."""
    known = tuple(signatures)
    return tuple(
        file for file, body in sorted(bodies.items()) if len(signers(file, body, known)) < people_needed(file)
    )
