"""Understanding behind its port: trained once a release, absent rather than late."""

from __future__ import annotations

import asyncio
import threading

import pytest
from clinic import PATIENCE
from msgspec.structs import replace
from said import library, net, predict

from bot.adapters.understanding_local import LocalUnderstanding
from bot.core.inputs import Interpreted
from bot.core.library import Library
from bot.core.posts import Suspicion
from bot.understanding import PostNet, Reading
from bot.understanding.classifier import PIECES
from bot.understanding.encoder import encoder


def library_with(examples: dict[str, tuple[str, ...]]) -> Library:
    held = {name: getattr(library(), name) for name in Library.model_fields}
    return Library(**{**held, "understanding": examples, "second_net": {}})


def slow_to_learn() -> Library:
    """A process that learns does not even begin within the limit."""
    many = {
        name: tuple(f"{name} {n} " + " ".join(str(n * k) for k in range(9)) for n in range(40))
        for name in ("first", "second")
    }
    return library_with(many)


async def test_a_message_is_understood_as_the_classifier_does() -> None:
    local = LocalUnderstanding(patience=PATIENCE)
    await local.prepare(library())
    heard = (await local.interpret(library(), "I cannot sleep")).understood
    assert heard is not None
    assert replace(heard, found=()) == predict("I cannot sleep")
    assert "everybody/sleep" in {found.page for found in heard.found}


async def test_one_pass_tells_what_it_is_about_and_how_worrying_it_is() -> None:
    local = LocalUnderstanding(patience=PATIENCE)
    await local.prepare(library())
    text = "my chest hurts and it goes down my arm"
    both = await local.interpret(library(), text)
    assert both.understood is not None
    assert both.worry == net().worry(Reading(text, encoder))
    assert await local.interpret(library(), text, intent=False) == Interpreted(None, both.worry)


async def test_without_the_encoder_it_goes_by_the_pieces() -> None:
    local = LocalUnderstanding(encoder=False, patience=PATIENCE)
    await local.prepare(library())
    heard = await local.interpret(library(), "lying awake at three in the morning")
    assert heard.understood is not None and heard.worry is not None
    assert (heard.understood.by, heard.worry.by) == (PIECES, "net-pieces-1")


async def test_each_release_is_understood_by_its_own_examples() -> None:
    local = LocalUnderstanding(patience=PATIENCE)
    one = library_with({"tea": ("cup of tea", "brew"), "bread": ("slice of bread", "loaf")})
    other = library_with({"drink": ("cup of tea", "brew"), "food": ("slice of bread", "loaf")})
    for release in (one, other):
        await local.prepare(release)
    said = [(await local.interpret(release, "tea")).understood for release in (one, other)]
    assert [answer.intent for answer in said if answer] == ["tea", "drink"]


async def test_without_examples_there_is_no_answer() -> None:
    local = LocalUnderstanding(patience=PATIENCE)
    empty = library_with({})
    await local.prepare(empty)
    assert await local.interpret(empty, "hello") == Interpreted()


async def test_a_late_answer_is_none_and_the_training_is_not_lost() -> None:
    local = LocalUnderstanding()
    slow = slow_to_learn()
    assert await local.interpret(slow, "first 7") == Interpreted()
    await local.prepare(slow)
    said = (await local.interpret(slow, "first 7")).understood
    assert said is not None
    assert said.intent == "first"


async def test_messages_that_come_while_it_learns_are_all_answered_or_none() -> None:
    local = LocalUnderstanding(patience=PATIENCE)
    await asyncio.gather(*(local.prepare(library()) for _ in range(3)))
    said = await asyncio.gather(*(local.interpret(library(), "hello") for _ in range(20)))
    assert {answer.intent for read in said if (answer := read.understood)} == {"hello"}


async def test_what_a_post_may_hold_takes_no_time_from_how_worrying_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let_go = threading.Event()
    judged = PostNet.suspicion

    def slowly(self: PostNet, reading: Reading) -> Suspicion:
        let_go.wait(PATIENCE)
        return judged(self, reading)

    monkeypatch.setattr(PostNet, "suspicion", slowly)
    local = LocalUnderstanding(patience=5)
    await local.prepare(library())
    text = "I do not want to be here any more at all"
    heard = await local.interpret(library(), text, intent=False, post=True)
    let_go.set()
    assert heard == Interpreted(None, net().worry(Reading(text, encoder)))


async def test_of_a_post_both_are_told() -> None:
    local = LocalUnderstanding(patience=PATIENCE)
    await local.prepare(library())
    heard = await local.interpret(
        library(), "Ring me on the usual one tonight, love", intent=False, post=True
    )
    assert heard.worry is not None and heard.suspicion is not None
