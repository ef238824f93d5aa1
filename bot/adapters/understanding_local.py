"""Understanding in this process: the models of each release, asked away from the server's loop.

What the package brings fits the content that it brings, and is loaded. Of other content a process of its own learns,
and what it learned is kept in the data folder: the next start with the same examples need not learn again.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec import structs

from bot.adapters.in_turn import InTurn
from bot.core.errors import Misuse
from bot.core.inputs import Found, Interpreted, Understood
from bot.core.library import Library
from bot.core.posts import Suspicion
from bot.core.safety import Worry

if TYPE_CHECKING:
    from bot.understanding import Classifier, Net, PostNet, Search
    from bot.understanding.adapted import Adapted
    from bot.understanding.encoder import Encoder
    from bot.understanding.linear import Learned
    from bot.understanding.reading import Encoders, Reading

PATIENCE_S = 0.3
MOST_KEPT = 4  # releases in use at a time
NAME = "understanding.kept"
NET_NAME = "second_net.kept"
POSTS_NAME = "posts.kept"
_ROOT = Path(__file__).resolve().parents[2]
Examples = Mapping[str, tuple[str, ...]]
Part = Literal["intents", "second_net", "adapted", "posts"]
_Learns = Literal["intents", "second_net", "posts"]
_KEPT: dict[_Learns, str] = {"intents": NAME, "second_net": NET_NAME, "posts": POSTS_NAME}
_KINDS: dict[_Learns, int] = {"intents": 2, "second_net": 4, "posts": 8}
"""How many kinds of examples are needed to learn."""


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

        encoders = _encoders(encoder)
        held = encoders()  # loaded now, not under the first message
        intents = _taught("intents", library.understanding, data, meaning=held is not None)
        net = _taught("second_net", library.second_net, data, meaning=False)
        posts = _taught("posts", library.posts, data, meaning=held is not None)
        return cls(
            None if intents is None else Classifier.from_learned(intents),
            None if net is None else Net.from_learned(net, _adapted()),
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


def _encoders(wanted: bool) -> Encoders:
    from bot.understanding.encoder import encoder  # numpy, which no server's start waits for

    return encoder if wanted else lambda: None


# -- the search -------------------------------------------------------------------------------------------


class Finder(NamedTuple):
    """``step_of``: the step of a page that answers a question best."""

    find: Callable[[str], tuple[Found, ...]]
    step_of: Callable[[str, str], str]


def _searched(library: Library, data: Path | None, encoder: Encoder | None) -> Search:
    """At once. Vectors that are missing are worked out in a thread of their own, and until then words must do."""
    from bot.understanding.searching import meant, search_over, work_out

    search = search_over(library)
    if encoder is not None and not meant(search, data):
        threading.Thread(target=work_out, args=(search, encoder, data), daemon=True).start()
    return search


def finder_over(library: Library, *, encoder: bool = True) -> Finder:
    """For commands, which may take their time."""
    from bot.understanding import Reading
    from bot.understanding.searching import meant, search_over, work_out

    search, encoders = search_over(library), _encoders(encoder)
    reads = encoders()
    if reads is not None and not meant(search):
        work_out(search, reads)
    reading = lru_cache(maxsize=1)(lambda question: Reading(question, encoders))
    return Finder(
        lambda question: search.find(question, reading(question).meaning),
        lambda page, question: search.step_of(page, question, reading(question).meaning),
    )


def ship_vectors(library: Library) -> Path:
    """The file that the search is shipped with, written anew for a library. Raises Misuse where there is no encoder."""
    from bot.understanding.encoder import encoder
    from bot.understanding.searching import build

    return build(library, encoder())


# -- what was learned, or is to be ------------------------------------------------------------------------


def _adapted() -> Adapted | None:
    """As the package brings it, whatever the examples: no server teaches it, for it takes a quarter of an hour."""
    from bot.understanding.adapted import Adapted
    from bot.understanding.kept import DATA, read

    held = read(DATA / "adapted.npz")
    return None if held is None else Adapted.from_learned(held)


def examples_to_adapt(library: Library) -> Examples:
    """What people ask for is ordinary."""
    asked = tuple(text for texts in library.understanding.values() for text in texts)
    return {**library.second_net, "ordinary/asked": asked}


def _taught(part: _Learns, examples: Examples, data: Path | None, *, meaning: bool) -> Learned | None:
    """As the package brings it, as it was kept, or learned now. None of too few examples."""
    from bot.understanding.kept import DATA, found, mark_of

    if not _enough(part, examples):
        return None
    mark = mark_of(part, examples)
    places = [DATA / f"{part}.npz", *([data / _KEPT[part]] if data else [])]
    for place in places:
        learned = found(place, mark, meaning=meaning)
        if learned is not None:
            return learned
    if data is not None and data.is_dir() and os.access(data, os.W_OK):
        _learn(part, examples, places[-1], meaning=meaning)
        return found(places[-1], mark, meaning=meaning)
    with tempfile.TemporaryDirectory(prefix="bounceback-") as folder:
        _learn(part, examples, Path(folder) / _KEPT[part], meaning=meaning)
        return found(Path(folder) / _KEPT[part], mark, meaning=meaning)


def _enough(part: _Learns, examples: Examples) -> bool:
    names = [name for name, texts in examples.items() if texts]
    return len(names if part == "intents" else {name.partition("/")[0] for name in names}) >= _KINDS[part]


def _learn(part: _Learns, examples: Examples, place: Path, *, meaning: bool) -> None:
    """In a process of its own: what learning loads would stay in the server for good."""
    asked = json.dumps({"examples": {n: list(t) for n, t in examples.items()}, "encoder": meaning})
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    subprocess.run(
        [sys.executable, "-m", "bot.understanding.learn", part, str(place)],
        input=asked.encode(),
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )


# -- for commands, which may take their time ------------------------------------------------------------------


def reader_taught_by(examples: Examples, *, encoder: bool = True) -> Callable[[str], Understood]:
    """Raises Misuse where there are too few examples."""
    from bot.understanding import Classifier

    meaning = _encoders(encoder)() is not None
    learned = _taught("intents", examples, None, meaning=meaning)
    if learned is None:
        raise Misuse("to tell intents apart there must be two of them, with examples")
    return _asking(Classifier.from_learned(learned), encoder=encoder)


def reader_kept_in(file: Path, *, encoder: bool = True) -> Callable[[str], Understood]:
    """What ``train_into`` made. Raises Misuse where it is no such file."""
    import numpy as np

    from bot.understanding import Classifier

    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as held:
            return _asking(Classifier.from_learned(dict(held)), encoder=encoder)
    except (OSError, ValueError, KeyError, EOFError):
        raise Misuse(f"{file} is no model. Make one with `bounceback train --nlu FILE --out FILE`") from None


def train_into(
    part: Part,
    examples: Examples,
    file: Path,
    *,
    encoder: bool = True,
    told: Callable[[float], None] | None = None,
) -> None:
    """In this process; ``told`` hears how far a long training is. Raises Misuse where there are too few examples."""
    from bot.understanding.kept import keep, mark_of
    from bot.understanding.learn import learned

    made = learned(part, examples, meaning=encoder, told=told)
    try:
        keep(file, mark_of(part, examples), made)
    except OSError as error:
        raise Misuse(f"{file} cannot be written: {error.strerror}") from None


def fits(part: Part, examples: Examples, file: Path) -> bool:
    """Whether that is what these examples would teach."""
    from bot.understanding.kept import found, mark_of

    return found(file, mark_of(part, examples), meaning=part in ("intents", "posts")) is not None


def shipped_models() -> Path:
    from bot.understanding.kept import DATA

    return DATA


def worry_taught_by(examples: Examples, *, encoder: bool = True) -> Callable[[str], Worry] | None:
    """The second net; None of too few examples."""
    from bot.understanding import Net, Reading

    encoders = _encoders(encoder)
    learned = _taught("second_net", examples, None, meaning=False)
    if learned is None:
        return None
    net = Net.from_learned(learned, _adapted())
    return lambda text: net.worry(Reading(text, encoders))


def suspicion_taught_by(examples: Examples, *, encoder: bool = True) -> Callable[[str], Suspicion] | None:
    """The second net of posts; None of too few examples."""
    from bot.understanding import PostNet, Reading

    encoders = _encoders(encoder)
    learned = _taught("posts", examples, None, meaning=encoders() is not None)
    if learned is None:
        return None
    net = PostNet.from_learned(learned)
    return lambda text: net.suspicion(Reading(text, encoders))


def _asking(classifier: Classifier, *, encoder: bool) -> Callable[[str], Understood]:
    from bot.understanding import Reading

    encoders = _encoders(encoder)
    return lambda text: classifier.predict(Reading(text, encoders))
