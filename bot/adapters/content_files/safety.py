"""The safety files, joined, as SafetyContent."""

from __future__ import annotations

from collections.abc import Mapping

from bot.adapters.content_files.data import fit
from bot.adapters.content_files.yaml import Document
from bot.core.library.drafts import Place, SafetyDraft
from bot.core.library.problems import Problem
from bot.core.safety import SafetyContent
from bot.core.safety.content import gather


def read_safety(
    documents: Mapping[str, Document],
) -> tuple[SafetyDraft | None, tuple[Problem, ...]]:
    """``documents`` by file name. A list that several files hold is one list, in the order of the files."""
    if not documents:
        return None, (Place("safety").problem("C018", "there are no safety files", "put them back"),)
    held = {name: document.data for name, document in documents.items() if isinstance(document.data, dict)}
    try:
        whole = gather(held)
    except ValueError as error:
        return None, (Place(next(iter(documents))).problem("C013", str(error), "keep it in one of them"),)
    joined = _joined(documents)
    fitted = fit(SafetyContent, whole, joined)
    if isinstance(fitted, tuple):
        return None, fitted
    return SafetyDraft(fitted, joined.at, joined.values), ()


def _joined(documents: Mapping[str, Document]) -> Document:
    """One document with the places of all, its lists numbered on through the files like ``gather`` joins them."""
    joined = Document(Place(min(documents)), {}, {}, {})
    names, values = dict(joined.names), dict(joined.values)
    lengths: dict[str, int] = {}
    for name in sorted(documents):
        document = documents[name]
        data = document.data if isinstance(document.data, dict) else {}
        for places, into in ((document.names, names), (document.values, values)):
            for path, place in places.items():
                if len(path) > 1 and isinstance(path[1], int):
                    path = (path[0], path[1] + lengths.get(str(path[0]), 0), *path[2:])
                if path:
                    into.setdefault(path, place)
        for part, value in data.items():
            if isinstance(value, list):
                lengths[part] = lengths.get(part, 0) + len(value)
    return Document(joined.at, {}, names, values)
