"""``bounceback understand``: what the classifier takes messages for, one a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.core.errors import Misuse
from bot.core.flow.home import LIKELY
from bot.core.inputs import Understood
from bot.wiring import reader_of

OUT_OF_SCOPE = "out_of_scope"


def understand(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Lines of JSON in and out.")] = False,
    content: Annotated[Path, typer.Option(help="The content folder with the examples.")] = Path("content"),
) -> None:
    """Read messages from stdin: as they are, or with --jsonl as {"text"}."""
    try:
        read = reader_of(content)
    except Misuse:
        typer.echo(
            f"There are no examples in {content / 'understanding'}. Give --content a content folder.",
            err=True,
        )
        raise typer.Exit(2) from None
    for text in _from_json(sys.stdin) if jsonl else (line.rstrip("\n") for line in sys.stdin):
        said = read(text)
        typer.echo(json.dumps(_record(said)) if jsonl else f"{said.confidence:.2f} {said.intent}")


def _from_json(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        text = _text_of(line)
        if text is None:
            typer.echo(f'Line {number} is not an object like {{"text": "I cannot sleep"}}.', err=True)
            raise typer.Exit(2)
        yield text


def _text_of(line: str) -> str | None:
    try:
        held: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    text = held.get("text") if isinstance(held, dict) else None
    return text if isinstance(text, str) else None


def _record(said: Understood) -> dict[str, object]:
    in_scope = said.intent != OUT_OF_SCOPE and said.confidence >= LIKELY
    return {"intent": said.intent, "confidence": said.confidence, "in_scope": in_scope}
