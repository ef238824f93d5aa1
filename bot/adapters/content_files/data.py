"""Plain YAML values as the core's models; what does not fit becomes problems at its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.adapters.content_files.yaml import Document, Path, Plain
from bot.core.library.drafts import Header, Placed
from bot.core.library.headers import did_you_mean
from bot.core.library.problems import Problem

M = TypeVar("M", bound=BaseModel)

_NUMBER, _LIST = "write the figure, such as 12", "write each entry on a line of its own that begins with -"
_TEXT, _KEYS = "write words, in quotation marks", "write each part below it, set in, as key: value"
_DATE = ("should be a date", "write it like 2027-11-01")
_SAID = {
    "int_type": ("should be a whole number", _NUMBER),
    "int_parsing": ("should be a whole number", _NUMBER),
    "int_from_float": ("should be a whole number", _NUMBER),
    "float_type": ("should be a number", _NUMBER),
    "float_parsing": ("should be a number", _NUMBER),
    "string_type": ("should be text", _TEXT),
    "string_too_short": ("should not be empty", _TEXT),
    "string_too_long": ("is too long", "say it in fewer words"),
    "string_pattern_mismatch": (
        "is not written in the right way",
        "use small letters and figures, as the others do",
    ),
    "tuple_type": ("should be a list", _LIST),
    "list_type": ("should be a list", _LIST),
    "too_short": ("has too few entries", "add what is missing"),
    "too_long": ("has too many entries", "leave some out"),
    "missing_argument": ("has too few entries", "add what is missing"),
    "dict_type": ("should have keys below it", _KEYS),
    "mapping_type": ("should have keys below it", _KEYS),
    "model_type": ("should have keys below it", _KEYS),
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "date_parsing": _DATE,
    "date_type": _DATE,
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


def _model_at(model: type[BaseModel], loc: Path) -> type[BaseModel] | None:
    """The one whose keys stand there; None where it cannot be told, as below a choice of several."""
    at: type[BaseModel] | None = model
    for part in loc:
        if isinstance(part, int):
            continue
        field = at.model_fields.get(part) if at else None
        inner = _models_in(field.annotation) if field else []
        at = inner[0] if len(inner) == 1 else None
    return at


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]


def _problem(
    detail: ErrorDetails, model: type[BaseModel], document: Document, how: tuple[Path, Mapping[str, str]]
) -> Problem:
    under, written = how
    path: Path = (*under, *(written.get(str(p), p) if isinstance(p, str) else p for p in detail["loc"]))
    name = next((str(p) for p in reversed(path) if isinstance(p, str)), "this")
    kind = detail["type"]
    if kind == "extra_forbidden":
        around = _model_at(model, detail["loc"][:-1])
        names = [written.get(known, known) for known in around.model_fields] if around else []
        hint = did_you_mean(name, names) if names else "see how the same key is written elsewhere"
        return document.name_place(path).problem("C012", f"there is no key '{name}' here", hint)
    if kind == "missing":
        return document.place(path[:-1]).problem("C011", f"'{name}' is missing", f"add a line {name}: here")
    if kind == "literal_error":
        hint = f"it can be {detail['ctx']['expected']}"
        return document.place(path).problem("C013", f"'{name}' cannot be this", hint)
    said, hint = _SAID.get(kind, ("is not right", "see how the same key is written elsewhere"))
    if kind == "string_pattern_mismatch" and detail["ctx"]["pattern"].startswith("^[0-9"):
        hint = "write figures alone, such as 0300 123 3393"
    return document.place(path).problem("C013", f"'{name}' {said}", hint)


def header_of(document: Document) -> Header:
    """The keys at the top of a data file, for the checks that front matter gets too."""
    data = document.data if isinstance(document.data, dict) else {}
    names = {str(path[0]): place for path, place in document.names.items() if len(path) == 1}
    values = {key: Placed(value, document.place((key,))) for key, value in data.items()}
    return Header(document.at, names, values)
