"""Small pages for the tests of the content format."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

from bot.adapters.content_files.files import File, read_bytes
from bot.adapters.content_files.folder import read_drafts
from bot.adapters.content_files.names import Name
from bot.adapters.content_files.pages import read_module
from bot.core.library import Module, Problem
from bot.core.library.build import build, compile_module
from bot.core.library.drafts import Drafts
from bot.core.library.headers import module_front

CONTENT = Path(__file__).parents[2] / "content"
TODAY = date(2026, 6, 1)

FRONT = """---
title: A page
summary: What it is for.
language: en
for: [copd]
minutes: 5
uses: [gad7]
author: Somebody
clinical-lead: signed for this test
review-by: 2027-11-01
licence: CC-BY-4.0
sources:
  - title: A paper
    by: Others, 2017
    licence: cited, not copied
---

# A page

::: urgent
**Call 999** if you are too breathless to speak.
:::

## Welcome

"""
"""The step's own text begins in line 25."""

FIRST = FRONT.count("\n") + 1
BYE = "\n\n- [Finish](#end)\n"


@cache
def around() -> Drafts:
    """The shipped measures and groups, without the rest; no course, for want of its modules."""
    whole = read_drafts(CONTENT)
    groups = tuple(group for group in whole.groups if not group.id.endswith("-course"))
    return Drafts(measures=whole.measures, groups=groups)


def read(held: bytes) -> tuple[Problem, ...]:
    """The problems of one page, as ``modules/copd/page.en.md``."""
    name = "modules/copd/page.en.md"
    file = read_bytes(held, name)
    if not isinstance(file, File):
        return (file,)
    draft, problems = read_module(file, Name("module", "copd/page", "en"))
    drafts = Drafts((draft,), around().groups, around().measures, problems=problems)
    return tuple(p for p in build(drafts, today=TODAY).problems if p.file == name)


def compiled(text: str) -> Module:
    """The page as it will run; it must be free of problems."""
    file = File("modules/copd/page.en.md", text)
    assert read(text.encode()) == ()
    return _module(file)


def page_as_it_runs(body: str) -> Module:
    """As the preview would play it, whatever the checker says of it."""
    return _module(File("modules/copd/page.en.md", FRONT + body))


def _module(file: File) -> Module:
    draft, problems = read_module(file, Name("module", "copd/page", "en"))
    assert problems == () and draft.header
    return compile_module(draft, module_front(draft.header), {m.what.id: m.what for m in around().measures})


def where(found: Iterable[Problem]) -> list[str]:
    return [f"{p.line}:{p.column} {p.code}" for p in found]


def body_problems(body: str) -> list[str]:
    """``LINE:COLUMN CODE`` of each problem, counting lines from the first one of the step's own text."""
    found = read((FRONT + body).encode())
    return [f"{p.line - FIRST + 1}:{p.column} {p.code}" for p in found]
