"""``bounceback search``: the pages that the chat would offer for a question, and for people those that it would not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.authoring import shipped_library
from bot.cli.judging import each
from bot.core.errors import Misuse
from bot.core.flow.finding import offered, weighted
from bot.core.library.limits import CONDITIONS
from bot.settings import read_settings
from bot.wiring import finder_of


def search(
    question: Annotated[str | None, typer.Argument(help="As a patient would type it.")] = None,
    condition: Annotated[
        list[str] | None, typer.Option(help="One of the patient's own conditions; may be given again.")
    ] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Lines of JSON in and out.")] = False,
    content: Annotated[Path | None, typer.Option("--content", help="The content folder.")] = None,
) -> None:
    """The pages that answer a question, or with --jsonl each {"query", "conditions"?} on standard input."""
    if jsonl == (question is not None):
        raise Misuse('give a question, or --jsonl and lines like {"query": "can I still fly"}')
    settings = read_settings()
    library = shipped_library(content or settings.content, settings.measure_packs)
    finder = finder_of(library, encoder=settings.encoder)

    def found(query: str, conditions: Sequence[str]) -> list[tuple[str, float]]:
        for name in conditions:
            if name not in CONDITIONS:
                raise Misuse(f"there is no condition '{name}'. There are: {', '.join(CONDITIONS)}")
        return weighted(finder.find(query), library, tuple(conditions))

    def judge(asked: dict[str, Any]) -> dict[str, Any]:
        query = asked["query"]
        results = [
            {
                "module": page,
                "step": finder.step_of(page, query),
                "title": library.modules[page].title,
                "score": round(score, 4),
            }
            for page, score in offered(found(query, asked.get("conditions") or ()))
        ]
        return {"results": results}

    if question is None:
        each(judge)
        return
    pages = found(question, condition or ())
    within = len(offered(pages))
    for n, (page, score) in enumerate(pages):
        if n == within:
            typer.echo("-- not offered" if within else "-- nothing fits; these are the nearest")
        typer.echo(f"{score:.2f} {page}  {library.modules[page].title}")
    if not pages:
        typer.echo("Nothing in the library has a word of it.")
