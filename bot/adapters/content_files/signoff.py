"""SIGNOFF.toml: an entry for each person who signed a file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date

from bot.adapters.content_files.files import File
from bot.core.library.drafts import Place, Placed
from bot.core.library.problems import Problem
from bot.core.library.signoff import NAME, Signature

_WHERE = re.compile(r"at line (\d+), column (\d+)")
_ENTRY = re.compile(r"^[ \t]*\[\[[ \t]*signed[ \t]*\]\]", re.MULTILINE)
_KEYS = ("file", "sha256", "who", "role", "on", "review-by")
_MARK = re.compile(r"[0-9a-f]{64}")
_HEAD = """\
# Who read which text, word for word, and answers for it. Made by `bounceback content sign` or on the desk.
# An edit of a file makes its entries stale.
"""


def read_signoff(file: File | None) -> tuple[tuple[Placed[Signature], ...], tuple[Problem, ...]]:
    """No file is no signature."""
    if file is None:
        return (), ()
    try:
        held = tomllib.loads(file.text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        found = _WHERE.search(str(error))
        place = Place(NAME, int(found[1]), int(found[2])) if found else Place(NAME)
        hint = 'write each line like who = "Dr A. Name", and dates like 2027-11-01'
        return (), (place.problem("C421", "this is not understood", hint),)
    entries = held.get("signed", [])
    odd = [key for key in held if key != "signed"]
    if odd or not isinstance(entries, list):
        hint = "begin each entry with a line of [[signed]]"
        return (), (Place(NAME).problem("C421", f"there is no key '{(odd or ['signed'])[0]}' here", hint),)
    starts = [file.text.count("\n", 0, found.start()) + 1 for found in _ENTRY.finditer(file.text)]
    read = [
        _entry(entry, Place(NAME, starts[n] if n < len(starts) else 1)) for n, entry in enumerate(entries)
    ]
    problems = tuple(entry for entry in read if isinstance(entry, Problem))
    return tuple(entry for entry in read if not isinstance(entry, Problem)), problems


def _entry(entry: object, at: Place) -> Placed[Signature] | Problem:
    if not isinstance(entry, dict):
        return at.problem("C421", "this is not an entry", "begin each entry with a line of [[signed]]")
    for key in _KEYS:
        if not entry.get(key):
            return at.problem("C421", f"'{key}' is missing", f"an entry has {', '.join(_KEYS)}")
    for key in entry:
        if key not in _KEYS:
            return at.problem("C421", f"there is no key '{key}' here", f"an entry has {', '.join(_KEYS)}")
    dates = {key: _day(entry[key]) for key in ("on", "review-by")}
    for key, day in dates.items():
        if day is None:
            return at.problem("C421", f"'{key}' is not a date", "write it like 2027-11-01")
    if not _MARK.fullmatch(str(entry["sha256"])):
        hint = "sign with bounceback content sign, which writes it"
        return at.problem("C421", "'sha256' is not the mark of a file", hint)
    words = {key: str(entry[key]) for key in ("file", "sha256", "who", "role")}
    return Placed(Signature(**words, on=str(dates["on"]), review_by=str(dates["review-by"])), at)


def _day(held: object) -> date | None:
    if isinstance(held, date):
        return date(held.year, held.month, held.day)
    try:
        return date.fromisoformat(str(held))
    except ValueError:
        return None


def write_signoff(signatures: Iterable[Signature]) -> str:
    """The whole file, its entries in the order of their files and then of their days."""
    entries = sorted(signatures, key=lambda s: (s.file, s.on, s.who))
    return _HEAD + "".join(f"\n[[signed]]\n{_lines(entry)}" for entry in entries)


def _lines(entry: Signature) -> str:
    held: Mapping[str, str] = {
        "file": _quoted(entry.file),
        "sha256": _quoted(entry.sha256),
        "who": _quoted(entry.who),
        "role": _quoted(entry.role),
        "on": entry.on,
        "review-by": entry.review_by,
    }
    return "".join(f"{key} = {value}\n" for key, value in held.items())


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else " " for c in escaped) + '"'
