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
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from bot.core.inputs import Interpreted, Understood
from bot.core.library import Library, Module, texts_of

if TYPE_CHECKING:
    from bot.understanding import Classifier, Search

PATIENCE_S = 0.3
MOST_KEPT = 4  # releases in use at a time
NAME = "understanding.kept"
_CODE = Path(__file__).resolve().parents[1] / "understanding"
Examples = Mapping[str, tuple[str, ...]]


class LocalUnderstanding:
    def __init__(self, data: Path | None = None) -> None:
        """``data``: the folder where what was learned last is kept."""
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
        return Interpreted(structs.replace(reader.classifier.predict(text), found=reader.search.find(text)))

    def _reader(self, library: Library) -> _Reader:
        """Runs in a thread, which goes on when its caller is gone: a training that was late is kept all the same."""
        if library.release in self._taught:
            return self._taught[library.release]
        with self._teaching:
            if library.release not in self._taught:
                self._taught[library.release] = _Reader(
                    _taught(library.understanding, self._kept), search_over(library)
                )
                for oldest in tuple(self._taught)[:-MOST_KEPT]:
                    del self._taught[oldest]
            return self._taught[library.release]


@dataclass(frozen=True)
class _Reader:
    """What one release was taught: what people want, and the pages that may answer them."""

    classifier: Classifier | None
    search: Search


def search_over(library: Library) -> Search:
    """The pages in English: what people ask in other languages is not searched for yet."""
    from bot.understanding import Page, Search  # numpy, which no server's start waits for

    plain = (module for key, module in library.modules.items() if key == module.id and not module.easy)
    return Search(
        [Page(m.id, m.title, m.asked if m.quick else (m.summary, *m.asked), _text_of(m)) for m in plain],
        library.alike,
    )


def _text_of(module: Module) -> str:
    return " ".join(text for step in module.steps for part in step.parts for text in texts_of(part))


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
