"""In which order hosts look at what waits: who may be in danger first, what only has to be nice to have last."""

from __future__ import annotations

from typing import Final, Literal, get_args

from bot.core.room.posting import DISTRESS

Class = Literal[
    "worried", "reported", "paused", "appeals", "rules", "night", "first_post", "joining", "recap"
]
ORDER: Final[tuple[Class, ...]] = get_args(Class)
"""``rules``: a post may go against one of the group's rules. ``night``: no host was there, and nothing else is known."""

_BY_KIND: Final[dict[str, Class]] = {
    "reported": "reported",
    "paused": "paused",
    "appeal": "appeals",
    "complaint": "appeals",
    "joining": "joining",
    "recap": "recap",
}


def class_of(kind: str, why: str) -> Class:
    """
    >>> class_of("held", "distress"), class_of("reported", "worried"), class_of("held", "contact")
    ('worried', 'worried', 'rules')
    """
    if (kind == "reported" and why == "worried") or (kind == "held" and why in DISTRESS):
        return "worried"
    if kind != "held":
        return _BY_KIND.get(kind, "rules")
    match why:
        case "night" | "no_host":
            return "night"
        case "first_post":
            return "first_post"
        case _:
            return "rules"


def urgency(kind: str, why: str) -> int:
    """Lower comes first."""
    return ORDER.index(class_of(kind, why))
