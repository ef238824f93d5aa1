"""A YAML file that is no content, as a model: its problems are those of any file here."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from bot.adapters.content_files.data import fit
from bot.adapters.content_files.files import read_bytes
from bot.adapters.content_files.yaml import read_yaml
from bot.core.library.drafts import Place
from bot.core.library.problems import Problem

M = TypeVar("M", bound=BaseModel)


def read_other(path: Path, model: type[M]) -> M | tuple[Problem, ...]:
    """Raises OSError where the file cannot be read."""
    file = read_bytes(path.read_bytes(), path.as_posix())
    if isinstance(file, Problem):
        return (file,)
    document = read_yaml(file.text, Place(file.name))
    return (document,) if isinstance(document, Problem) else fit(model, document.data, document)
