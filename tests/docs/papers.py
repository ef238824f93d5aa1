"""The documents as tests read them: text, fenced examples, names of tests in the whole project."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

_EXAMPLE = re.compile(
    r"<!-- checked: (?P<kind>[\w-]+) -->\n(?P<fence>`{3,})\w+\n(?P<body>.*?)\n(?P=fence)", re.DOTALL
)


def paper(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def examples(name: str, kind: str) -> list[str]:
    """The fenced examples of a document that are marked ``<!-- checked: KIND -->``."""
    return [found["body"] for found in _EXAMPLE.finditer(paper(name)) if found["kind"] == kind]


@cache
def papers() -> tuple[Path, ...]:
    """Every document of ours; pages that patients read, and broken ones for the checker, are no documents."""
    found = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("tests/**/*.md")]
    return tuple(sorted(path for path in found if path.parent.parent.name != "broken"))


@cache
def all_tests() -> frozenset[str]:
    """The name of every test function below ``tests``."""
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                found.add(node.name)
    return frozenset(found)


def rows_of(name: str, kind: str) -> list[list[str]]:
    """The cells of the tables that are marked ``<!-- checked: KIND -->``, without their heads; code without its marks."""
    found = []
    for table in re.findall(rf"<!-- checked: {kind} -->\n((?:\|.*\n)+)", paper(name)):
        for line in table.splitlines()[2:]:
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            found.append([re.sub(r"^`(.*)`$", r"\1", cell).replace("\\|", "|") for cell in cells])
    return found


def named_tests_in(text: str) -> set[str]:
    return set(re.findall(r"`(test_\w+)`", text))


def row_of(name: str, first_cell: str) -> list[str]:
    """The cells of the table row that begins with this cell."""
    for line in paper(name).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and cells[0] == first_cell:
            return cells
    raise AssertionError(f"no row '{first_cell}' in {name}")
