"""What somebody is asked when they join, in the words that are in force, and whether their answers fit it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import get_args
from zoneinfo import available_timezones

from bot.core.errors import Refused
from bot.core.library import CONSENTS, Library
from bot.core.library.limits import CONDITIONS
from bot.core.service import Nation

CONDITIONS_ASKED = tuple(c for c in CONDITIONS if c != "everybody")
NATIONS: tuple[str, ...] = get_args(Nation)


@dataclass(frozen=True)
class ConsentAsked:
    """``title``, ``about``, its two sentences, and ``yes`` are the words that ``version`` is of."""

    name: str
    version: str
    needed: bool
    title: str
    about: str
    yes: str


def consents_asked(library: Library, language: str) -> tuple[ConsentAsked, ...]:
    """In order; none in a release that has none."""
    policy = library.policy.consents
    return tuple(
        ConsentAsked(
            c.name,
            c.version,
            c.needed,
            library.say(f"consent_{c.name}", language),
            library.say(f"consent_{c.name}_about", language),
            library.say(f"choice_give_{c.name}", language),
        )
        for c in (policy.asked if policy else ())
    )


def named(library: Library, kind: str, ids: tuple[str, ...], language: str) -> dict[str, str]:
    """How a patient reads each of them: ``condition`` or ``nation``."""
    return {i: library.say(f"{kind}_{i}", language) for i in ids}


def languages(library: Library) -> dict[str, str]:
    """Each by its own name."""
    return {language: library.say("language_name", language) for language in library.texts}


def must_fit(library: Library, consents: Mapping[str, bool], versions: Mapping[str, str]) -> None:
    """Raises Refused: 'unknown_consent', 'consent_needed', and 'consents_changed' where the form showed older words."""
    policy = library.policy.consents
    asked = {c.name: c for c in policy.asked} if policy else {}
    known = frozenset(asked or CONSENTS)
    if not consents.keys() <= known or not versions.keys() <= known:
        raise Refused("unknown_consent")
    needed = [name for name, c in asked.items() if c.needed] or ["care"]
    if not all(consents.get(name) for name in needed):
        raise Refused("consent_needed")
    if any(asked[name].version != version for name, version in versions.items() if name in asked):
        raise Refused("consents_changed")


def must_be_known(conditions: tuple[str, ...] | None, nation: str | None) -> None:
    """Raises Refused('not_an_option')."""
    wrong = (
        conditions is not None and not (conditions and set(conditions) <= set(CONDITIONS_ASKED)),
        nation is not None and nation not in NATIONS,
    )
    if any(wrong):
        raise Refused("not_an_option")


def zone_known(timezone: str | None) -> str | None:
    """None of one that only the caller's device knows: then what is known already stays."""
    return timezone if timezone in _zones() else None


@cache
def _zones() -> frozenset[str]:
    """Read from the disk once: it takes as long as the rest of joining."""
    return frozenset(available_timezones())
