"""Answers to what a service asks people to agree to, each kept with the version of the words that it answered."""

from __future__ import annotations

from bot.core.facts import (
    AlertRaised,
    ConsentAnswered,
    ConsentAskedAgain,
    EvidenceAdded,
    MessageHeard,
    RunEnded,
)
from bot.core.flow.voice import Talk, offer, sentence, speak

_CALM = ("module", "rating", "check_in", "guided", "diary", "goal")
"""Runs behind whose end there is room for a question that is not about them."""


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


def agreed_to_other_words(pen: Talk, name: str) -> bool:
    """A yes, and the words have changed since. Without the consent that is needed nobody is here: it is never one."""
    policy, profile = pen.moment.library.policy.consents, pen.state.profile
    consent = next((c for c in policy.asked if c.name == name), None) if policy else None
    return (
        consent is not None
        and not consent.needed
        and profile.consents.get(name) is True
        and profile.answered.get(name) != consent.version
    )


def ask_again(pen: Talk) -> bool:
    """Whether they are asked, in place of the menu: once for each wording, behind something that they have finished, and
    never while something worries anybody."""
    owed = [name for name in asked(pen) if agreed_to_other_words(pen, name) and not _was_shown(pen, name)]
    if not owed or not _calm(pen):
        return False
    name = owed[0]
    pen.write(ConsentAskedAgain(consent=name, version=_version(pen, name), at=pen.moment.now))
    about = sentence(pen, f"consent_{name}_about")
    speak(pen, "consent_again", title=sentence(pen, f"consent_{name}"), about=about)
    offer(pen, (), f"give:{name}", f"stop:{name}", "menu:menu")
    return True


def _version(pen: Talk, name: str) -> str:
    policy = pen.moment.library.policy.consents
    return (policy.version_of(name) if policy else None) or ""


def _was_shown(pen: Talk, name: str) -> bool:
    return pen.state.profile.asked_again.get(name) == _version(pen, name)


def _calm(pen: Talk) -> bool:
    state = pen.state
    finished = any(end.how == "finished" and end.kind in _CALM for end in pen.written(RunEnded))
    theirs = state.status == "joined" and state.profile.consents.get("care") and not state.profile.simulated
    worries = any(alert.status != "resolved" and alert.level != "routine" for alert in state.alerts.values())
    rang = pen.count(AlertRaised) or pen.count(EvidenceAdded)
    return bool(theirs and finished and pen.count(MessageHeard)) and not (worries or rang)
