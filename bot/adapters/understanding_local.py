"""Understanding in this process: one classifier a release, taught and asked away from the server's loop.

What a training learned is kept in the data folder: the next start with the same examples need not train again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import threading
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from bot.core.inputs import Found, Interpreted, Understood
from bot.core.library import Library

if TYPE_CHECKING:
    from bot.understanding import Classifier, Search
    from bot.understanding.encoder import Meanings

PATIENCE_S = 0.3
MOST_KEPT = 4  # releases in use at a time
NAME = "understanding.kept"
_CODE = Path(__file__).resolve().parents[1] / "understanding"
Examples = Mapping[str, tuple[str, ...]]


class LocalUnderstanding:
    def __init__(self, data: Path | None = None) -> None:
        """``data``: the folder where what was learned last is kept."""
        self._data = data
        self._kept = data / NAME if data else None
        self._taught: dict[str, _Reader] = {}
        self._teaching = threading.Lock()

    async def prepare(self, library: Library) -> None:
        """Learn this release before the first message needs it: at the start, and at each publishing."""
        await asyncio.to_thread(self._reader, library)

    async def interpret(self, library: Library, text: str, *, intent: bool = True) -> Interpreted:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await asyncio.to_thread(self._read, library, text, intent)
        except TimeoutError:
            return Interpreted()

    def _read(self, library: Library, text: str, intent: bool) -> Interpreted:
        if not intent:
            return Interpreted()
        reader = self._reader(library)
        if reader.classifier is None:
            return Interpreted()
        found = reader.search.find(text, _meaning_of(text))
        return Interpreted(structs.replace(reader.classifier.predict(text), found=found))

    def _reader(self, library: Library) -> _Reader:
        """Runs in a thread, which goes on when its caller is gone: a training that was late is kept all the same."""
        if library.release in self._taught:
            return self._taught[library.release]
        with self._teaching:
            if library.release not in self._taught:
                self._taught[library.release] = _Reader(
                    _taught(library.understanding, self._kept), searched(library, self._data)
                )
                for oldest in tuple(self._taught)[:-MOST_KEPT]:
                    del self._taught[oldest]
            return self._taught[library.release]


@dataclass(frozen=True)
class _Reader:
    """What one release was taught: what people want, and the pages that may answer them."""

    classifier: Classifier | None
    search: Search


# -- the search -------------------------------------------------------------------------------------------


class Finder(NamedTuple):
    """``step_of``: the step of a page that answers a question best."""

    find: Callable[[str], tuple[Found, ...]]
    step_of: Callable[[str, str], str]


def searched(library: Library, data: Path | None) -> Search:
    """At once. Vectors that are missing are worked out in a thread of their own, and until then words must do."""
    from bot.understanding.encoder import encoder  # numpy, which no server's start waits for
    from bot.understanding.searching import meant, search_over, work_out

    search, reads = search_over(library), encoder()
    if reads is not None and not meant(search, data):
        threading.Thread(target=work_out, args=(search, reads, data), daemon=True).start()
    return search


def finder_over(library: Library) -> Finder:
    """For commands, which may take their time."""
    from bot.understanding.encoder import encoder
    from bot.understanding.searching import meant, search_over, work_out

    search, reads = search_over(library), encoder()
    if not meant(search) and reads is not None:
        work_out(search, reads)
    meaning = lru_cache(maxsize=1)(_meaning_of)
    return Finder(
        lambda question: search.find(question, meaning(question)),
        lambda page, question: search.step_of(page, question, meaning(question)),
    )


def ship_vectors(library: Library) -> Path:
    """The file that the search is shipped with, written anew for a library. Raises Misuse where there is no encoder."""
    from bot.understanding.encoder import encoder
    from bot.understanding.searching import build

    return build(library, encoder())


def _meaning_of(text: str) -> Meanings | None:
    from bot.understanding.encoder import encoder

    reads = encoder()
    return None if reads is None else reads.meanings([text])[0]


# -- what is learned --------------------------------------------------------------------------------------


def reader_taught_by(examples: Examples) -> Callable[[str], Understood]:
    """For commands, which may take their time. Raises Misuse where there are too few examples."""
    from bot.understanding import Classifier  # numpy, which no server's start waits for

    return Classifier.train(examples).predict


def _taught(examples: Examples, kept: Path | None) -> Classifier | None:
    """None of too few examples."""
    from bot.understanding import Classifier  # numpy, which no server's start waits for
    from bot.understanding.classifier import FEWEST_INTENTS

    if sum(1 for texts in examples.values() if texts) < FEWEST_INTENTS:
        return None
    mark = _mark(examples)
    if kept is None or not mark:
        return Classifier.train(examples)
    classifier = _found(kept, mark)
    if classifier is None:
        classifier = Classifier.train(examples)
        _keep(kept, mark, classifier)
    return classifier


def _found(path: Path, mark: str) -> Classifier | None:
    """What was learned from the same examples by the same code; None where it is of others, or torn."""
    import numpy as np  # loaded with the classifier

    from bot.understanding import Classifier

    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            if str(held["mark"]) == mark:
                return Classifier.from_learned(dict(held))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        pass
    return None


def _keep(path: Path, mark: str, classifier: Classifier) -> None:
    """Beside its place and then renamed. A full disk or a data folder that is not there yet keeps nothing."""
    import numpy as np  # loaded with the classifier

    half = path.with_name(f"{NAME}.{os.getpid()}")
    with suppress(OSError):
        try:
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                np.savez(file, allow_pickle=False, **{"mark": np.array(mark), **classifier.learned})
            half.replace(path)
        finally:
            half.unlink(missing_ok=True)


def _mark(examples: Examples) -> str:
    """A hash over everything that the weights hang on: the examples, and the code that learns. Empty without sources."""
    import numpy as np  # loaded with the classifier

    code = [path.read_bytes() for path in sorted(_CODE.glob("*.py"))]
    told = {name: list(texts) for name, texts in sorted(examples.items())}
    seen = hashlib.sha256(json.dumps([np.__version__, told]).encode() + b"".join(code))
    return seen.hexdigest() if code else ""
