"""The models of each release, asked away from the server's loop."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from bot.adapters.understanding_local.in_turn import InTurn
from bot.adapters.understanding_local.taught import adapted, encoders_if, taught
from bot.core.inputs import Interpreted
from bot.core.library import Library
from bot.core.posts import Suspicion

if TYPE_CHECKING:
    from bot.understanding import Classifier, Net, PostNet, Reading, Search
    from bot.understanding.encoder import Encoder
    from bot.understanding.reading import Encoders

PATIENCE_S = 0.3
MOST_KEPT = 4  # releases in use at a time


class LocalUnderstanding:
    def __init__(self, data: Path | None = None, *, encoder: bool = True, patience: float = 1.0) -> None:
        """``data``: the folder where what was learned last is kept. ``encoder``: whether texts are also read for what
        they mean, where its package is installed. ``patience``: how many times the limit."""
        self._data = data
        self._encoder = encoder
        self._patience_s = PATIENCE_S * patience
        self._readers: dict[str, Future[_Reader]] = {}
        self._lock = threading.Lock()
        self._reading = InTurn("understanding")

    async def prepare(self, library: Library) -> None:
        """Learn this release before the first message needs it: at the start, and at each publishing."""
        await asyncio.wrap_future(self._reader(library))

    async def interpret(
        self, library: Library, text: str, *, intent: bool = True, post: bool = False
    ) -> Interpreted:
        """How worrying it is has its turn first: what a post may hold takes none of that time."""
        now = asyncio.get_running_loop().time
        until, heard = now() + self._patience_s, Interpreted()
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                reader = await asyncio.shield(asyncio.wrap_future(self._reader(library)))
            reading = reader.reading(text)
            heard = await self._reading.do(partial(reader.read, reading, intent), until - now())
            if post:
                suspicion = await self._reading.do(partial(reader.suspicion, reading), until - now())
                heard = structs.replace(heard, suspicion=suspicion)
        return heard

    def _reader(self, library: Library) -> Future[_Reader]:
        """Made in a thread that nobody waits for at the end of the process, nor ends when its caller is gone."""
        with self._lock:
            if library.release not in self._readers:
                made: Future[_Reader] = Future()
                self._readers[library.release] = made
                for oldest in tuple(self._readers)[:-MOST_KEPT]:
                    del self._readers[oldest]
                threading.Thread(target=self._make, args=(library, made), daemon=True).start()
            return self._readers[library.release]

    def _make(self, library: Library, made: Future[_Reader]) -> None:
        try:
            made.set_result(_Reader.of(library, self._data, encoder=self._encoder))
        except BaseException as error:
            made.set_exception(error)


@dataclass(frozen=True)
class _Reader:
    """What one release was taught: what people want, what is worrying, what no post may hold, and the pages that may
    answer."""

    classifier: Classifier | None
    net: Net | None
    posts: PostNet | None
    search: Search
    encoder: Encoders

    @classmethod
    def of(cls, library: Library, data: Path | None, *, encoder: bool) -> _Reader:
        from bot.understanding import Classifier, Net, PostNet  # numpy, which no server's start waits for

        encoders = encoders_if(encoder)
        held = encoders()  # loaded now, not under the first message
        intents = taught("intents", library.understanding, data, meaning=held is not None)
        net = taught("second_net", library.second_net, data, meaning=False)
        posts = taught("posts", library.posts, data, meaning=held is not None)
        return cls(
            None if intents is None else Classifier.from_learned(intents),
            None if net is None else Net.from_learned(net, adapted()),
            None if posts is None else PostNet.from_learned(posts),
            _searched(library, data, held),
            encoders,
        )

    def reading(self, text: str) -> Reading:
        from bot.understanding import Reading

        return Reading(text, self.encoder)

    def read(self, reading: Reading, intent: bool) -> Interpreted:
        understood = self.classifier.predict(reading) if intent and self.classifier else None
        if understood is not None:
            found = self.search.find(reading.text, reading.meaning)
            understood = structs.replace(understood, found=found)
        return Interpreted(understood, self.net.worry(reading) if self.net else None)

    def suspicion(self, reading: Reading) -> Suspicion | None:
        return self.posts.suspicion(reading) if self.posts else None


def _searched(library: Library, data: Path | None, encoder: Encoder | None) -> Search:
    """At once. Vectors that are missing are worked out in a thread of their own, and until then words must do."""
    from bot.understanding.searching import meant, search_over, work_out

    search = search_over(library)
    if encoder is not None and not meant(search, data):
        threading.Thread(target=work_out, args=(search, encoder, data), daemon=True).start()
    return search
