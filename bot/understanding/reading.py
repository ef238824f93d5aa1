"""One text as the models see it: each way of seeing is worked out when it is first wanted, and then held."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from bot.understanding.encoder import Changes, Encoder, HalfRead, Meanings
from bot.understanding.features import Pieces, pieces_of, words_of

Encoders = Callable[[], Encoder | None]
_SENTENCE_ENDS = re.compile(r"(?<=[.!?…])\s+|\s*\n\s*")


class Reading:
    def __init__(self, text: str, encoder: Encoders) -> None:
        self.text = text
        self._encoder = encoder

    @cached_property
    def words(self) -> list[str]:
        return words_of(self.text)

    @cached_property
    def pieces(self) -> Pieces:
        return pieces_of(self.words)

    @cached_property
    def half(self) -> HalfRead | None:
        """None where there is no encoder."""
        encoder = self._encoder()
        return None if encoder is None else encoder.half_read(self.text)

    @cached_property
    def meaning(self) -> Meanings | None:
        encoder = self._encoder()
        return None if encoder is None or self.half is None else encoder.meaning(self.half)

    def with_changes(self, changes: Sequence[Changes]) -> Meanings | None:
        """The mean of its pieces, read to the end by changed layers."""
        encoder = self._encoder()
        return None if encoder is None or self.half is None else encoder.means(self.half, changes)[0]

    def parts(self, longest: int) -> Iterator[Reading]:
        """Its sentences, as many together as ``longest`` characters hold; none where they are one part."""
        parts: list[str] = []
        for sentence in filter(None, _SENTENCE_ENDS.split(self.text.strip())):
            if parts and len(parts[-1]) + len(sentence) < longest:
                parts[-1] += f" {sentence}"
            else:
                parts.append(sentence)
        if len(parts) > 1:
            yield from (Reading(part, self._encoder) for part in parts)

    @property
    def asked(self) -> bool:
        """Whether anybody needed the encoder."""
        return "half" in self.__dict__
