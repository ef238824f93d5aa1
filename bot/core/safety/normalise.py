"""Reads a text the way a person would: case, accents, look-alike letters, apostrophes, leet, spaced-out letters."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from bot.core.safety.spelling import Speller

SOFT_BREAK = ","
HARD_BREAK = "."
QUESTION = "?"

_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼ＇`´′‛ʹˈ՚ʻ"), "'")
_CYRILLIC = dict(zip(map(ord, "аеорсхукмтвнізјѕԁһԛԝыгпл"), "aeopcxykmtbhizjsdhqwyrnl", strict=True))
_GREEK = dict(zip(map(ord, "αβεικνορτυχγηω"), "abeikvoptuxynw", strict=True))
_LETTERS = {
    **dict(zip(map(ord, "ıłøđħŧƒɑɡɩ"), "ilodhtfagi", strict=True)),
    ord("æ"): "ae",
    ord("œ"): "oe",
    ord("ß"): "ss",
    ord("þ"): "th",
    ord("ð"): "d",
}
_LOOK_ALIKE = {**_APOSTROPHES, **_CYRILLIC, **_GREEK, **_LETTERS}
_DROPPED = re.compile(
    "[\u0300-\u036f\u064b-\u065f\u0670\u0640\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]"
)
_LETTER = r"(?:[^\W\d_]|[\u0900-\u0dff])"
_PIECE = re.compile(
    rf"\d+(?:[.,]\d+)?|{_LETTER}+(?:'{_LETTER}+)*|\.\.+|…|\n\s*\n|[.!?;:,()/%+\u0964\u06d4\u061f]|(?<!\S)[-–—]+(?!\S)|[–—]"
)
_SPACED = re.compile(r"(?<![^\W_])[a-z](?:(?:[ \t]{1,3}|[.\-_*~/|,]{1,2}[ \t]?)[a-z](?![^\W_])){2,}")
_NOISY = re.compile(r"(?<!\S)(?=\S*[a-z])(?=\S*[0-9@$!|€£*])[a-z0-9@$!|€£*]+(?!\S)")
_STRAY = re.compile(r"([a-z])[;:\"]\s?(t|s|m|d|re|ve|ll)(?![a-z])")
_SUFFIXES = (("n't", "not"), ("'m", "am"), ("'re", "are"), ("'ve", "have"), ("'ll", "will"), ("'d", "would"))
_SAID_WITH_IS = frozenset(
    {"it", "that", "there", "he", "she", "what", "who", "how", "where", "everything", "nothing"}
)
_HARD = frozenset(".!।۔")


def plain_letters(text: str) -> str:
    """Lower case without accents, invisible characters or look-alikes; apostrophes straight."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = _DROPPED.sub("", text).lower().translate(_LOOK_ALIKE)
    return text.lower()


class Normaliser:
    """Turns a text into words in their full forms ("can't" → "can", "not") with breaks between them."""

    def __init__(self, read_as: Mapping[str, str], fillers: Sequence[str]) -> None:
        self._read_as = {short: tuple(full.split()) for short, full in read_as.items() if " " not in short}
        self._pairs = {
            tuple(short.split()): tuple(full.split()) for short, full in read_as.items() if " " in short
        }
        self._firsts = frozenset(pair[0] for pair in self._pairs)
        self._fillers = frozenset(fillers)

    @property
    def short_forms(self) -> tuple[str, ...]:
        return tuple(self._read_as)

    def canonical(self, word: str) -> tuple[str, ...]:
        """One word as phrases and texts alike are read."""
        return self._canonical(plain_letters(word))

    def _canonical(self, word: str) -> tuple[str, ...]:
        known = self._read_as.get(word)
        if known is not None:
            return known
        if "'" in word:
            return self._full_form(word)
        return (word,)

    def _full_form(self, word: str) -> tuple[str, ...]:
        joined = word.replace("'", "")
        for suffix, full in _SUFFIXES:
            if word.endswith(suffix):
                stem = word[: -len(suffix)]
                if full == "not" and joined in self._read_as:
                    return self._read_as[joined]
                return (*self._read_as.get(stem, (stem,)), full)
        if word.endswith("'t"):
            return (word[:-2].removesuffix("n"), "not")
        if word.endswith("'s"):
            stem = word[:-2]
            return (stem, "is") if stem in _SAID_WITH_IS else (stem,)
        return self._read_as.get(joined, (joined,))

    def words(self, text: str, speller: Speller) -> tuple[list[str], ...]:
        """The text as words, numbers, `,` (a pause), `.` and `?` (a sentence's end), `%`, `+` and `/`.

        A second reading follows where a slip could mean two words.
        """
        text = _STRAY.sub(r"\1'\2", plain_letters(text))
        text = _SPACED.sub(lambda found: _joined(found[0], speller), text)
        text = _NOISY.sub(lambda found: _unleeted(found[0], speller), text)
        first, second = self._spelt(text, speller)
        return (self._merged(first),) if first == second else (self._merged(first), self._merged(second))

    def _spelt(self, text: str, speller: Speller) -> tuple[list[str], list[str]]:
        first: list[str] = []
        doubts: list[tuple[int, int, tuple[str, ...]]] = []
        for piece in _PIECE.findall(text):
            if not piece[0].isalpha():
                first.append(_sign(piece))
                continue
            for word in self._canonical(piece):
                if speller.knows(word):
                    first.append(word)
                    continue
                readings = speller.correct(word)
                start = len(first)
                first += self._full(readings[0])
                if len(readings) > 1:
                    doubts.append((start, len(first), self._full(readings[1])))
        second = list(first)
        for start, end, other in reversed(doubts):
            second[start:end] = other
        return first, second

    def _full(self, words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(full for word in words for full in self._read_as.get(word, (word,)))

    def _merged(self, words: list[str]) -> list[str]:
        merged: list[str] = []
        at = 0
        while at < len(words):
            word = words[at]
            if word in self._firsts:
                for size in (4, 3, 2):
                    full = self._pairs.get(tuple(words[at : at + size]))
                    if full is not None:
                        merged.extend(full)
                        at += size
                        break
                else:
                    merged.append(word)
                    at += 1
                continue
            merged.append(word)
            at += 1
        return [word for word in merged if word and word not in self._fillers]


def _sign(piece: str) -> str:
    if piece[0].isdigit() or piece in "%+/":
        return piece
    if piece in "?\u061f":
        return QUESTION
    return HARD_BREAK if piece in _HARD or piece[0] == "\n" else SOFT_BREAK


def _joined(spaced: str, speller: Speller) -> str:
    letters = re.sub(r"[^a-z]", "", spaced)
    words = speller.segment(letters)
    return " ".join(words) if words and max(map(len, words)) >= 3 else spaced


def _unleeted(noisy: str, speller: Speller) -> str:
    bare = noisy.rstrip("!*|")
    return speller.unleet(noisy) or speller.unleet(bare) or noisy
