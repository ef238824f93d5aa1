"""C504, C505, C507: a page and the page that it was made from, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from bot.core.library.drafts import ModuleDraft, PartDraft, Place, StepDraft
from bot.core.library.guarded import names_where_to_turn, tells_at_once
from bot.core.library.headers import did_you_mean, reviewed
from bot.core.library.problems import Problem
from bot.core.library.shapes import NAMES, Shape, branch_shape, shape
from bot.core.library.steps import Ask


def module_problems(module: ModuleDraft, source: ModuleDraft) -> Iterator[Problem]:
    yield from _steps(module, source)
    checked = reviewed(module.header)
    if module.urgent and source.urgent and not checked and module.urgent.what != source.urgent.what:
        yield _unchecked(module.urgent.at, "the urgent advice", source.urgent.at)
    asks, asked = asks_of(module), asks_of(source)
    originals = {step.id: step for step in source.steps}
    for step in module.steps:
        if (original := originals.get(step.id)) is None:
            continue
        for part, other in zip(step.parts, original.parts, strict=False):
            if part.part.kind != other.part.kind:
                yield _other_kind(part, other)
                break
            yield from _differences(part, other, shape(part.part, asks), shape(other.part, asked))
            for branch, before in zip(part.branches, other.branches, strict=False):
                now, was = branch_shape(branch.what, asks), branch_shape(before.what, asked)
                yield from _differing(branch.at, now, was, before.at)
        else:
            yield from _length(step, original)
        if not checked:
            yield from _crisis_words(step, original)


def asks_of(module: ModuleDraft) -> dict[str, Ask]:
    parts = (part.part for step in module.steps for part in step.parts)
    return {part.name: part for part in parts if isinstance(part, Ask)}


def _steps(module: ModuleDraft, source: ModuleDraft) -> Iterator[Problem]:
    own, wanted = [step.id for step in module.steps], [step.id for step in source.steps]
    for step in module.steps:
        if step.id not in wanted:
            close = did_you_mean(step.id, [s for s in wanted if s not in own])
            hint = (
                close.replace("'", "{#", 1).replace("'?", "}?")
                or "pin its name: ## Heading {#name-of-the-step}"
            )
            yield step.at.problem("C504", f"the source has no step '#{step.id}'", hint)
    before = module.at
    for step in source.steps:
        here = next((s.at for s in module.steps if s.id == step.id), None)
        if here is None:
            hint = (
                f"put a heading with {{#{step.id}}} behind this place; there it stands in line {step.at.line}"
            )
            yield before.problem("C504", f"the step '#{step.id}' is missing", hint)
        before = here or before
    kept = [s for s in own if s in wanted]
    for name, should in zip(kept, [s for s in wanted if s in own], strict=False):
        if name != should:
            at = next(s.at for s in module.steps if s.id == name)
            yield at.problem(
                "C504", f"'#{name}' stands where '#{should}' should", "keep the order of the source"
            )
            break


def _length(step: StepDraft, original: StepDraft) -> Iterator[Problem]:
    for part, other in zip_longest(step.parts, original.parts):
        if other is None:
            yield part.at.problem(
                "C505", f"the source has no {_bare(part)} here", "delete it, or join it to its neighbour"
            )
            return
        if part is None:
            hint = f"it stands in line {other.at.line} of the source"
            yield step.at.problem("C505", f"{NAMES[other.part.kind]} of this step is missing", hint)
            return


def _bare(part: PartDraft) -> str:
    return NAMES[part.part.kind].partition(" ")[2]


def _other_kind(part: PartDraft, other: PartDraft) -> Problem:
    message = f"here the source has {NAMES[other.part.kind]}, not {NAMES[part.part.kind]}"
    return part.at.problem("C505", message, f"see line {other.at.line} of the source")


def _differences(part: PartDraft, other: PartDraft, now: Shape, was: Shape) -> Iterator[Problem]:
    yield from _differing(part.at, now, was, other.at)


def _differing(at: Place, now: Shape, was: Shape, there: Place) -> Iterator[Problem]:
    for (what, own), (_, original) in zip(now, was, strict=False):
        if own != original:
            hint = f"only the words may differ; see line {there.line} of the source"
            yield at.problem("C505", f"{what} is not as in the source", hint)
            return


# -- words of a crisis


def _crisis_words(step: StepDraft, original: StepDraft) -> Iterator[Problem]:
    whole = tells_at_once(original)
    for part, other in zip(step.parts, original.parts, strict=False):
        for bubble, before in zip(part.bubbles, other.bubbles, strict=False):
            if (whole or names_where_to_turn(before.what)) and bubble.what != before.what:
                yield _unchecked(bubble.at, "what to do in an emergency", before.at)
        for link, there in zip(part.links, other.links, strict=False):
            if names_where_to_turn(there.what.label) and link.what.label != there.what.label:
                yield _unchecked(link.at, "what to do in an emergency", there.at)


def _unchecked(at: Place, what: str, there: Place) -> Problem:
    hint = f"keep the words of line {there.line} of the source until a person has checked a translation and it is signed"
    return at.problem("C507", f"{what} stands here in words that nobody has checked", hint)
