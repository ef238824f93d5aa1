"""Understanding behind its port: trained once a release, absent rather than late."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace
from said import classifier, library

from bot.adapters.understanding_local import LocalUnderstanding
from bot.core.inputs import Interpreted
from bot.core.library import Library


def library_with(examples: dict[str, tuple[str, ...]]) -> Library:
    held = {name: getattr(library(), name) for name in Library.model_fields}
    return Library(**{**held, "understanding": examples})


def slow_to_learn() -> Library:
    """So many long examples that no machine learns them within the limit."""
    many = {
        name: tuple(f"{name} {n} " + " ".join(str(n * k) for k in range(40)) for n in range(1_000))
        for name in ("first", "second")
    }
    return library_with(many)


async def test_a_message_is_understood_as_the_classifier_does() -> None:
    local = LocalUnderstanding()
    await local.prepare(library())
    heard = (await local.interpret(library(), "I cannot sleep")).understood
    assert heard is not None
    assert replace(heard, found=()) == classifier().predict("I cannot sleep")
    assert "everybody/sleep" in {found.page for found in heard.found}


async def test_each_release_is_understood_by_its_own_examples() -> None:
    local = LocalUnderstanding()
    one = library_with({"tea": ("cup of tea", "brew"), "bread": ("slice of bread", "loaf")})
    other = library_with({"drink": ("cup of tea", "brew"), "food": ("slice of bread", "loaf")})
    for release in (one, other):
        await local.prepare(release)
    said = [(await local.interpret(release, "tea")).understood for release in (one, other)]
    assert [answer.intent for answer in said if answer] == ["tea", "drink"]


async def test_without_examples_there_is_no_answer() -> None:
    local = LocalUnderstanding()
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
    local = LocalUnderstanding()
    await asyncio.gather(*(local.prepare(library()) for _ in range(3)))
    said = await asyncio.gather(*(local.interpret(library(), "hello") for _ in range(20)))
    assert {answer.intent for read in said if (answer := read.understood)} == {"hello"}
