"""Texts as vectors: as the model's makers count them, and as their tokenizer cuts them."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from bot.understanding.encoder import LONGEST, WIDTH, encoder
from bot.understanding.weights import numbers_in

held = encoder()
assert held is not None
PIECES = held._pieces


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("I can't sleep", [101, 1045, 2064, 1005, 1056, 3637, 102]),
        ("", [101, 102]),
        ("ÉCOLE naïve", [101, 12431, 15743, 102]),
        ("breathlessness!", [101, 16701, 2791, 999, 102]),
        ("👍", [101, 100, 102]),
        ("日本 tea", [101, 1864, 1876, 5572, 102]),
        ("x\u200by\tz\x00", [101, 1060, 2100, 1062, 102]),
    ],
)
def test_a_text_is_cut_as_the_model_learned_it(text: str, cut: list[int]) -> None:
    assert PIECES.cut(text) == cut


def test_a_text_means_what_the_models_own_runtime_makes_of_it() -> None:
    """The first four numbers, counted by onnxruntime 1.32 from the same file."""
    texts = ["I can't sleep", "ÉCOLE naïve", "breathlessness!"]
    counted = [
        [-0.00367, -0.02916, -0.00712, 0.07048],
        [0.01878, 0.00263, 0.03651, -0.02319],
        [-0.01665, -0.00050, 0.00647, 0.06099],
    ]
    np.testing.assert_allclose(held.meanings(texts)[:, :4], counted, atol=2e-5)


def test_a_long_text_is_cut_off() -> None:
    assert len(PIECES.cut("word " * 500)) == LONGEST


def test_a_text_means_the_same_whatever_stands_beside_it() -> None:
    texts = ["I cannot sleep", "word " * 300, "", "tea"]
    together = held.meanings(texts)
    assert together.shape == (4, WIDTH)
    for n, text in enumerate(texts):
        np.testing.assert_allclose(together[n], held.meanings([text])[0], atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, rtol=1e-5)


def test_the_same_said_otherwise_is_near_and_another_thing_is_far() -> None:
    asleep, awake, bus = held.meanings(["I cannot sleep", "lying awake all night", "when is the next bus"])
    assert asleep @ awake > 0.5 > 0.2 > asleep @ bus


@pytest.mark.parametrize("file", [b"", b"no model at all", b"\xff" * 40])
def test_what_is_no_model_is_refused(file: bytes) -> None:
    with pytest.raises(ValueError):
        numbers_in(file)


def test_nothing_counts_in_threads_that_the_start_of_another_process_would_wait_for() -> None:
    """BLAS joins its threads before a fork: with one of them at work the process would stand still for ever."""
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    assert pools
    assert [pool["num_threads"] for pool in pools] == [1] * len(pools)
