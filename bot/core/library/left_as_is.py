"""What a translation left in the words of its source, so that it is read out in the right language."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest

from bot.core.library.drafts import ModuleDraft, PartDraft, StepDraft
from bot.core.library.steps import Ask, Choose, Later, Link, Say, When


def with_languages(module: ModuleDraft, source: ModuleDraft) -> ModuleDraft:
    if module.language == source.language:
        return module
    originals = {step.id: step for step in source.steps}
    steps = tuple(
        replace(step, parts=_marked(step, originals[step.id], source.language))
        if step.id in originals
        else step
        for step in module.steps
    )
    same = bool(module.urgent and source.urgent and module.urgent.what == source.urgent.what)
    return replace(module, steps=steps, urgent_lang=source.language if same else "")


def _marked(step: StepDraft, original: StepDraft, language: str) -> tuple[PartDraft, ...]:
    pairs = zip_longest(step.parts, original.parts[: len(step.parts)])
    return tuple(_left(part, other, language) if other else part for part, other in pairs)


def _left(part: PartDraft, other: PartDraft, language: str) -> PartDraft:
    was = {bubble.what for bubble in other.bubbles}
    labels = {link.what.label for link in other.links}

    def says(held: tuple[Say, ...]) -> tuple[Say, ...]:
        return tuple(s.model_copy(update={"lang": language}) if s.text in was else s for s in held)

    def links(held: tuple[Link, ...]) -> tuple[Link, ...]:
        return tuple(k.model_copy(update={"lang": language}) if k.label in labels else k for k in held)

    match part.part:
        case Say():
            return replace(part, part=says((part.part,))[0])
        case Ask() if isinstance(other.part, Ask) and part.part.text == other.part.text:
            return replace(part, part=part.part.model_copy(update={"lang": language}))
        case Choose():
            return replace(part, part=Choose(links=links(part.part.links)))
        case Later():
            fresh = {"says": says(part.part.says), "links": links(part.part.links)}
            return replace(part, part=part.part.model_copy(update=fresh))
        case When():
            branches = tuple(
                b.model_copy(update={"says": says(b.says), "links": links(b.links)})
                for b in part.part.branches
            )
            return replace(part, part=When(branches=branches))
        case _:
            return part
