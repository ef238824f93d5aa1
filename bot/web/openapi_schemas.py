"""JSON Schemas of what the doors read and write: from the models alone, and what a model cannot say of itself."""

from __future__ import annotations

from typing import Any

import msgspec
from pydantic import BaseModel

from bot.core.values import Value
from bot.web.described import WORDS, Schema
from bot.web.frames import AppealFrame, MuteWordFrame, PostFrame, SayFrame

REF = "#/components/schemas/{name}"
ONE_OF = ("text", "choice", "answer")


class Schemas:
    """Asked for all kinds first, then for each: kinds that name one another share their definitions."""

    def __init__(self) -> None:
        self._kinds: list[Any] = []
        self._models: dict[str, Schema] = {}
        self._built: dict[str, Schema] | None = None
        self._by_kind: dict[int, Schema] = {}

    def ask(self, *kinds: Any) -> None:
        for kind in kinds:
            if _is_model(kind):
                self._read(kind)
            elif kind not in self._kinds:
                self._kinds.append(kind)

    def _read(self, model: type[BaseModel]) -> None:
        schema = model.model_json_schema(ref_template=REF.replace("{name}", "{model}"))
        self._models |= schema.pop("$defs", {})
        self._models[model.__name__] = schema

    def components(self) -> dict[str, Schema]:
        if self._built is None:
            found, parts = msgspec.json.schema_components(self._kinds, ref_template=REF)
            self._by_kind = dict(enumerate(found))
            self._built = {name: tidy(as_read(name, part)) for name, part in parts.items()}
            self._built |= {name: tidy(part) for name, part in self._models.items()}
        return dict(sorted(self._built.items()))

    def of(self, kind: Any) -> Schema:
        if _is_model(kind):
            return {"$ref": REF.format(name=kind.__name__)}
        self.components()
        schema = dict(self._by_kind[self._kinds.index(kind)])
        schema.pop("discriminator", None)  # ``say`` may leave its tag out over HTTP
        return schema

    def refused(self, kind: Any, codes: list[str]) -> Schema:
        """A refusal that has one of these codes."""
        named: Schema = {"enum": codes}
        if isinstance(kind, type) and issubclass(kind, Value):
            return {"allOf": [self.of(kind), {"properties": {"code": named}}]}
        custom = {"properties": {"custom": {"properties": {"code": named}, "required": ["code"]}}}
        return {"allOf": [self.of(kind), {"items": custom}]}


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def as_read(name: str, schema: Schema, *, tagged: bool = False) -> Schema:
    """What the class checks in code. ``tagged``: of the socket, where every frame names its type."""
    if name in (PostFrame.__name__, AppealFrame.__name__, MuteWordFrame.__name__):
        return schema | {"properties": schema["properties"] | {"text": WORDS}}
    if name != SayFrame.__name__:
        return schema
    given = schema["properties"]
    values = {"text": WORDS, **{one: given[one]["anyOf"][0] for one in ONE_OF[1:]}}
    bare = {one: {"anyOf": [values[one], {"type": "null"}]} for one in ONE_OF}
    ways = [
        {
            "title": f"with {one}",
            "properties": {other: values[one] if other == one else {"type": "null"} for other in ONE_OF},
            "required": [one],
        }
        for one in ONE_OF
    ]
    required = schema["required"] if tagged else [name for name in schema["required"] if name != "type"]
    return schema | {"properties": given | bare, "required": required, "oneOf": ways}


def tidy(schema: Schema) -> Schema:
    """Without titles that repeat a name, and with the marks of a description as Markdown has them."""
    out: Schema = {}
    for key, value in schema.items():
        match key, value:
            case "properties", dict():
                out[key] = {name: tidy(each) for name, each in value.items()}
            case "title", str() if not value.startswith("with "):
                continue
            case "description", str():
                out[key] = " ".join(value.replace("``", "`").split())
            case _, dict():
                out[key] = tidy(value)
            case _, list():
                out[key] = [tidy(each) if isinstance(each, dict) else each for each in value]
            case _:
                out[key] = value
    return out
