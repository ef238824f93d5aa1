"""``bounceback understand``: what the classifier takes messages for, one a line; ``train`` and ``models`` teach it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.authoring import read_nlu, shipped_library
from bot.cli.options import AsJson
from bot.core.errors import Misuse
from bot.core.flow.home import LIKELY
from bot.core.inputs import Understood
from bot.settings import read_settings
from bot.wiring import (
    Examples,
    Part,
    examples_to_adapt,
    fits,
    reader_kept_in,
    reader_of,
    ship_safety,
    ship_vectors,
    shipped_models,
    train_into,
)

OUT_OF_SCOPE = "out_of_scope"
Content = Annotated[Path, typer.Option(help="The content folder with the examples.")]
CONTENT = Path("content")


def understand(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Lines of JSON in and out.")] = False,
    content: Content = CONTENT,
    model: Annotated[
        Path | None, typer.Option(help="What `bounceback train` made, instead of a content folder.")
    ] = None,
) -> None:
    """Read messages from stdin: as they are, or with --jsonl as {"text"}."""
    read = _reader(content, model)
    for text in _from_json(sys.stdin) if jsonl else (line.rstrip("\n") for line in sys.stdin):
        said = read(text)
        typer.echo(json.dumps(_record(said)) if jsonl else f"{said.confidence:.2f} {said.intent}")


def _reader(content: Path, model: Path | None) -> Callable[[str], Understood]:
    encoder = read_settings().encoder
    if model is not None:
        return reader_kept_in(model, encoder=encoder)
    try:
        return reader_of(content, encoder=encoder)
    except Misuse:
        where = content / "understanding"
        typer.echo(f"There are no examples in {where}. Give --content a content folder.", err=True)
        raise typer.Exit(2) from None


def train(
    nlu: Annotated[Path, typer.Option("--nlu", help="Any nlu.yml in Rasa's format.")],
    out: Annotated[Path, typer.Option("--out", help="The file for the model.")],
    as_json: AsJson = False,
) -> None:
    """Teach a classifier the intents of a file. `bounceback understand --model FILE` asks it."""
    examples = read_nlu(nlu)
    began = time.perf_counter()
    train_into("intents", examples, out, encoder=read_settings().encoder)
    _tell(as_json, out, sum(map(len, examples.values())), len(examples), began)


def models(
    content: Content = CONTENT,
    as_json: AsJson = False,
    safety_only: Annotated[
        bool, typer.Option("--safety-only", help="Write the safety content alone, which learns nothing.")
    ] = False,
) -> None:
    """Teach the models that the package brings, from its own content: after its examples, or what learns, changed.

    Beside them it writes the safety content by which a process screens that finds no other.
    """
    began = time.perf_counter()
    library = shipped_library(content, read_settings().measure_packs)
    _tell(as_json, ship_safety(library), len(library.safety.rules), 1, began)
    if safety_only:
        return
    folder = shipped_models()
    held: tuple[tuple[Part, Examples], ...] = (
        ("intents", library.understanding),
        ("second_net", library.second_net),
        ("posts", library.posts),
        ("adapted", examples_to_adapt(library)),
    )
    for part, examples in held:
        began = time.perf_counter()
        file = folder / f"{part}.npz"
        if not fits(part, examples, file):
            with typer.progressbar(length=100, label=f"learning {part}", file=sys.stderr) as bar:
                train_into(part, examples, file, told=lambda gone: bar.update(int(100 * gone) - bar.pos))
        _tell(as_json, file, sum(map(len, examples.values())), len(examples), began)
    began = time.perf_counter()
    _tell(as_json, ship_vectors(library), len(library.modules), 1, began)


def _tell(as_json: bool, file: Path, many: int, groups: int, began: float) -> None:
    told = {
        "file": str(file),
        "examples": many,
        "groups": groups,
        "bytes": file.stat().st_size,
        "seconds": round(time.perf_counter() - began, 1),
    }
    line = f"{file}: {many} examples of {groups} kinds, {told['bytes']:,} bytes, in {told['seconds']} s"
    typer.echo(json.dumps(told) if as_json else line)


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
