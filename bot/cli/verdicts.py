"""What the screen says of one text, for the person who writes its rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from bot.core.safety import Hit, Screen, Tier
from bot.core.safety.second_net import CATEGORY

_MEANS = {
    Tier.NONE: "nothing speaks, neither a rule nor the second net.",
    Tier.CHECK: "the question that fits is asked, and the team hears soon.",
    Tier.ALERT: "where to turn is shown at once, and the team hears now.",
}


def told(verdict: Screen, heard: Mapping[str, Set[str]]) -> Iterator[str]:
    """``heard``: by which of its patterns and hints each rule hears the text at its own tier."""
    yield f"{verdict.tier.value}: {_MEANS[verdict.tier]}"
    for reading in verdict.readings:
        yield f"  reads {reading.kind} {reading.value:g} {reading.unit}".rstrip()
    hinted = {hit.rule for hit in verdict.hints}
    for hit in verdict.hits or verdict.hints:
        yield f"  {_who(hit, hinted, silent=not verdict.hits)}: {hit.category}, concern {hit.concern}"
        for phrase in sorted(heard.get(hit.rule, ())):
            yield f"    by: {phrase}"


def _who(hit: Hit, hinted: Set[str], *, silent: bool) -> str:
    if silent:
        return f"a hint of the rule {hit.rule}, and the second net is not worried"
    if hit.category == CATEGORY:
        return f"{hit.tier.value} by the second net"
    return f"{hit.tier.value} by {'a hint of ' if hit.rule in hinted else ''}the rule {hit.rule}"
