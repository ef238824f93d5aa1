"""Plain YAML values as the core's models; what does not fit becomes problems at its place."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.adapters.content_files.yaml import Document, Path, Plain
from bot.core.library.drafts import Header, Placed
from bot.core.library.problems import Problem

M = TypeVar("M", bound=BaseModel)

_SAID = {
    "missing": "is missing",
    "int_type": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_from_float": "should be a whole number",
    "float_type": "should be a number",
    "float_parsing": "should be a number",
    "string_type": "should be text",
    "string_too_short": "should not be empty",
    "string_too_long": "is too long",
    "string_pattern_mismatch": "is not written in the right way",
    "tuple_type": "should be a list",
    "list_type": "should be a list",
    "too_short": "has too few entries",
    "too_long": "has too many entries",
    "dict_type": "should have keys below it",
    "model_type": "should have keys below it",
    "date_from_datetime_parsing": "should be a date such as 2027-11-01",
    "date_parsing": "should be a date such as 2027-11-01",
    "date_type": "should be a date such as 2027-11-01",
}


def fit(
    model: type[M],
    data: Plain,
    document: Document,
    *,
    under: Path = (),
    written: Mapping[str, str] | None = None,
) -> M | tuple[Problem, ...]:
    """``under``: where ``data`` stands in the document. ``written``: the model's names as the file writes them."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False, include_context=True)
        return tuple(_problem(detail, model, document, (under, written or {})) for detail in details)


def _problem(
    detail: ErrorDetails, model: type[BaseModel], document: Document, how: tuple[Path, Mapping[str, str]]
) -> Problem:
    under, written = how
    path: Path = (*under, *(written.get(str(p), p) if isinstance(p, str) else p for p in detail["loc"]))
    name = next((str(p) for p in reversed(path) if isinstance(p, str)), "this")
    kind = detail["type"]
    if kind == "extra_forbidden":
        names = [written.get(known, known) for known in model.model_fields]
        close = get_close_matches(name, names, n=1)
        hint = f"did you mean '{close[0]}'?" if close else ""
        return document.name_place(path).problem("C012", f"there is no key '{name}' here", hint)
    if kind == "missing":
        return document.place(path[:-1]).problem("C011", f"'{name}' is missing")
    hint = f"it can be {detail['ctx']['expected']}" if kind == "literal_error" else ""
    said = _SAID.get(kind, "cannot be this" if hint else "is not right")
    return document.place(path).problem("C013", f"'{name}' {said}", hint)


def header_of(document: Document) -> Header:
    """The keys at the top of a data file, for the checks that front matter gets too."""
    data = document.data if isinstance(document.data, dict) else {}
    names = {str(path[0]): place for path, place in document.names.items() if len(path) == 1}
    values = {key: Placed(value, document.place((key,))) for key, value in data.items()}
    return Header(document.at, names, values)
