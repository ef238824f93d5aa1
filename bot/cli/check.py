"""``bounceback check``: what is wrong with the content, by file and line."""

from __future__ import annotations

import json
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.authoring import content_folder, look
from bot.cli.options import DATA, Data
from bot.core.library import Problem
from bot.core.library.size import Looked
from bot.settings import read_settings


class Format(StrEnum):
    text = "text"
    json = "json"
    github = "github"


def check(
    path: Annotated[Path, typer.Argument(help="A content folder, or one file in it.")] = Path("content"),
    format: Annotated[Format, typer.Option(help="How to print the problems.")] = Format.text,
    data: Data = DATA,
) -> None:
    """Read the content and say what is wrong with it. Warnings alone are no failure."""
    try:
        looked = look(path, data=data, packs=read_settings().measure_packs)
        problems = looked.problems
        folder = content_folder(path) or (path if path.is_dir() else path.parent)
    except OSError:
        typer.echo(
            f"There is nothing to check at {path}. Give the path of a content folder or file.", err=True
        )
        raise typer.Exit(2) from None
    match format:
        case Format.json:
            typer.echo(
                json.dumps(
                    {"problems": [_record(problem, folder) for problem in problems]}, ensure_ascii=False
                )
            )
        case Format.github:
            for problem in problems:
                typer.echo(_for_github(problem, folder))
        case Format.text:
            for problem in problems:
                typer.echo(_for_people(problem, folder))
            typer.echo(_count(looked), err=True)
    raise typer.Exit(1 if any(problem.level == "error" for problem in problems) else 0)


def _record(problem: Problem, folder: Path) -> dict[str, object]:
    return problem.model_dump() | {"file": str(folder / problem.file)}


def _for_people(problem: Problem, folder: Path) -> str:
    mild = "warning: " if problem.level == "warning" else ""
    line = f"{folder / problem.file}:{problem.line}:{problem.column} {problem.code} {mild}{problem.message}"
    return f"{line}\n    {problem.hint}" if problem.hint else line


def _for_github(problem: Problem, folder: Path) -> str:
    where = f"file={_property(str(folder / problem.file))},line={problem.line},col={problem.column}"
    said = f"{problem.message} ({problem.hint})" if problem.hint else problem.message
    return f"::{problem.level} {where},title={problem.code}::{_escaped(said)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def _count(looked: Looked) -> str:
    counts = (("file", looked.files), ("step", looked.size.steps), ("choice", looked.size.choices))
    read = ", ".join(f"{number} {thing}{'' if number == 1 else 's'}" for thing, number in counts)
    counted = Counter(problem.level for problem in looked.problems)
    if not looked.problems:
        return f"{read}: nothing to correct."
    return f"{read}: {counted['error']} to correct, {counted['warning']} to think about."
