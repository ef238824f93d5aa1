"""Whether a sentence could name somebody: what must not stand in an example that was made after a patient's message."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 300
_FEWEST_WORDS = 3  # that say as much as the message did

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*"
_CONTACTS = (
    (re.compile(r"\S+@\S+|@\w{2,}"), "an e-mail address or a handle"),
    (re.compile(r"https?://|www\.", re.IGNORECASE), "a web address"),
    (re.compile(r"(?:\d[\s()+./-]*){7,}"), "a long number, as of a telephone, a date or a hospital"),
    (re.compile(r"\b[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2}\b", re.IGNORECASE), "a postcode"),
)
_DATES = (
    re.compile(r"\b\d{1,4}\s*[./-]\s*\d{1,2}\s*[./-]\s*\d{1,4}\b"),
    re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\b", re.IGNORECASE),
    re.compile(rf"\b{_MONTH}\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\b", re.IGNORECASE),
    re.compile(r"\bborn\s+(?:in|on)\b|\b(?:19|20)\d\d\b", re.IGNORECASE),
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_CAPITAL = re.compile(r"(?<=[a-z,;:\d)] )(?!I\b|I['’])[A-Z][\w'’-]*")


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def words_of(text: str) -> list[str]:
    """Without case, accents, apostrophes and signs."""
    return [re.sub(r"['’]", "", word) for word in _WORD.findall(_plain(text))]


def objection(text: str, original: str, names: Iterable[str]) -> str | None:
    """Why a text may not become an example; None where nothing speaks against it.

    ``names``: what the patient is called, here and in groups, and how they can be reached.
    """
    said, was = words_of(text), words_of(original)
    if not said:
        return "there are no words in it"
    if len(text) > LONGEST or "\n" in text:
        return f"it should be one line of at most {LONGEST} characters"
    if said == was:
        return "it is the message itself: say the same in other words"
    if len(was) >= _FEWEST_WORDS and f" {' '.join(was)} " in f" {' '.join(said)} ":
        return "it holds the message as it was written: say it in other words"
    for pattern, what in _CONTACTS:
        if pattern.search(text):
            return f"it may hold {what}"
    if any(pattern.search(text) for pattern in _DATES):
        return "it may hold a date or a year"
    # A possessive is the same name: "Sam's".
    bare = {*said, *(word.removesuffix("s") for word in said)}
    for name in names:
        if any(len(word) > 1 and word in bare for word in words_of(name.partition("@")[0])):
            return "it holds what the patient is called or their address"
    return None


def capitals(text: str) -> list[str]:
    """Words inside a sentence that begin with a capital: perhaps somebody's name."""
    return _CAPITAL.findall(text)
