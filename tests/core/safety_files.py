"""The shipped safety content and the corpus of messages, read from their files for the tests of the screen."""

from functools import cache
from pathlib import Path
from typing import Any

from bot.adapters.content_files.yaml import Document, read_yaml
from bot.core.library.drafts import Place
from bot.core.safety import SafetyContent, Screener, gather

ROOT = Path(__file__).parents[2]


def _read(path: Path) -> dict[str, Any]:
    document = read_yaml(path.read_text(encoding="utf-8"), Place(path.name))
    assert isinstance(document, Document) and isinstance(document.data, dict)
    return document.data


@cache
def parts() -> dict[str, Any]:
    return gather({path.name: _read(path) for path in (ROOT / "content" / "safety").glob("*.yaml")})


@cache
def content() -> SafetyContent:
    return SafetyContent.model_validate(parts())


@cache
def screener() -> Screener:
    return content().screen


@cache
def corpus() -> dict[str, Any]:
    return _read(Path(__file__).with_name("safety_corpus.yaml"))
