"""A share of a small number, with the range in which it may truly lie."""

from __future__ import annotations

from math import sqrt

Z = 1.96  # 95 %


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The Wilson interval of a share, which stays honest for small numbers and at 0 and 1.

    >>> [round(edge, 3) for edge in wilson(9, 10)]
    [0.596, 0.982]
    >>> wilson(0, 0)
    (0.0, 1.0)
    """
    if whole == 0:
        return 0.0, 1.0
    share, square = part / whole, Z * Z / whole
    middle = share + square / 2
    reach = Z * sqrt(share * (1 - share) / whole + square / (4 * whole))
    return max(0.0, (middle - reach) / (1 + square)), min(1.0, (middle + reach) / (1 + square))


FEWEST = 5


def few(count: int) -> int | None:
    """A count that may be shown: None for 1 to 4, by which single people might be known.

    >>> few(0), few(4), few(5)
    (0, None, 5)
    """
    return None if 0 < count < FEWEST else count
