"""C4: every number of a policy file says where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from bot.core.library.drafts import Place, Sourced
from bot.core.library.headers import did_you_mean
from bot.core.library.problems import Problem

Path = tuple[str | int, ...]
_NO_NUMBERS = frozenset(
    {"version", "name", "title", "language", "clinical-lead", "review-by", "signed", "sources"}
)


def source_problems(file: Sourced) -> Iterator[Problem]:
    """``sources`` names them by the keys that lead there, joined by dots; one for a key counts for all below it."""
    named = file.data.get("sources")
    sources = cast(Mapping[str, object], named) if isinstance(named, dict) else {}
    yield from _Sources(file, sources).problems()


@dataclass(frozen=True, slots=True)
class _Sources:
    file: Sourced
    named: Mapping[str, object]

    def problems(self) -> Iterator[Problem]:
        for key, held in self.file.data.items():
            if key not in _NO_NUMBERS:
                yield from self._without((key,), held)
        known = [".".join(map(str, path)) for path in self.file.names if path and path[0] not in _NO_NUMBERS]
        for key in self.named:
            if key not in known:
                hint = did_you_mean(key, known, "write the keys that lead to the number, joined by dots")
                yield self._at(("sources", key)).warning("C411", f"'{key}' is a source of nothing here", hint)

    def _without(self, path: tuple[str, ...], held: object) -> Iterator[Problem]:
        name = ".".join(path)
        if name in self.named:
            if not isinstance(self.named[name], str) or not str(self.named[name]).strip():
                hint = "say where the number comes from, or that it is your own choice"
                yield self._at(("sources", name)).warning("C410", f"the source of '{name}' is empty", hint)
        elif isinstance(held, dict) and any(key.startswith(f"{name}.") for key in self.named):
            for key, inner in held.items():
                yield from self._without((*path, key), inner)
        else:
            hint = f'add to sources: {name}: "where it comes from, or that it is your own choice"'
            yield self._at(path).warning("C410", f"'{name}' has no source", hint)

    def _at(self, path: Path) -> Place:
        return self.file.names.get(path, self.file.at)
