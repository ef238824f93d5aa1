"""The second net: a model's doubt about a text that no rule caught. It may only raise a question."""

from dataclasses import replace

from bot.core.safety.content import SecondNet
from bot.core.safety.verdict import Hit, Screen, Tier, Worry

CATEGORY = "second_net"
RULES = {
    "risk": "second-net-risk",
    "emergency": "second-net-emergency",
    "safeguarding": "second-net-safeguarding",
}
_CONCERNS = {"risk": "risk", "emergency": "emergency:any", "safeguarding": "safeguarding"}


def with_second_net(screen: Screen, worry: Worry | None, bars: SecondNet) -> Screen:
    """The verdict of the rules, or where they are silent and the net is above its bar, the gentle question.

    Where a rule has hinted, a lower bar is enough for the question, and where the net is as sure as it must be to
    ask by itself, the rule speaks at its own tier. ``worry`` is None where the net was late, absent or not asked:
    then a hint asks.
    """
    if screen.tier > Tier.NONE or (screen.measured and not screen.hints):
        return screen
    if worry is None:
        return _hinted(screen, sure=False) if screen.hints else screen
    over = {name: getattr(worry, name) - getattr(bars, name) for name in RULES}
    surest = max(over, key=lambda name: over[name])
    if screen.hints and worry.greatest >= bars.hinted:
        return _hinted(screen, sure=over[surest] >= 0)
    if over[surest] < 0:
        return screen
    hit = Hit(RULES[surest], CATEGORY, Tier.CHECK, _CONCERNS[surest])
    return replace(screen, tier=Tier.CHECK, hits=(hit,))


def _hinted(screen: Screen, *, sure: bool) -> Screen:
    hits = screen.hints if sure else tuple(replace(hit, tier=Tier.CHECK) for hit in screen.hints)
    return replace(screen, tier=hits[0].tier, hits=hits)
