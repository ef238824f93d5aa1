"""C5: does a translation, or a page in easier words, say what its source says, step by step?

Where it is older than its source and fits it no more, it is left out, and everybody reads the source: an edit of the
English page waits for nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.core.library.alike import module_problems
from bot.core.library.drafts import Drafts, GroupDraft, ModuleDraft, Placed
from bot.core.library.guarded import is_crisis_text, names_where_to_turn
from bot.core.library.headers import did_you_mean, reviewed
from bot.core.library.left_as_is import with_languages
from bot.core.library.problems import Problem
from bot.core.library.steps import plain_id

Page = ModuleDraft | GroupDraft
_TRANSLATES = re.compile(r"([a-z0-9.-]+\.md)@([0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class Source:
    """``stale``: the page was made from an earlier text of it."""

    page: Page
    stale: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """``modules`` and ``groups`` as they are built: without what fits its source no more."""

    modules: tuple[ModuleDraft, ...]
    groups: tuple[GroupDraft, ...]
    problems: tuple[Problem, ...]


def check_translations(drafts: Drafts) -> Checked:
    every: tuple[Page, ...] = (*drafts.modules, *drafts.groups)
    pages = {page.at.file: page for page in every}
    problems: list[Problem] = []
    modules: list[ModuleDraft] = []
    groups: list[GroupDraft] = []
    for module in drafts.modules:
        source = _source(module, pages, problems)
        if source is None or not isinstance(source.page, ModuleDraft):
            modules.append(module)
        elif _fits(module, source, tuple(module_problems(module, source.page)), problems):
            modules.append(with_languages(module, source.page))
    for group in drafts.groups:
        source = _source(group, pages, problems)
        first = source.page if source else None
        found = tuple(_group_problems(group, first)) if isinstance(first, GroupDraft) else ()
        if source is None or _fits(group, source, found, problems):
            groups.append(group)
    problems.extend(_crisis_texts(drafts))
    return Checked(tuple(modules), tuple(groups), tuple(problems))


def _fits(page: Page, source: Source, found: tuple[Problem, ...], problems: list[Problem]) -> bool:
    if not source.stale:
        problems.extend(found)
        return True
    left_out = "; until then everybody reads the source" if found else ""
    at = page.header.values["translates"].at if page.header else page.at
    hint = f"look at what changed there, then write {_name(source.page)}@{source.page.text_hash}{left_out}"
    problems.append(at.warning("C506", f"this is older than {_name(source.page)}", hint))
    problems.extend(p.model_copy(update={"level": "warning"}) for p in found)
    return not found


def _name(page: Page) -> str:
    return page.at.file.rpartition("/")[2]


# -- C503: what it was made from ----------------------------------------------------------------------


def _source(page: Page, pages: Mapping[str, Page], problems: list[Problem]) -> Source | None:
    if page.header is None or not is_variant(page):
        return None
    first = pages.get(_first(page))
    if "translator" not in page.header.values:
        hint = "say who put it into these words, and 'not reviewed' until somebody has checked it"
        problems.append(page.header.at.problem("C011", "'translator' is missing", hint))
    written = page.header.values.get("translates")
    if written is None:
        hint = (
            f"write translates: {_name(first)}@{first.text_hash}"
            if first
            else "name the page it was made from"
        )
        problems.append(page.header.at.problem("C503", "this does not say what it translates", hint))
        return None
    found = _TRANSLATES.fullmatch(str(written.what))
    source = pages.get(f"{page.at.file.rpartition('/')[0]}/{found[1]}") if found else None
    if found is None or source is None:
        problems.append(_no_source(written, found, page, pages, first))
        return None
    if source is page or plain_id(source.id) != plain_id(page.id):
        hint = f"write {_name(first)}@{first.text_hash}" if first else ""
        problems.append(
            written.at.problem("C503", f"{found[1]} is not the page that this one translates", hint)
        )
        return None
    return Source(source, found[2] != source.text_hash)


def _no_source(
    written: Placed[object],
    found: re.Match[str] | None,
    page: Page,
    pages: Mapping[str, Page],
    first: Page | None,
) -> Problem:
    if found is None:
        example = f"{_name(first)}@{first.text_hash}" if first else "walking.en.md@3f8a21bc90de"
        return written.at.problem("C503", "this names no file and text", f"write it like {example}")
    folder = page.at.file.rpartition("/")[0]
    names = [_name(other) for file, other in pages.items() if file.startswith(f"{folder}/")]
    return written.at.problem(
        "C503", f"there is no file {found[1]} beside this one", did_you_mean(found[1], names)
    )


def is_variant(page: Page) -> bool:
    return page.language != "en" or page.id.endswith(".easy")


def _first(page: Page) -> str:
    """The English page that the others of the same name begin with."""
    return f"{page.at.file.rpartition('/')[0]}/{plain_id(page.id).rpartition('/')[2]}.en.md"


def _crisis_texts(drafts: Drafts) -> Iterator[Problem]:
    english = drafts.texts.get("en", {})
    for language, held in drafts.texts.items():
        if language == "en" or reviewed(drafts.translators.get(language)):
            continue
        for key, placed in held.items():
            if key in english and is_crisis_text(key, english[key].what):
                hint = "delete it, and patients read it in English, until a person has checked it and it is signed"
                yield placed.at.problem("C507", f"'{key}' helps in a crisis, and nobody has checked it", hint)


def _group_problems(group: GroupDraft, source: GroupDraft) -> Iterator[Problem]:
    if len(group.rules) != len(source.rules):
        hint = f"the source has {len(source.rules)}"
        yield group.at.problem("C505", f"there are {len(group.rules)} house rules here", hint)
    if len(group.agenda) != len(source.agenda):
        hint = f"the source has {len(source.agenda)}; pin the heading above them: {{#agenda}}"
        yield group.at.problem("C505", f"there are {len(group.agenda)} lines of an agenda here", hint)
    if not reviewed(group.header):
        yield from _where_to_turn(group, source)


def _where_to_turn(group: GroupDraft, source: GroupDraft) -> Iterator[Problem]:
    """Its rules and the paragraphs of its welcome, wherever they stand."""
    theirs = [said for said in (*source.welcome, *source.rules) if names_where_to_turn(said.what)]
    ours = [said for said in (*group.welcome, *group.rules) if names_where_to_turn(said.what)]
    for said in ours:
        if said.what not in [original.what for original in theirs]:
            lines = " or ".join(f"{original.at.line}" for original in theirs)
            hint = "keep the words of the source until a person has checked a translation and it is signed"
            if lines:
                hint = f"keep the words of line {lines} of the source until a person has checked a translation and it is signed"
            message = "what to do in an emergency stands here in words that nobody has checked"
            yield said.at.problem("C507", message, hint)
    for original in theirs:
        if original.what not in [said.what for said in ours] and len(ours) < len(theirs):
            hint = f"put in the words of line {original.at.line} of the source, as they are"
            yield group.at.problem("C507", "what to do in an emergency is missing here", hint)
