"""Learning: in a process of its own, the same from the same examples, and never in one that serves."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import islice

import numpy as np
import pytest
from said import CONTENT, OTHER, absent, classifier, library, net, pairs, post_net, predict

from bot.core.errors import Misuse
from bot.core.inputs import Understood
from bot.understanding import Reading
from bot.understanding.classifier import PIECES
from bot.understanding.encoder import encoder
from bot.understanding.kept import DATA
from bot.understanding.learn import learned
from bot.understanding.training import train_intents, train_net

MOST_BYTES = 5_000_000
SLICE = {intent: library().understanding[intent][:12] for intent in sorted(library().understanding)[:6]}


def test_the_models_that_are_shipped_fit_the_content_that_is_shipped() -> None:
    assert classifier().intents == tuple(sorted(library().understanding))
    assert net().adapted is not None
    assert post_net().both is not None


def test_the_models_are_small() -> None:
    assert sum(file.stat().st_size for file in DATA.glob("*.npz")) <= MOST_BYTES


def test_the_same_examples_teach_the_same() -> None:
    one = train_intents(SLICE, encoder()).learned
    other = train_intents(dict(reversed(SLICE.items())), encoder()).learned
    assert one.keys() == other.keys()
    for name, numbers in one.items():
        if numbers.dtype.kind == "f":
            np.testing.assert_allclose(numbers, other[name], rtol=0.02, atol=0.002)
        else:
            assert np.array_equal(numbers, other[name])


def test_a_slice_of_the_shipped_net_taught_anew_is_much_like_it() -> None:
    """Not the same, for it knows less; but what the one is sure of the other leans to."""
    some = {name: texts[:8] for name, texts in library().second_net.items()}
    again = train_net(some)
    for text, concern in (("i want to die", "risk"), ("my husband hit me again", "safeguarding")):
        worry = again.worry(Reading(text, absent))
        assert getattr(worry, concern) == pytest.approx(
            getattr(net().worry(Reading(text, absent)), concern), abs=0.5
        )


def test_an_unknown_text_is_out_of_scope_for_any_examples() -> None:
    taught = train_intents({"yes": ("yes", "yes please"), "no": ("no", "no thanks")}, encoder())
    assert predict("zzz", taught) == Understood(intent=OTHER, confidence=0.0, by=PIECES)
    assert predict("yes please", taught).intent == "yes"


def test_an_example_is_recognised_without_having_been_seen() -> None:
    kept = {
        intent: tuple(text for n, text in enumerate(texts) if n % 5)
        for intent, texts in library().understanding.items()
    }
    taught = train_intents(kept, None)
    asked = {intent: texts[::5] for intent, texts in library().understanding.items()}
    right = [taught.predict(Reading(text, absent)).intent == intent for intent, text in pairs(asked)]
    assert sum(right) >= 0.5 * len(right)  # of 55 intents; with the encoder see test_classifier


@pytest.mark.parametrize("examples", [{}, {"one": ("a b", "b c")}, {"one": ("a b",), "two": ()}])
def test_one_intent_alone_cannot_be_told_apart(examples: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(Misuse):
        learned("intents", examples)


def test_a_net_without_ordinary_messages_learns_nothing() -> None:
    with pytest.raises(Misuse):
        learned("second_net", {"risk/active": ("i want to die",)})


_SERVES = """
import asyncio, json, sys
from pathlib import Path
from bot.adapters.understanding_local import LocalUnderstanding
from bot.core.library import Library
library = Library.model_validate_json(Path(sys.argv[1]).read_bytes())

async def main():
    local = LocalUnderstanding()
    await local.prepare(library)
    said = await local.interpret(library, "cup of tea")
    print(json.dumps([said.understood.intent, sorted(m for m in sys.modules if m in ("autograd", "sklearn", "scipy", "onnxruntime"))]))

asyncio.run(main())
"""


def test_what_serves_learns_other_examples_without_loading_what_learns(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    tea = {"tea": ("cup of tea", "brew"), "bread": ("slice of bread", "loaf")}
    file = tmp_path_factory.mktemp("other") / "library.json"
    file.write_text(library().model_copy(update={"understanding": tea}).model_dump_json())
    done = subprocess.run(
        [sys.executable, "-c", _SERVES, str(file)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=CONTENT.parent,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == ["tea", []]


def test_the_net_is_not_taught_by_intents_nor_they_by_it() -> None:
    assert not set(library().second_net) & set(library().understanding)
    assert len(list(islice(pairs(dict(library().second_net)), 1_500))) == 1_500
