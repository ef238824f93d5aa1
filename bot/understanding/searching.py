"""The search over a library: its pages, and the vectors of their texts, as shipped, kept in a folder or worked out now."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from bot.core.errors import Misuse
from bot.core.library import Library, Module, Step, texts_of
from bot.understanding.encoder import Encoder
from bot.understanding.passages import Passages
from bot.understanding.search import Page, Passage, Search
from bot.whole import written_whole

SHIPPED = Path(__file__).with_name("data") / "search.npz"
NAME = "search.kept"


def search_over(library: Library) -> Search:
    """By words. The pages in English: what people ask in other languages is not searched for yet."""
    plain = (module for key, module in library.modules.items() if key == module.id and not module.easy)
    return Search(
        [Page(m.id, m.title, m.asked if m.quick else (m.summary, *m.asked), _body(m)) for m in plain],
        library.alike,
    )


def meant(search: Search, data: Path | None = None) -> bool:
    """Give the search the vectors of its texts, of those at hand. False where some are missing: it goes on by words."""
    passages = _at_hand(data)
    if passages is None or passages.missing(search.texts):
        return False
    search.know(passages)
    return True


def work_out(search: Search, encoder: Encoder, data: Path | None = None) -> None:
    """The vectors that are missing, some 8 ms each; those that are not shipped are kept in the folder ``data``."""
    passages, shipped = _at_hand(data), Passages.read(SHIPPED)
    if passages is None or shipped is None:
        return
    missing = passages.missing(search.texts)
    full = passages.along(missing, encoder.meanings(missing))
    search.know(full)
    if data is not None:
        with suppress(OSError):
            _write(full.only(shipped.missing(search.texts)), data / NAME)


def build(library: Library, encoder: Encoder | None, path: Path = SHIPPED) -> Path:
    """Write the vectors that are shipped: those of every text of the library, along the directions in which they differ."""
    if encoder is None:
        raise Misuse("the encoder is not installed here: install what requirements.lock names")
    texts = tuple(dict.fromkeys(search_over(library).texts))
    _write(Passages.of(texts, encoder.meanings(texts)), path)
    return path


def _at_hand(data: Path | None) -> Passages | None:
    shipped = Passages.read(SHIPPED)
    kept = Passages.read(data / NAME) if data else None
    return shipped.joined(kept) if shipped and kept else shipped


def _body(module: Module) -> tuple[Passage, ...]:
    return tuple(Passage(s.id, "" if module.quick else s.title, _text_of(s)) for s in module.steps)


def _text_of(step: Step) -> str:
    return " ".join(text for part in step.parts for text in texts_of(part))


def _write(passages: Passages, path: Path) -> None:
    """Raises OSError."""
    with written_whole(path, mode=0o666) as file:
        passages.write(file)
