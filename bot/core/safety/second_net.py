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

    ``worry`` is None where the net was late or absent.
    """
    if worry is None or screen.tier > Tier.NONE:
        return screen
    over = {name: getattr(worry, name) - getattr(bars, name) for name in RULES}
    surest = max(over, key=lambda name: over[name])
    if over[surest] < 0:
        return screen
    hit = Hit(RULES[surest], CATEGORY, Tier.CHECK, _CONCERNS[surest])
    return replace(screen, tier=Tier.CHECK, hits=(hit,))
