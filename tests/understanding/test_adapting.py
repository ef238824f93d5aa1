"""The second net's own reading: what is taught is what is read, the same from the same, and little beside the encoder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from said import absent, library, net

from bot.adapters.understanding_local import train_into
from bot.core.errors import Misuse
from bot.understanding import Reading
from bot.understanding.adapted import CLASSES, Adapted, chances
from bot.understanding.adapting import MOST_PIECES, adapt
from bot.understanding.encoder import HALF, Changes, encoder
from bot.understanding.kept import DATA, keep, read

SLICE = {name: texts[:6] for name, texts in library().second_net.items() if "languages" not in name}
TAUGHT = [(name.partition("/")[0], text) for name, texts in SLICE.items() for text in texts]


def taught(examples: dict[str, tuple[str, ...]], passes: int) -> Adapted:
    reads = encoder()
    assert reads is not None
    return adapt(examples, reads, passes=passes)


def said_by(adapted: Adapted, text: str) -> str:
    scores = adapted.scores(Reading(text, encoder))
    assert scores is not None
    return CLASSES[int(scores.argmax())]


def test_a_slice_taught_twice_is_the_same() -> None:
    """Of nearly one length, for texts of one length are read together: so it is taught in few steps."""
    few = {name: tuple(t for t in texts if 7 <= len(t.split()) <= 8)[:2] for name, texts in SLICE.items()}
    one, other = taught(few, passes=1), taught(few, passes=1)
    for name, numbers in one.learned.items():
        np.testing.assert_allclose(numbers, other.learned[name], rtol=0.02, atol=0.002)


def test_a_slice_knows_what_it_was_taught_and_leans_as_what_is_shipped_which_agrees_with_its_examples() -> (
    None
):
    shipped, again = net().adapted, taught(SLICE, passes=3)
    right = [said_by(again, text) == concern for concern, text in TAUGHT]
    assert sum(right) > 0.6 * len(right)
    assert shipped is not None
    assert sum(said_by(shipped, text) == concern for concern, text in TAUGHT) > 0.7 * len(TAUGHT)
    same = [said_by(shipped, text) == said_by(again, text) for _, text in TAUGHT]
    assert sum(same) > 0.5 * len(same)


def test_nothing_changed_reads_as_the_encoder_does() -> None:
    reads = encoder()
    assert reads is not None
    half = reads.half_read("my chest is tight and I cannot sleep")
    mean = reads.means(half, (Changes(),) * (6 - HALF))[0]
    np.testing.assert_allclose(mean / np.linalg.norm(mean), reads.meaning(half), atol=1e-6)


def test_a_text_of_the_greatest_length_is_read_and_fits_a_batch() -> None:
    scores = net().adapted.scores(Reading("so tired " * 400, encoder))  # type: ignore[union-attr]
    assert scores is not None
    assert chances(scores).sum() == pytest.approx(1)
    assert MOST_PIECES >= 128


def test_without_the_encoder_it_says_nothing_and_is_not_taught(monkeypatch: pytest.MonkeyPatch) -> None:
    assert net().adapted.scores(Reading("i want to die", absent)) is None  # type: ignore[union-attr]
    monkeypatch.setattr("bot.understanding.learn.encoder", lambda: None)
    with pytest.raises(Misuse, match="not installed"):
        train_into("adapted", SLICE, Path("nowhere"))


def test_a_torn_file_is_no_net_and_a_whole_one_is_the_same(tmp_path: Path) -> None:
    whole = read(DATA / "adapted.npz")
    assert whole is not None
    (tmp_path / "torn").write_bytes((DATA / "adapted.npz").read_bytes()[:1000])
    assert read(tmp_path / "torn") is None
    assert read(tmp_path / "not-there") is None
    again = Adapted.from_learned(whole)
    keep(tmp_path / "again", "some mark", again.learned)
    text = Reading("he took my phone again", encoder)
    kept = read(tmp_path / "again")
    assert kept is not None
    np.testing.assert_allclose(Adapted.from_learned(kept).scores(text), again.scores(text), atol=1e-3)
