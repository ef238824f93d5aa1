"""Drafts in, a Library or an editor's problems out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from bot.core.library.book import Group, Library, file_hash
from bot.core.library.data_checks import (
    days_run_out,
    helplines_without_source,
    overdue,
    policy_problems,
    safety_problems,
    text_problems,
)
from bot.core.library.drafts import Drafts, GroupDraft, Header, ModuleDraft, Passage
from bot.core.library.flow_checks import flow_problems
from bot.core.library.group_checks import group_problems, theme_problems, title_problems
from bot.core.library.group_hours import read_hours
from bot.core.library.headers import (
    GROUP_SHAPE,
    Front,
    answer_front,
    did_you_mean,
    governance,
    group_front,
    language_problem,
    module_front,
    reviewed,
    translator_problems,
)
from bot.core.library.house_style import HouseStyle
from bot.core.library.limits import CONDITIONS
from bot.core.library.measure_checks import measure_problems
from bot.core.library.measures import Measure
from bot.core.library.naming_checks import naming_problems
from bot.core.library.problems import Problem
from bot.core.library.reading_checks import long_sentences, reading_problems
from bot.core.library.reasons import with_reasons
from bot.core.library.series import one_of_series, series_problems
from bot.core.library.signoff import unsigned
from bot.core.library.signoff_checks import signoff_problems
from bot.core.library.size import Size, sizes
from bot.core.library.skip_checks import skip_problems
from bot.core.library.source_checks import source_problems
from bot.core.library.steps import Module, Step, is_quick
from bot.core.library.translations import check_translations
from bot.core.library.wording_checks import wording_problems
from bot.core.library.writing_checks import writing_problems


@dataclass(frozen=True, slots=True)
class Built:
    """``library`` is None as soon as one problem is an error: the last good one stays in force.

    ``bodies``: the files that it was built from, by their names.
    """

    library: Library | None
    problems: tuple[Problem, ...]
    bodies: Mapping[str, bytes] = field(default_factory=dict, repr=False, compare=False)
    read: Mapping[str, Size] = field(default_factory=dict)
    """Every file that was looked at, and how much is in it."""


def build(drafts: Drafts, *, today: date) -> Built:
    measures = {placed.what.id: placed.what for placed in drafts.measures}
    known = _known(drafts)
    translations = check_translations(drafts)
    not_signed = _not_signed(drafts)
    problems = [*drafts.problems, *translations.problems]
    modules: dict[str, Module] = {}
    groups: dict[str, Group] = {}
    for module in sorted(drafts.modules, key=lambda draft: draft.key):
        front = _front_of(module)
        problems += _module_problems(module, front, today)
        problems += _style_problems(module, drafts.style)
        problems += flow_problems(module, known)
        unread = frozenset(n.removeprefix("measure:") for n in drafts.broken if n.startswith("measure:"))
        bare = frozenset(placed.what.id for placed in drafts.skeletons)
        problems += naming_problems(module, front.texts("uses"), measures, unread, bare)
        problems += skip_problems(module)
    for module in translations.modules:
        front = _front_of(module)
        signed = module.at.file not in not_signed
        modules[module.key] = compile_module(module, front, measures, signed=signed)
    shapes = _shapes(drafts)
    for group in sorted(drafts.groups, key=lambda draft: draft.key):
        front = _front_of_group(group)
        problems += _group_problems(group, front, today)
        problems += group_problems(group, front, drafts)
        problems += _style_problems(group, drafts.style)
    for group in translations.groups:
        groups[group.key] = _group(group, shapes)
    problems += title_problems(drafts.groups)
    problems += series_problems(drafts.modules)
    problems += _data_problems(drafts, today)
    if any(p.level == "error" for p in problems):
        return Built(None, _in_order(problems), drafts.bodies, sizes(drafts))
    return Built(_bound(drafts, modules, groups), _in_order(problems), drafts.bodies, sizes(drafts))


def _not_signed(drafts: Drafts) -> tuple[str, ...]:
    """With translations, and pages in easier words, that say themselves that nobody has checked them."""
    named: dict[str, Header | None] = {
        **{m.at.file: m.header for m in drafts.modules if m.language != "en" or m.id.endswith(".easy")},
        **{g.at.file: g.header for g in drafts.groups if g.language != "en"},
        **{
            f"texts/{language}.yaml": held
            for language, held in drafts.translators.items()
            if language != "en"
        },
    }
    unchecked = {file for file, header in named.items() if file in drafts.bodies and not reviewed(header)}
    signatures = tuple(placed.what for placed in drafts.signatures)
    return tuple(sorted({*unsigned(drafts.bodies, signatures), *unchecked}))


def pages_in(drafts: Drafts) -> dict[str, Module]:
    """The modules as they would run, whatever is wrong with them: for a preview."""
    measures = {placed.what.id: placed.what for placed in drafts.measures}
    not_signed = _not_signed(drafts)
    drawn = {draft.key: draft for draft in (*drafts.modules, *check_translations(drafts).modules)}
    modules = {}
    for _, draft in sorted(drawn.items()):
        front = _front_of(draft)
        signed = draft.at.file not in not_signed
        modules[draft.key] = compile_module(draft, front, measures, signed=signed)
    return modules


def what_there_is(drafts: Drafts) -> Library | None:
    """All that could be read, whatever is wrong with it. None where safety or policy are missing."""
    shapes = _shapes(drafts)
    groups = {
        draft.key: _group(draft, shapes) for draft in sorted(drafts.groups, key=lambda draft: draft.key)
    }
    return _bound(drafts, pages_in(drafts), groups)


def _bound(drafts: Drafts, modules: dict[str, Module], groups: dict[str, Group]) -> Library | None:
    if drafts.safety is None or drafts.policy is None:
        return None
    signatures = tuple(placed.what for placed in drafts.signatures)
    return Library(
        modules=dict(sorted(modules.items())),
        measures={placed.what.id: placed.what for placed in sorted(drafts.measures, key=lambda m: m.what.id)},
        groups=dict(sorted(groups.items())),
        texts={
            language: {key: placed.what for key, placed in sorted(held.items())}
            for language, held in sorted(drafts.texts.items())
        },
        understanding=dict(sorted(drafts.understanding.items())),
        alike=drafts.alike,
        second_net=dict(sorted(drafts.second_net.items())),
        posts=dict(sorted(drafts.posts.items())),
        safety=drafts.safety.content,
        policy=drafts.policy.what,
        signatures=signatures,
        unsigned=_not_signed(drafts),
        files={name: file_hash(body) for name, body in sorted(drafts.bodies.items())},
    )


def _in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda p: (p.file, p.line, p.column, p.code, p.message)))


def _known(drafts: Drafts) -> frozenset[str]:
    return frozenset(
        {f"module:{draft.key}" for draft in drafts.modules}
        | {f"group:{draft.key}" for draft in drafts.groups}
        | drafts.broken
    )


def _front_of(draft: ModuleDraft) -> Front:
    if draft.header is None:
        return Front({}, ())
    return answer_front(draft.header) if is_quick(draft.id) else module_front(draft.header)


def _module_problems(draft: ModuleDraft, front: Front, today: date) -> Iterator[Problem]:
    yield from front.problems
    yield from writing_problems(draft)
    if draft.header:
        yield from language_problem(draft.header, draft.language)
        yield from governance(draft.header, today)
    condition = draft.id.split("/")[-2]
    if condition not in CONDITIONS:
        hint = did_you_mean(condition, CONDITIONS)
        yield draft.at.problem("C015", f"there is no condition '{condition}', as the folder is called", hint)
    if draft.urgent is None and not is_quick(draft.id):
        hint = "begin with ::: urgent and say when to call 999"
        yield draft.at.problem("C403", "the module has no 'urgent' block", hint)


def _group_problems(draft: GroupDraft, front: Front, today: date) -> Iterator[Problem]:
    yield from front.problems
    if draft.header:
        yield from language_problem(draft.header, draft.language)
        yield from governance(draft.header, today)


def _style_problems(page: ModuleDraft | GroupDraft, style: HouseStyle | None) -> tuple[Problem, ...]:
    if style and page.language == style.writing.language:
        return _read_aloud(page.passages, style)
    return ()


# Most of a build's time, and one edit leaves all pages but one as they were.
@lru_cache(maxsize=1024)
def _read_aloud(passages: tuple[Passage, ...], style: HouseStyle) -> tuple[Problem, ...]:
    return (*reading_problems(passages, style), *wording_problems(passages, style.writing))


@lru_cache(maxsize=16)
def _said_aloud(sentences: tuple[Passage, ...], style: HouseStyle) -> tuple[Problem, ...]:
    long = (problem for sentence in sentences for problem in long_sentences(sentence, style))
    return (*long, *(p for sentence in sentences for p in wording_problems([sentence], style.writing)))


def _data_problems(drafts: Drafts, today: date) -> Iterator[Problem]:
    seen: set[str] = set()
    for placed in (*drafts.measures, *drafts.skeletons):
        yield from measure_problems(placed)
        if placed.what.id in seen:
            hint = "delete one of the two files"
            yield placed.at.problem("C406", f"there are two measures '{placed.what.id}'", hint)
        seen.add(placed.what.id)
    for header in drafts.governed:
        yield from governance(header, today)
    pages = {
        **{module.at.file: module.header for module in drafts.modules},
        **{group.at.file: group.header for group in drafts.groups},
    }
    yield from signoff_problems(drafts.bodies, drafts.signatures, pages, today)
    yield from text_problems(drafts.texts)
    for language, header in drafts.translators.items():
        if language != "en":
            yield from translator_problems(header, today)
    for file in drafts.sourced:
        yield from source_problems(file)
    if drafts.style:
        yield from _said_aloud(drafts.sentences.get(drafts.style.writing.language, ()), drafts.style)
    if drafts.policy:
        broken = {name.removeprefix("measure:") for name in drafts.broken}
        yield from policy_problems(drafts.policy.what, seen | broken)
        yield from days_run_out(drafts.policy.what, today)
        yield from theme_problems(drafts.policy.what, drafts.texts.get("en", {}))
    if drafts.safety:
        yield from safety_problems(drafts.safety)
        yield from helplines_without_source(drafts.safety)
        yield from overdue(drafts.safety, today)


def compile_module(
    draft: ModuleDraft, front: Front, measures: Mapping[str, Measure], *, signed: bool = False
) -> Module:
    """As it will run. What is wrong in the draft is left out, not raised: a preview shows the rest."""
    return Module(
        id=draft.id,
        language=draft.language,
        title=front.text("title"),
        summary=front.text("summary"),
        suits=front.texts("for"),
        minutes=front.number("minutes") or 1,
        uses=front.texts("uses"),
        author=front.text("author"),
        clinical_lead=front.text("clinical-lead"),
        signed=signed,
        review_by=front.text("review-by"),
        licence=front.text("licence"),
        sources=front.sources,
        urgent=draft.urgent.what if draft.urgent else "",
        urgent_lang=draft.urgent_lang,
        asked=front.texts("asked"),
        comes_after=tuple(one_of_series(name, draft.id) for name in front.texts("after")),
        steps=tuple(
            Step(id=s.id, title=s.title, parts=tuple(with_reasons(p.part, measures) for p in s.parts))
            for s in draft.steps
        ),
    )


def _front_of_group(draft: GroupDraft) -> Front:
    return group_front(draft.header) if draft.header else Front({}, ())


def _shapes(drafts: Drafts) -> dict[str, Front]:
    """Of each group, by its id, what its English page says of the room."""
    return {draft.id: _front_of_group(draft) for draft in drafts.groups if draft.key == draft.id}


def _group(draft: GroupDraft, shapes: Mapping[str, Front]) -> Group:
    front = _front_of_group(draft)
    room = shapes.get(draft.id, front)
    return Group(
        id=draft.id,
        language=draft.language,
        title=front.text("title"),
        summary=front.text("summary"),
        suits=room.texts("for"),
        hours=room.text("hours"),
        host=front.text("host"),
        welcome="\n\n".join(paragraph.what for paragraph in draft.welcome),
        rules=tuple(rule.what for rule in draft.rules),
        clinical_lead=front.text("clinical-lead"),
        review_by=front.text("review-by"),
        licence=front.text("licence"),
        agenda=tuple(entry.what for entry in draft.agenda),
        hosted=read_hours(room.text("hours")),
        **{_FIELDS.get(key, key): room.values[key] for key in GROUP_SHAPE if key in room.values},
    )


_FIELDS = {"stage": "stages", "starts-with": "starts_with"}
