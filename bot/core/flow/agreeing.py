"""Answers to what a service asks people to agree to, each kept with the version of the words that it answered."""

from __future__ import annotations

from bot.core.facts import ConsentAnswered
from bot.core.flow.voice import Talk


def asked(pen: Talk) -> tuple[str, ...]:
    """What a service asks for, in its order."""
    policy = pen.moment.library.policy.consents
    return tuple([c.name for c in policy.asked]) if policy else ("care",)


def answer(pen: Talk, name: str, *, given: bool) -> None:
    """Nothing is kept where nothing is asked any more."""
    policy = pen.moment.library.policy.consents
    version = policy.version_of(name) if policy else None
    if version is not None:
        pen.write(ConsentAnswered(consent=name, given=given, version=version, at=pen.moment.now))
