"""A questionnaire's file as a Measure: the file speaks an editor's words, the model a programmer's."""

from __future__ import annotations

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
    "plain": "name",
    "name": "label",
}


def read_measure(document: Document) -> Placed[Measure] | tuple[Problem, ...]:
    if not isinstance(document.data, dict):
        return (document.at.problem("C013", "this file has no keys", "begin it with id: and title:"),)
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


def _translated(held: dict[str, Plain]) -> dict[str, Plain]:
    data = dict(held)
    for written, name in (("short", "plain_name"), ("conditions_text", "note")):
        if written in data:
            data[name] = data.pop(written)
    scoring = data.pop("scoring", None)
    if isinstance(scoring, dict):
        data["method"] = scoring.get("method")
    data["bands"] = _each(data.get("bands"), {"from": "low", "to": "high", "name": "plain", "label": "name"})
    # Which subscale an item belongs to is written at both ends; the subscales' own lists are what counts.
    data["items"] = _each(data.get("items"), {}, leave=("subscale",))
    if "subscales" in data:
        data["subscales"] = _each(data["subscales"], {}, leave=("range",))
    return data


def _each(held: Plain, names: dict[str, str], leave: tuple[str, ...] = ()) -> Plain:
    if not isinstance(held, list):
        return held
    return [
        {names.get(key, key): value for key, value in entry.items() if key not in leave}
        if isinstance(entry, dict)
        else entry
        for entry in held
    ]
