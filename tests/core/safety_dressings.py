"""Ways to type the same message: each takes a text and dice, and a reader would still know what is meant."""

import random
import re
from collections.abc import Callable

Dressing = Callable[[str, random.Random], str]

# What lies around a key on a British keyboard.
KEYS = {
    "q": "wa", "w": "qeas", "e": "wrsd", "r": "etdf", "t": "ryfg", "y": "tugh", "u": "yihj", "i": "uojk", "o": "ipkl",
    "p": "ol", "a": "qwsz", "s": "awedzx", "d": "serfxc", "f": "drtgcv", "g": "ftyhvb", "h": "gyujbn", "j": "huiknm",
    "k": "jiolm", "l": "kop", "z": "asx", "x": "zsdc", "c": "xdfv", "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip
_LEET = str.maketrans("aeiosl", "431051")
# What a telephone hears.
SOUNDS = {
    "to": "too", "too": "to", "no": "know", "know": "no", "there": "their", "their": "there", "your": "you're",
    "you're": "your", "here": "hear", "hear": "here", "one": "won", "two": "to", "four": "for", "for": "four",
    "be": "bee", "see": "sea", "by": "bye", "right": "write", "through": "threw", "whole": "hole", "would": "wood",
    "of": "off", "want to": "wanna", "going to": "gonna", "live": "leave", "it's": "its", "been": "bean",
    "through the": "threw the", "pain": "pane", "die": "dye", "dying": "dyeing", "breathe": "breath", "week": "weak",
    "weak": "week", "heart": "hart", "sugar": "shugar", "piece": "peace", "peace": "piece", "where": "wear", "hour": "our",
    "need": "knead", "not": "knot", "some": "sum", "night": "knight", "way": "weigh", "buy": "by", "bear": "bare",
}  # fmt: skip


def _letters(text: str) -> list[int]:
    return [place for place, sign in enumerate(text) if sign.isascii() and sign.isalpha()]


def missed(text: str, dice: random.Random) -> str:
    at = dice.choice(_letters(text))
    return text[:at] + text[at + 1 :]


def doubled(text: str, dice: random.Random) -> str:
    at = dice.choice(_letters(text))
    return text[:at] + text[at] + text[at:]


def swapped(text: str, dice: random.Random) -> str:
    within = [at for at in _letters(text) if text[at + 1 : at + 2].isalpha() and text[at + 1] != text[at]]
    at = dice.choice(within or [0])
    return text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]


def beside(text: str, dice: random.Random) -> str:
    at = dice.choice(_letters(text))
    return text[:at] + dice.choice(KEYS[text[at].lower()]) + text[at + 1 :]


def slip(text: str, dice: random.Random) -> str:
    return dice.choice((missed, doubled, swapped, beside))(text, dice)


def two_slips(text: str, dice: random.Random) -> str:
    return slip(slip(text, dice), dice) if len(text) > 80 else slip(text, dice)


def space_lost(text: str, dice: random.Random) -> str:
    spaces = [at for at, sign in enumerate(text) if sign == " "]
    at = dice.choice(spaces) if spaces else len(text)
    return text[:at] + text[at + 1 :]


def word_split(text: str, dice: random.Random) -> str:
    inside = [
        found.start() + dice.randrange(2, len(found[0]) - 1) for found in re.finditer("[A-Za-z]{5,}", text)
    ]
    at = dice.choice(inside) if inside else len(text)
    return f"{text[:at]} {text[at:]}"


def _one_word(change: Callable[[str], str], least: int = 4) -> Dressing:
    def dressed(text: str, dice: random.Random) -> str:
        words = [*re.finditer(f"[A-Za-z]{{{least},}}", text)]
        if not words:
            return text
        word = dice.choice(words)
        return text[: word.start()] + change(word[0]) + text[word.end() :]

    return dressed


def stretched(text: str, dice: random.Random) -> str:
    at = dice.choice(_letters(text))
    return text[:at] + text[at] * dice.randrange(2, 6) + text[at:]


def dictated(text: str, dice: random.Random) -> str:
    plain = re.sub(r"(?<!\d)[.,!?;:]|[.,!?;:](?!\d)", "", text)
    heard = [*re.finditer(r"\b(?:" + "|".join(map(re.escape, SOUNDS)) + r")\b", plain.lower())]
    if not heard:
        return plain
    word = dice.choice(heard)
    return plain[: word.start()] + SOUNDS[word[0]] + plain[word.end() :]


def other_order(text: str, dice: random.Random) -> str:
    """The first sentence last; a single sentence is turned at its comma."""
    parts = re.split(r"(?<=[.!?])\s+", text)
    if len(parts) > 1:
        return " ".join([*parts[1:], parts[0]])
    return text


def sprinkled(text: str, dice: random.Random) -> str:
    words = text.split(" ")
    words.insert(dice.randrange(len(words) + 1), "😭😭")
    return " ".join([*words, "💔"])


def plainly(change: Callable[[str], str]) -> Dressing:
    return lambda text, _: change(text)


def _full_width(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


DRESSINGS: dict[str, Dressing] = {
    "a letter missed": missed,
    "a letter doubled": doubled,
    "two letters swapped": swapped,
    "the key beside": beside,
    "two slips in a long message": two_slips,
    "a space lost": space_lost,
    "a word split": word_split,
    "a word s p a c e d": _one_word(" ".join),
    "a word in figures": _one_word(lambda word: word.lower().translate(_LEET)),
    "letters repeated": stretched,
    "dictated": dictated,
    "shouted": plainly(str.upper),
    "small": plainly(str.lower),
    "Every Word Large": plainly(str.title),
    "spread out": plainly(lambda text: text.replace(" ", "   ")),
    "broken into lines": plainly(lambda text: text.replace(" ", " \n", 2)),
    "curly apostrophes": plainly(lambda text: text.replace("'", "’")),
    "backtick apostrophes": plainly(lambda text: text.replace("'", "`")),
    "no apostrophes": plainly(lambda text: text.replace("'", "").replace("’", "")),
    "no punctuation": plainly(lambda text: re.sub(r"[^\w\s%+/'’]", "", re.sub(r"(?<!\d)[.,](?!\d)", "", text))),
    "laughed off": plainly(lambda text: text + " lol 😂"),
    "lol first": plainly(lambda text: "lol " + text),
    "politely wrapped": plainly(lambda text: f"hi there, hope you are well. {text}. thanks for reading"),
    "run into chatter": plainly(lambda text: f"so the bus was late again and it rained all day and {text} anyway how are you"),
    "accented": plainly(lambda text: text.replace("e", "é")),
    "invisible signs": plainly(lambda text: "\u200b".join(text)),
    "full width": plainly(_full_width),
    "other order": other_order,
    "faces between words": sprinkled,
}  # fmt: skip
