"""The library as it is shipped: every way through every page leads out, and everything on them is said to somebody."""

from __future__ import annotations

from bot.authoring import CONTENT_SHIPPED, read_drafts, shipped_library
from bot.cli.proofs.findings import Bar, Findings, Task
from bot.report.library_table import Row, rows

QUICK_PAGES = 20


async def prove_library(task: Task) -> Findings:
    library = shipped_library(CONTENT_SHIPPED)
    pages = sum(module.language == "en" for module in library.modules.values())
    wanted = QUICK_PAGES if task.quick else pages
    found: list[Row] = []
    for row in rows(library, read_drafts(CONTENT_SHIPPED)):
        found.append(row)
        task.tell("walking", len(found), wanted)
        if len(found) == wanted:
            break
    return Findings(
        "library",
        {
            "pages": pages,
            "walked": len(found),
            "quick_answers": sum(row.quick for row in found),
            "steps": sum(row.steps for row in found),
            "words": sum(row.words for row in found),
            "ways": sum(row.paths for row in found),
        },
        [
            Bar("pages that were not walked", wanted - len(found), most=0),
            Bar("dead ends", sum(row.dead_ends for row in found), most=0),
            Bar("loops without an exit", sum(row.trapped for row in found), most=0),
            Bar("texts that nobody reads", sum(row.unsaid for row in found), most=0),
        ],
    )
