"""A questionnaire's file as a Measure: the file speaks an editor's words, the model a programmer's."""

from __future__ import annotations

from collections.abc import Iterator

from bot.adapters.content_files.data import fit
from bot.adapters.content_files.yaml import Document, Plain
from bot.core.library.drafts import Placed
from bot.core.library.measures import Measure
from bot.core.library.problems import Problem

_WRITTEN = {
    "plain_name": "short",
    "note": "conditions_text",
    "low": "from",
    "high": "to",
    "low_label": "low",
    "high_label": "high",
    "plain": "name",
    "name": "label",
}
_SCALE = {"from": "low", "to": "high", "low": "low_label", "high": "high_label"}
_LICENSED = "the words of a skeleton belong to somebody: a service brings them in a pack, outside this folder"


def read_measure(document: Document) -> Placed[Measure] | tuple[Problem, ...]:
    if not isinstance(document.data, dict):
        return (document.at.problem("C013", "this file has no keys", "begin it with id: and title:"),)
    if document.data.get("skeleton") is True and (worded := tuple(_worded(document))):
        return worded
    measure = fit(Measure, _translated(document.data), document, written=_WRITTEN)
    if isinstance(measure, tuple):
        return measure
    named = document.at.file.rsplit("/", 1)[-1].removesuffix(".yaml")
    if measure.id != named:
        place = document.place(("id",))
        return (
            place.problem("C013", f"'{measure.id}' stands in a file called '{named}'", "make them the same"),
        )
    return Placed(measure, document.place(("text_sha256",)))


def _worded(document: Document) -> Iterator[Problem]:
    """A skeleton that holds words which are not ours to publish."""
    for path, place in document.names.items():
        inside_scale = len(path) > 1 and path[-2] == "scale" and path[-1] in ("low", "high")
        answer = path[-1] == "label" and "options" in path
        if path == ("stem",) or path == ("text_sha256",) or path[-1] == "text" or answer or inside_scale:
            yield place.problem("C409", f"a skeleton holds no wording, and here is '{path[-1]}'", _LICENSED)


def _translated(held: dict[str, Plain]) -> dict[str, Plain]:
    data = _answered(held)
    for written, name in (("short", "plain_name"), ("conditions_text", "note")):
        if written in data:
            data[name] = data.pop(written)
    data["bands"] = _each(
        data.get("bands") or [], {"from": "low", "to": "high", "name": "plain", "label": "name"}
    )
    # Which subscale an item belongs to is written at both ends; the subscales' own lists are what counts.
    items = _each(data.get("items"), {}, leave=("subscale",))
    if isinstance(items, list):
        data["items"] = [_answered(item) if isinstance(item, dict) else item for item in items]
    if "subscales" in data:
        data["subscales"] = _each(data["subscales"], {}, leave=("range",))
    return data


def _answered(held: dict[str, Plain]) -> dict[str, Plain]:
    """A scale in the file's words: from, to, and the words at its ends."""
    scale = held.get("scale")
    if not isinstance(scale, dict):
        return dict(held)
    return {**held, "scale": {_SCALE.get(key, key): value for key, value in scale.items()}}


def _each(held: Plain, names: dict[str, str], leave: tuple[str, ...] = ()) -> Plain:
    if not isinstance(held, list):
        return held
    return [
        {names.get(key, key): value for key, value in entry.items() if key not in leave}
        if isinstance(entry, dict)
        else entry
        for entry in held
    ]
