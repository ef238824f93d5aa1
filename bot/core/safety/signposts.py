"""Where to turn, by nation: the nation's own lines first, then those for everybody."""

from dataclasses import dataclass

from bot.core.safety.content import SafetyContent, SignpostLine


@dataclass(frozen=True)
class Signposting:
    """``language``: what the lines are written in."""

    lines: tuple[SignpostLine, ...]
    language: str = "en"


def signposting(content: SafetyContent, nation: str, language: str = "en") -> Signposting:
    """Lines for a nation in one language, in English where that language lacks any; empty for an unknown nation."""
    for wanted in (language, "en"):
        own, common = (_lines(content, of, wanted) for of in (nation, "all"))
        if own and common:
            return Signposting((*own, *common), wanted)
    return Signposting(())


def _lines(content: SafetyContent, nation: str, language: str) -> tuple[SignpostLine, ...]:
    held = (s.lines for s in content.signposting if (s.nation, s.language) == (nation, language))
    return next(held, ())
