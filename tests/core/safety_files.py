"""The shipped safety content and the corpus of messages, read from their files for the tests of the screen."""

from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.core.safety import SafetyContent, Screener, compile_screen, gather

ROOT = Path(__file__).parents[2]


def _read(path: Path) -> dict[str, Any]:
    return dict(YAML(typ="safe").load(path))


@cache
def parts() -> dict[str, Any]:
    return gather({path.name: _read(path) for path in (ROOT / "content" / "safety").glob("*.yaml")})


@cache
def content() -> SafetyContent:
    return SafetyContent.model_validate(parts())


@cache
def screener() -> Screener:
    return compile_screen(content())


@cache
def corpus() -> dict[str, Any]:
    return _read(Path(__file__).with_name("safety_corpus.yaml"))
