"""Where to turn, by nation: the nation's own lines first, then those for everybody."""

from dataclasses import dataclass

from bot.core.safety.content import SafetyContent, SignpostLine


@dataclass(frozen=True)
class Signposting:
    lines: tuple[SignpostLine, ...]


def signposting(content: SafetyContent, nation: str, language: str = "en") -> Signposting:
    """Lines for a nation in one language, in English where that language has none; empty for an unknown nation."""
    own = _lines(content, nation, language)
    if not own:
        return Signposting(())
    return Signposting((*own, *_lines(content, "all", language)))


def _lines(content: SafetyContent, nation: str, language: str) -> tuple[SignpostLine, ...]:
    for wanted in (language, "en"):
        for held in content.signposting:
            if held.nation == nation and held.language == wanted:
                return held.lines
    return ()
