"""Understanding in this process: one classifier a release, trained and asked away from the server's loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping

from bot.core.inputs import Understood
from bot.core.library import Library
from bot.understanding import Classifier
from bot.understanding.classifier import FEWEST_INTENTS

PATIENCE_S = 0.3
MOST_KEPT = 4  # releases in use at a time


class LocalUnderstanding:
    def __init__(self) -> None:
        self._trained: dict[str, Classifier] = {}
        self._training = threading.Lock()

    async def prepare(self, library: Library) -> None:
        """Train for this release before the first message needs it: at the start, and at each publishing."""
        if _teachable(library):
            await asyncio.to_thread(self._classifier, library)

    async def understand(self, library: Library, text: str) -> Understood | None:
        if not _teachable(library):
            return None
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await asyncio.to_thread(self._read, library, text)
        except TimeoutError:
            return None

    def _read(self, library: Library, text: str) -> Understood:
        return self._classifier(library).predict(text)

    def _classifier(self, library: Library) -> Classifier:
        """Runs in a thread, which goes on when its caller is gone: a training that was late is kept all the same."""
        known = self._trained.get(library.release)
        if known is not None:
            return known
        with self._training:
            if library.release not in self._trained:
                self._trained[library.release] = Classifier.train(library.understanding)
                for oldest in tuple(self._trained)[:-MOST_KEPT]:
                    del self._trained[oldest]
            return self._trained[library.release]


def reader_taught_by(examples: Mapping[str, tuple[str, ...]]) -> Callable[[str], Understood]:
    """For commands, which may take their time. Raises Misuse where there are too few examples."""
    return Classifier.train(examples).predict


def _teachable(library: Library) -> bool:
    return sum(1 for texts in library.understanding.values() if texts) >= FEWEST_INTENTS
