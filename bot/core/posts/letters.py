"""A post as an eye sees it: look-alikes, keycaps, circled and other-script figures are the plain sign; nothing is invisible."""

import re
import unicodedata
from collections.abc import Iterable

from bot.core.safety.normalise import plain_letters

_PICTURES = {
    "☎✆📞📱📲🤙": "phone",
    "📧📨📩✉📬📭📮": "email",
    "🐦": "bird app",
    "👻": "ghost app",
    "🔗": "link",
    "🎱": "8",
    "🔟": "10",
    "💯": "100",
    "🖕": "fuck you",
    "🤡": "clown",
}
_PICTURED = {ord(sign): word for signs, word in _PICTURES.items() for sign in signs}
_DASHES = "‐‑‒–—―−﹘－"
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800")
_MORE_LIKE = {
    **dict(zip("օսոհցӏԁոաթқңҳѐѝ", "ounhgldnwpknhei", strict=True)),
    **dict(zip("ꮁꮪꭺꭼꭵꭹꮮꮇꮢꮯ", "rsaeiylmrc", strict=True)),
    **dict(zip("ǝɐɔɟɥʇʌʍɯɹʎɓɗɛɭʐʋɴ", "eacfhtvwmrybdelzvn", strict=True)),
    **dict(zip("σςʘᴑᴏⲟⲏ", "osooooh", strict=True)),
    **dict(zip("ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᎾᏢᎡᏚᎢᏙᎳᎩᏃ".lower(), "abcdeghijklmoprstvwyz", strict=True)),
    **dict(zip("ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "bpdtgkjczfmnlsrvhwxyaeiou", strict=True)),
}
_CAPITALS_LIKE = dict(zip("ΗΝΥΜΖ", "HNYMZ", strict=True))
"""Whose small letters look like others."""
_NAMED_LETTER = re.compile(r"\b(?:LATIN|SYMBOL|CIRCLED|SQUARED|TAG)\b.*\b(?:LETTER|CAPITAL) ([A-Z])\b")
_DIE = re.compile(r"DIE FACE-([1-6])$")


def _seen(sign: str) -> str:
    """One sign that is not ASCII, as the plain signs it looks like; its case is kept where it has one."""
    if ord(sign) in _PICTURED:
        return f" {_PICTURED[ord(sign)]} "
    if sign.isspace():
        return "\n" if sign in "\u2028\u2029\x85" else " "
    if sign in _DASHES:
        return "-"
    kind = unicodedata.category(sign)
    if kind in ("Cf", "Me", "Mn") or sign in _UNSEEN:
        return ""
    figure = unicodedata.digit(sign, None)
    if figure is not None:
        return str(figure)
    value = unicodedata.numeric(sign, None)
    if value is not None and value == int(value) and 0 <= value <= 100 and not sign.isalpha():
        return str(int(value))
    name = unicodedata.name(sign, "")
    if die := _DIE.match(name):
        return die[1]
    if sign in _CAPITALS_LIKE:
        return _CAPITALS_LIKE[sign]
    plain = _MORE_LIKE.get(sign.lower()) or plain_letters(sign)
    if not plain.isascii() and (letter := _NAMED_LETTER.search(name)):
        plain = letter[1].lower()
    return plain.upper() if sign.isupper() else plain


class _Letters(dict[int, str]):
    def __missing__(self, code: int) -> str:
        sign = chr(code)
        seen = self[code] = sign if sign.isascii() else _seen(sign)
        return seen


_LETTERS = _Letters()


def as_seen(text: str) -> str:
    """With its capitals."""
    return text if text.isascii() else text.translate(_LETTERS)


_SPACED = re.compile(r"(?<![a-z0-9])[a-z0-9@.](?:[ \t\n]{1,3}[a-z0-9@.](?![a-z0-9])){3,}")


_DASHED = re.compile(r"(?<![a-z0-9])[a-z](?:[-._*~/][a-z](?![a-z0-9])){2,}")


def closed_up(plain: str) -> str:
    """With letters that stand by themselves closed up: "g m a i l" is one word, and so is "s-e-v-e-n"."""
    plain = _DASHED.sub(lambda found: found[0][::2], plain)
    return _SPACED.sub(lambda found: "".join(found[0].split()), plain)


_LEET = str.maketrans("03456789@$€£", "oeasgtbgasee")
_LEET_ONE = ("i", "l")


def unleeted(word: str) -> Iterable[str]:
    """What `m0derat0r`, `Nur5e` or `1diot` may be meant for, in small letters."""
    plain = word.lower().translate(_LEET).replace("|", "1").replace("!", "1")
    if "1" not in plain:
        return (plain,)
    return tuple(plain.replace("1", letter) for letter in _LEET_ONE)
