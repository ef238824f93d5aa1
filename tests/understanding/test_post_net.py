"""The second net of posts: with the rules it finds at least so much of what nobody had shown it, and few good posts wait."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from said import absent, library, post_net

from bot.core.errors import Misuse
from bot.core.groups import verdict_on
from bot.core.posts import Suspicion
from bot.core.posts.content import GRAVEST
from bot.core.safety import Context, Tier
from bot.understanding import PostNet, Reading
from bot.understanding.encoder import encoder
from bot.understanding.learn import learned
from bot.understanding.post_net import BOTH, PIECES
from bot.understanding.post_training import folds_of, train_posts
from tests.core.test_posts_corpus import FOLDER, SEEN, UNSEEN, posts

# With the rules, of so many in the half that was kept apart from rules and examples alike.
CAUGHT = {
    "contact": (67, 79),
    "link": (19, 19),
    "private_name": (17, 18),
    "method": (15, 20),
    "advice": (26, 34),
    "selling": (18, 22),
    "unkind": (21, 39),
}
WRONGLY_HELD = (20, 244)
EXAMPLES = frozenset(text for texts in library().posts.values() for text in texts)


def suspicion(text: str) -> Suspicion:
    return post_net().suspicion(Reading(text, encoder))


@cache
def held(text: str) -> str:
    """Why, by rules and net together; empty where it is shown."""
    screen = library().screen(text, Context("group_post", group=True))
    asked = suspicion(text) if screen.tier == Tier.NONE else None
    return verdict_on(text, screen, library(), asked)[1]


def test_as_many_are_caught_as_before() -> None:
    every = posts("bad", UNSEEN)
    found = Counter(post["kind"] for post in every if held(post["text"]))
    assert Counter(post["kind"] for post in every) == {kind: of for kind, (_, of) in CAUGHT.items()}
    assert {kind: found[kind] for kind, (least, _) in CAUGHT.items() if found[kind] < least} == {}


def test_few_short_good_posts_wait() -> None:
    short: list[str] = yaml.safe_load((FOLDER / "short_good.yaml").read_text())["posts"]
    assert len(short) == 120
    assert len([text for text in short if held(text)]) <= 2


def test_no_more_good_posts_wait_than_before() -> None:
    most, of = WRONGLY_HELD
    every = posts("good", UNSEEN)
    assert len(every) == of
    assert len([post for post in every if held(post["text"])]) <= most


def test_no_post_that_is_kept_apart_stands_among_the_examples() -> None:
    bare = {" ".join(text.casefold().split()) for text in EXAMPLES}
    kept = {
        " ".join(post["text"].casefold().split()) for name in ("bad", "good") for post in posts(name, UNSEEN)
    }
    assert not bare & kept


def test_the_other_half_stands_there_as_it_is() -> None:
    assert {post["text"] for name in ("bad", "good") for post in posts(name, SEEN)} <= EXAMPLES


def test_ordinary_messages_that_it_never_saw_hardly_ever_wait() -> None:
    ordinary = [
        text for name, texts in library().second_net.items() if name == "ordinary" for text in texts[::40]
    ]
    posts_held = [text for text in ordinary if held(text).startswith("suspected_")]
    assert len(ordinary) >= 80
    assert len(posts_held) * 100 <= 4 * len(ordinary), posts_held


def test_one_clause_is_not_lost_in_a_long_and_kind_post() -> None:
    kind = " ".join(text for text in library().posts["good/long"][:3])
    bad = "I'd just stop the steroids if I were you, they did nothing for me but a moon face."
    whole = suspicion(f"{kind} {bad}").advice
    assert whole >= 0.9 * suspicion(bad).advice > suspicion(kind).advice


def test_without_the_encoder_the_pieces_alone_answer() -> None:
    bad = "I'd just stop the steroids if I were you, they did nothing for me but a moon face"
    said = post_net().suspicion(Reading(bad, absent))
    assert (said.by, suspicion(bad).by) == (PIECES, BOTH)
    assert said.advice > 0.5


@pytest.mark.parametrize("text", ["", "👍", "?!", "7.4", "thanks love"])
def test_what_says_nothing_is_not_suspected(text: str) -> None:
    assert not held(text).startswith("suspected_")


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=200))
def test_any_text_gets_chances_between_none_and_certain_and_the_same_each_time(text: str) -> None:
    said = suspicion(text)
    assert all(0 <= said.of(kind) <= 1 for kind in GRAVEST)
    assert said == suspicion(text)


SLICE = {name: texts[:12] for name, texts in library().posts.items() if name.endswith("/said")}


def test_the_same_examples_teach_the_same_and_are_read_again_as_they_were_learned() -> None:
    one, other = train_posts(SLICE, None), train_posts(dict(reversed(SLICE.items())), None)
    again = PostNet.from_learned(one.learned)
    for text in ("just stop the tablets", "ring me on my mobile", "lovely day"):
        said = one.suspicion(Reading(text, absent))
        assert said == other.suspicion(Reading(text, absent))
        seen = again.suspicion(Reading(text, absent))
        np.testing.assert_allclose([seen.of(k) for k in GRAVEST], [said.of(k) for k in GRAVEST], atol=0.01)


def test_each_kind_is_dealt_out_evenly() -> None:
    kinds = np.array(["good"] * 11 + ["advice"] * 7)
    fold = folds_of(kinds)
    for kind in ("good", "advice"):
        many = Counter(fold[kinds == kind].tolist())
        assert max(many.values()) - min(many.values()) <= 1


def test_it_does_not_learn_without_something_of_each_kind() -> None:
    with pytest.raises(Misuse, match="selling"):
        learned("posts", {name: texts for name, texts in SLICE.items() if not name.startswith("selling")})
