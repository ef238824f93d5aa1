"""What becomes of a post that the second net suspects: rules decide first, and a suspicion only ever lets it wait."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.groups import SUSPECTED, verdict_on
from bot.core.library import Library
from bot.core.posts import Suspicion, suspected
from bot.core.posts.content import GRAVEST
from bot.core.safety import Context

PLAIN = "The kettle and I are both up."
BARS = dict.fromkeys(GRAVEST, 0.6)
chances = st.floats(0, 1)
suspicions = st.builds(Suspicion, *[chances] * len(GRAVEST))


def verdict(library: Library, text: str, suspicion: Suspicion | None) -> tuple[str, str]:
    return verdict_on(text, library.screen(text, Context("group_post", group=True)), library, suspicion)


def sure_of(kind: str) -> Suspicion:
    return Suspicion(**{kind: 0.99})  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", GRAVEST)
def test_what_the_net_alone_suspects_waits_and_says_that_it_was_the_net(library: Library, kind: str) -> None:
    assert verdict(library, PLAIN, None) == ("pass", "")
    assert verdict(library, PLAIN, sure_of(kind)) == ("hold", f"{SUSPECTED}{kind}")


@pytest.mark.parametrize("kind", GRAVEST)
def test_where_a_rule_has_spoken_the_net_changes_nothing(library: Library, kind: str) -> None:
    text = "you should stop your insulin"
    assert verdict(library, text, None) == verdict(library, text, sure_of(kind)) == ("hold", "advice")


@given(suspicions)
def test_a_suspicion_never_refuses_and_never_lets_pass_what_a_rule_found(
    library: Library, suspicion: Suspicion
) -> None:
    assert verdict(library, PLAIN, suspicion)[0] in ("pass", "hold")
    assert verdict(library, "ring me on 07700 900123", suspicion) == ("hold", "contact")
    assert verdict(library, " ", suspicion) == ("refuse", "empty")


def test_distress_comes_before_any_suspicion(library: Library) -> None:
    assert verdict(library, "I want to kill myself", sure_of("selling")) == ("hold", "distress")


def test_the_kind_farthest_above_its_bar_is_named_and_the_graver_of_two() -> None:
    assert suspected(Suspicion(link=0.7, advice=0.9), BARS) == "advice"
    assert suspected(Suspicion(link=0.9, unkind=0.9), BARS) == "unkind"
    assert suspected(Suspicion(link=0.59), BARS) is None
    assert suspected(Suspicion(link=0.6), BARS) == "link"


def test_without_a_net_or_a_bar_nothing_is_suspected() -> None:
    assert suspected(None, BARS) is None
    assert suspected(sure_of("advice"), {}) is None
    assert suspected(sure_of("advice"), {"link": 0.5}) is None


def test_a_library_without_the_file_suspects_nothing(library: Library) -> None:
    bare = library.model_copy(update={"safety": library.safety.model_copy(update={"posts": None})})
    assert verdict(bare, PLAIN, sure_of("advice")) == ("pass", "")


def test_content_without_bars_is_written_as_before(library: Library) -> None:
    posts = library.safety.posts
    assert posts is not None and "suspected_from" in posts.model_dump()
    assert "suspected_from" not in posts.model_copy(update={"suspected_from": {}}).model_dump()
