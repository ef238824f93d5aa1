"""A code that somebody can read out over the telephone: which service it is of, and eight letters that are not mistaken."""

from __future__ import annotations

from bot.core.values import Value

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
BITS = LENGTH * 5
_MISTAKEN = str.maketrans("OILU", "011V")


class ShortCode(Value):
    """``of``: the service's short name, and ``letters`` the rest; both as they are compared."""

    of: str
    letters: str


def letters_of(number: int) -> str:
    """Of the lowest 40 bits of a random number.

    >>> letters_of(0), letters_of(2**40 - 1)
    ('00000000', 'ZZZZZZZZ')
    """
    return "".join(LETTERS[number >> shift & 31] for shift in range(BITS - 5, -1, -5))


def written(slug: str, letters: str) -> str:
    """
    >>> written("leeds", "7KQ2M9XA")
    'LEEDS-7KQ2-M9XA'
    """
    return f"{slug.upper()}-{letters[:4]}-{letters[4:]}"


def read(typed: str) -> ShortCode | None:
    """Case, spaces and dashes count for nothing, and O is 0, I and L are 1, U is V. None of what is no short code.

    >>> read("leeds 7kq2 m9xa") == read("LEEDS-7KQ2-M9XA") == read("Ieeds7KQ2M9XA")
    True
    """
    if not typed.isascii() or len(typed) > 100:
        return None
    plain = as_compared(typed)
    letters = plain[-LENGTH:]
    if len(plain) <= LENGTH or not set(letters) <= set(LETTERS):
        return None
    return ShortCode(of=plain[:-LENGTH], letters=letters)


def as_compared(text: str) -> str:
    return "".join(c for c in text.upper() if c.isalnum()).translate(_MISTAKEN)
