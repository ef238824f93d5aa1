"""The library as it is shipped: every way through every page leads out, and everything on them is said to somebody."""

from __future__ import annotations

from bot.authoring import CONTENT_SHIPPED, read_drafts, shipped_library
from bot.cli.proofs.findings import Bar, Findings, Task
from bot.core.library import Module
from bot.report.library_table import rows
from bot.report.walks import unsaid, walk

QUICK_PAGES = 20


async def prove_library(task: Task) -> Findings:
    library = shipped_library(CONTENT_SHIPPED)
    pages = {key: m for key, m in library.modules.items() if m.language == "en"}
    walked = dict(list(pages.items())[:QUICK_PAGES]) if task.quick else pages
    silent = 0
    for n, (key, module) in enumerate(walked.items()):
        task.tell("walking", n, len(walked))
        silent += len(unsaid(module, walk(library, key)))
    found = [] if task.quick else rows(library, read_drafts(CONTENT_SHIPPED))
    findings = Findings("library")
    findings.figures = {
        "modules": _many(pages, quick=False),
        "quick_answers": _many(pages, quick=True),
        "walked": len(walked),
        "steps": sum(len(m.steps) for m in pages.values()),
        "words": sum(row.words for row in found),
        "ways": sum(row.paths for row in found),
    }
    findings.bars = [
        Bar("dead ends", sum(row.dead_ends for row in found), most=0),
        Bar("loops without an exit", sum(row.trapped for row in found), most=0),
        Bar("texts that nobody reads", silent, most=0),
    ]
    return findings


def _many(pages: dict[str, Module], *, quick: bool) -> int:
    """In easier words as well."""
    return sum(m.quick == quick for m in pages.values())
