"""One text as the models see it: each way of seeing is worked out when it is first wanted, and then held."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from bot.understanding.encoder import Encoder, Meanings
from bot.understanding.features import Pieces, pieces_of, words_of

Encoders = Callable[[], Encoder | None]


class Reading:
    def __init__(self, text: str, encoder: Encoders) -> None:
        self._text = text
        self._encoder = encoder

    @cached_property
    def words(self) -> list[str]:
        return words_of(self._text)

    @cached_property
    def pieces(self) -> Pieces:
        return pieces_of(self.words)

    @cached_property
    def meaning(self) -> Meanings | None:
        """None where there is no encoder."""
        encoder = self._encoder()
        return None if encoder is None else encoder.meanings([self._text])[0]

    @property
    def asked(self) -> bool:
        """Whether anybody needed the encoder."""
        return "meaning" in self.__dict__
