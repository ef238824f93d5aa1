"""What the second net, late or sure, makes of the rules' silence and of their hints."""

import pytest
from safety_files import content, screener

from bot.core.safety import Context, Screen, Tier, Worry, with_second_net

BARS = content().second_net
HINTED = "did the birthday cards up to 18"
PLAIN = "I had toast for breakfast"


def screen(text: str) -> Screen:
    return screener()(text, Context())


def judged(text: str, worry: Worry | None) -> Tier:
    return with_second_net(screen(text), worry, BARS).tier


def of_risk(chance: float) -> Worry:
    return Worry(chance, 0.0, 0.0, "test")


def test_a_hint_says_nothing_by_itself() -> None:
    said = screen(HINTED)
    assert said.tier is Tier.NONE
    assert said.hints


@pytest.mark.parametrize(
    ("worry", "tier"),
    [
        (None, Tier.CHECK),
        (of_risk(0.0), Tier.NONE),
        (of_risk(BARS.hinted), Tier.CHECK),
        (of_risk(BARS.risk), Tier.ALERT),
    ],
)
def test_a_hint_speaks_where_the_net_is_worried_or_cannot_be_asked(worry: Worry | None, tier: Tier) -> None:
    assert judged(HINTED, worry) is tier


@pytest.mark.parametrize(
    ("worry", "tier"),
    [(None, Tier.NONE), (of_risk(BARS.hinted), Tier.NONE), (of_risk(BARS.risk), Tier.CHECK)],
)
def test_without_a_hint_the_net_only_ever_asks(worry: Worry | None, tier: Tier) -> None:
    assert judged(PLAIN, worry) is tier


@pytest.mark.parametrize("worry", [None, of_risk(0.0), of_risk(1.0)])
def test_the_net_never_softens_what_a_rule_heard(worry: Worry | None) -> None:
    said = screen("I want to die")
    assert with_second_net(said, worry, BARS) == said
    assert said.tier is Tier.ALERT
    assert not said.hints


@pytest.mark.parametrize(
    ("text", "raised"),
    [
        ("temp 37.2", False),
        ("my sugar was 7.2 before breakfast", False),
        ("sugar 7.2. and my temp is 37.1 today", False),
        ("sugar 5.6 mmol/L this morning", False),
        ("temp 37.2 and shivering", True),
        ("37.2", True),
        ("sugar 5 mmol / crying", True),
        ("sugar 5.6 beld", True),
        ("took 8 tablets now", True),
        ("injected far too much 80 units", True),
    ],
)
def test_what_only_gives_readings_is_left_to_the_limits(text: str, raised: bool) -> None:
    """The net cannot count; the rules held each number against its limit."""
    worried = Worry(0.0, 0.999, 0.0, "net")
    found = with_second_net(screener()(text, Context()), worried, content().second_net)
    assert (found.tier is Tier.CHECK) is raised


def test_a_hint_beside_a_reading_still_asks_where_the_net_is_absent() -> None:
    assert judged("had horrible dark thoughts 8 units", None) is Tier.CHECK
