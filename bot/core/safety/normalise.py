"""Reads a text the way a person would: case, accents, look-alike letters, apostrophes, leet, spaced-out letters."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain

import re2

from bot.core.safety.spelling import Speller

Words = tuple[str, ...]

_MOST_STRANGE = 3
"""One word in so many may be unknown where a real word is read as another."""
_SPLIT = 5
"""Shorter words are too often made by chance of two others."""

SOFT_BREAK = ","
HARD_BREAK = "."
QUESTION = "?"

_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼ＇`´′‛ʹˈ՚ʻ"), "'")
_POINTS = {ord("·"): ".", ord("∙"): ".", ord("⋅"): "."}
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
_LOOK_ALIKE = {**_APOSTROPHES, **_POINTS, **_CYRILLIC, **_GREEK, **_LETTERS}
_DROPPED = re.compile(
    "[\u0300-\u036f\u064b-\u065f\u0670\u0640\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]"
)
_LETTERS_IN_A_ROW = r"(?:[^\W\d_]|[\u0900-\u0dff])++"
_PIECE = re.compile(
    rf"{_LETTERS_IN_A_ROW}(?:'{_LETTERS_IN_A_ROW})*+|\d+(?:[.,]\d+)?|\.\.+|…|\n\s*\n|[.!?;:,()/%+\u0964\u06d4\u061f]|(?<!\S)[-–—]+(?!\S)|[–—]"
)
_PLAIN_PIECE = re.compile(_PIECE.pattern.replace(_LETTERS_IN_A_ROW, "[a-z]++"))
_SPACED = re.compile(r"(?<![^\W_])[a-z](?:(?:[ \t]{1,3}|[.\-_*~/|,]{1,2}[ \t]?)[a-z](?![^\W_])){2,}")
_NOISY = re.compile(r"(?<!\S)(?=\S*[a-z])(?=\S*[0-9@$!|€£*])[a-z0-9@$!|€£*]+(?!\S)")
_MAYBE_SPACED = re2.compile(
    r"(?:^|[^a-z0-9])[a-z](?:(?:[ \t]{1,3}|[.\-_*~/|,]{1,2}[ \t]?)[a-z]){2}(?:$|[^a-z0-9])"
)
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

    def __init__(
        self, read_as: Mapping[str, str], fillers: Sequence[str], heard_as: Mapping[str, str]
    ) -> None:
        self._read_as = {short: tuple(full.split()) for short, full in read_as.items() if " " not in short}
        self._pairs = {
            tuple(short.split()): tuple(full.split()) for short, full in read_as.items() if " " in short
        }
        self._seconds: dict[str, set[str]] = {}
        for first, second, *_ in self._pairs:
            self._seconds.setdefault(first, set()).add(second)
        with_figures = [short for short in self._read_as if not short.isalpha() and "'" not in short]
        self._with_figures = re.compile(
            rf"(?<![^\W_])(?:{'|'.join(map(re.escape, with_figures)) or '(?!)'})(?![^\W_])"
        )
        self._heard_as = heard_as
        self._left_out = frozenset([*fillers, ""])
        self._table: dict[str, tuple[Words, ...]] = {}

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
            return (stem, "is") if stem in _SAID_WITH_IS else self._read_as.get(stem, (stem,))
        return self._read_as.get(joined, (joined,))

    def as_written(self, plain: str, mended: Callable[[str], str]) -> list[str]:
        """The words of a text in plain letters, in their full forms, without a speller; `mended` takes a slip back."""
        pieces = (_PLAIN_PIECE if plain.isascii() else _PIECE).findall(plain)
        read = {
            piece: self._canonical(piece if "'" in piece else mended(piece))
            if piece[0].isalpha()
            else (_sign(piece),)
            for piece in set(pieces)
        }
        return self._merged([*chain.from_iterable(map(read.__getitem__, pieces))])

    def prepare(self, words: Iterable[str], speller: Speller) -> None:
        """Read these once and for all."""
        self._table.update({word: self._readings(word, speller) for word in words})

    def pieces(self, text: str, speller: Speller) -> list[str]:
        """The text cut into words, numbers and signs, each as it was typed but in plain letters."""
        text = _mended(self._without_figures(plain_letters(text)), speller)
        pieces = (_PLAIN_PIECE if text.isascii() else _PIECE).findall(text)
        strange = {piece for piece in set(pieces) if piece not in self._table and piece[0].isalpha()}
        return _unsplit(pieces, strange, speller) if strange else pieces

    def _without_figures(self, text: str) -> str:
        """ "spo2" would be cut into a word and a number."""
        if not any(word.isalnum() and not word.isalpha() and not word.isdigit() for word in text.split()):
            return text
        return self._with_figures.sub(lambda found: " ".join(self._read_as[found[0]]), text)

    def words(self, pieces: Sequence[str], speller: Speller) -> Iterator[list[str]]:
        """Pieces as words, numbers, `,` (a pause), `.` and `?` (a sentence's end), `%`, `+` and `/`.

        A second and a third reading follow where a slip could mean several words.
        """
        # Every piece is read once, however often it comes.
        read = {piece: self._table.get(piece) or self._readings(piece, speller) for piece in set(pieces)}
        for n in range(max(map(len, read.values()), default=1)):
            meant = (read[piece][min(n, len(read[piece]) - 1)] for piece in pieces)
            yield self._merged([*chain.from_iterable(meant)])

    def faintly(self, pieces: Sequence[str], speller: Speller) -> list[str] | None:
        """The words with every real word that may stand for another replaced; None where there is none.

        Nothing is read into a text that is mostly in another language.
        """
        words = {piece for piece in set(pieces) if piece[0].isalpha()}
        strange = sum(piece not in self._table for piece in words)
        if strange > 1 and strange * _MOST_STRANGE > len(words):
            return None
        heard: dict[str, Words] = {}
        for piece in words:
            other = self._heard_as.get(piece) or speller.faintly(piece)
            if other is not None:
                heard[piece] = self._canonical(other)
        if not heard:
            return None
        read = {p: heard.get(p) or (self._table.get(p) or self._readings(p, speller))[0] for p in set(pieces)}
        return self._merged([*chain.from_iterable(map(read.__getitem__, pieces))])

    def _readings(self, piece: str, speller: Speller) -> tuple[Words, ...]:
        """What one piece of a text may mean: up to three readings."""
        if not piece[0].isalpha():
            return ((_sign(piece),),)
        each = [
            ((word,),)
            if speller.knows(word)
            else tuple(map(self._full_if_changed(word), speller.correct(word)))
            for word in self._canonical(piece)
        ]
        most = max(map(len, each))
        read = (chain.from_iterable(one[min(n, len(one) - 1)] for one in each) for n in range(most))
        return tuple(dict.fromkeys(map(tuple, read)))

    def _full_if_changed(self, word: str) -> Callable[[Words], Words]:
        return lambda words: words if words == (word,) else self._full(words)

    def _full(self, words: Words) -> Words:
        return tuple(full for word in words for full in self._read_as.get(word, (word,)))

    def _merged(self, words: list[str]) -> list[str]:
        merged: list[str] = []
        done = 0
        for at in [at for at, word in enumerate(words) if word in self._seconds]:
            if at < done or words[at + 1 : at + 2] == [] or words[at + 1] not in self._seconds[words[at]]:
                continue
            for size in (4, 3, 2):
                full = self._pairs.get(tuple(words[at : at + size]))
                if full is not None:
                    merged += words[done:at]
                    merged += full
                    done = at + size
                    break
        merged += words[done:]
        return [word for word in merged if word not in self._left_out]


def _mended(text: str, speller: Speller) -> str:
    """Without strange signs for apostrophes, spaces within words, and figures for letters."""
    if ";" in text or ":" in text or '"' in text:
        text = _STRAY.sub(r"\1'\2", text)
    if _MAYBE_SPACED.search(text):
        text = _SPACED.sub(lambda found: _joined(found[0], speller), text)
    if any(_NOISY.fullmatch(word) for word in set(text.split()) if not word.isalpha()):
        text = _NOISY.sub(lambda found: _unleeted(found[0], speller), text)
    return text


def _unsplit(pieces: list[str], strange: Set[str], speller: Speller) -> list[str]:
    """ "sui cide" is one word: two pieces side by side, one of them no word, that together are a safety word."""
    whole: list[str] = []
    for piece in pieces:
        if whole and (piece in strange or whole[-1] in strange) and whole[-1].isalpha() and piece.isalpha():
            joined = whole[-1] + piece
            split_off = min(len(whole[-1]), len(piece)) > 1 or {whole[-1], piece} <= strange
            if len(joined) >= _SPLIT and split_off and speller.is_safety_word(joined):
                whole[-1] = joined
                continue
        whole.append(piece)
    return whole


def _sign(piece: str) -> str:
    if piece[0].isdigit() or piece in "%+/":
        return piece
    if piece in "?\u061f":
        return QUESTION
    return HARD_BREAK if piece in _HARD or piece[0] == "\n" else SOFT_BREAK


def _joined(spaced: str, speller: Speller) -> str:
    letters = re.sub(r"[^a-z]", "", spaced)
    words = speller.segment(letters)
    if words and max(map(len, words)) >= 3:
        return " ".join(words)
    # Any other word: its letters by themselves would be taken for small words with slips.
    return letters if len(letters) >= 4 else spaced


def _unleeted(noisy: str, speller: Speller) -> str:
    bare = noisy.rstrip("!*|")
    return speller.unleet(noisy) or speller.unleet(bare) or noisy
