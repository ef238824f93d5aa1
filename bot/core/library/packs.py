"""A licensed questionnaire's words, which a service brings, put into the skeleton that is shipped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.checked import Checked
from bot.core.library.headers import did_you_mean
from bot.core.library.measures import Answers, Item, Measure, Number, text_hash

FIXED = (
    *("bands", "case_at_one_of", "count", "higher_is", "item_rules", "loinc", "options", "range"),
    *("reliable_change", "scale", "scoring", "severe_at", "skeleton", "snomed", "subscales", "version"),
)
"""What stands in the skeleton alone: ids, numbers and how they are added up."""


class PackLicence(Checked):
    holder: str
    number: str


class PackItem(Checked):
    """``answers``: words by points, where this item has answers of its own."""

    text: str = ""
    answers: dict[str, str] = {}


class Pack(Checked):
    """``answers``: words by points; of a scale those of its two ends. ``case_at``: only where the skeleton offers it."""

    id: str
    licence: PackLicence
    stem: str = ""
    items: dict[str, PackItem]
    answers: dict[str, str] = {}
    case_at: Number | None = None
    text_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """``path``: where in the pack."""

    path: tuple[str, ...]
    code: str
    message: str
    hint: str = ""


def completed(skeleton: Measure, pack: Pack) -> Measure | tuple[Wrong, ...]:
    """The skeleton with the pack's words, or what is wrong with them. Numbers are the skeleton's."""
    wrong = [*_unknown(skeleton, pack), *_unworded(skeleton, pack), *_case(skeleton, pack)]
    if wrong:
        return tuple(wrong)
    whole = skeleton.model_copy(
        update={
            "skeleton": False,
            "stem": pack.stem,
            "items": tuple(_item(item, pack.items[item.id]) for item in skeleton.items),
            "case_at": skeleton.case_at if pack.case_at is None else pack.case_at,
            "licence": f"{skeleton.licence} Licensed to {pack.licence.holder}, {pack.licence.number}.",
            **_worded(skeleton, pack.answers),
        }
    )
    found = text_hash(whole)
    if pack.text_sha256 not in ("", found):
        hint = "compare it with the licensed form; only another edition has another text_sha256"
        message = f"the wording of {skeleton.id} is not the one that its hash was made from"
        return (Wrong(("text_sha256",), "C405", message, hint),)
    return whole.model_copy(update={"text_sha256": found})


def _unknown(skeleton: Measure, pack: Pack) -> Iterator[Wrong]:
    ids = [item.id for item in skeleton.items]
    for name, words in pack.items.items():
        item = skeleton.item(name)
        if item is None:
            hint = did_you_mean(name, ids) or f"its items are {', '.join(ids)}"
            yield Wrong(("items", name), "C406", f"{skeleton.id} has no item '{name}'", hint)
        else:
            yield from _points(item, words.answers, ("items", name, "answers"))
    yield from _points(skeleton, pack.answers, ("answers",))


def _points(answers: Answers, words: dict[str, str], path: tuple[str, ...]) -> Iterator[Wrong]:
    known = _worded_points(answers)
    for points in words:
        if points not in known:
            hint = f"words are needed for {', '.join(known)}" if known else "the answers stand elsewhere"
            yield Wrong((*path, points), "C406", f"there is no answer of {points} points here", hint)


def _worded_points(answers: Answers) -> tuple[str, ...]:
    if answers.scale is not None:
        return tuple(str(end) for end in answers.bounds)
    return tuple(str(option.points) for option in answers.options)


def _unworded(skeleton: Measure, pack: Pack) -> Iterator[Wrong]:
    for item in skeleton.items:
        words = pack.items.get(item.id)
        if words is None:
            yield Wrong(("items",), "C011", f"the words of item '{item.id}' are missing")
            continue
        yield from _missing(item, words.answers, ("items", item.id))
        if not words.text.strip() and not (item.scale and skeleton.lead):
            yield Wrong(("items", item.id), "C011", f"item '{item.id}' has no text")
    yield from _missing(skeleton, pack.answers, ())


def _missing(answers: Answers, words: dict[str, str], path: tuple[str, ...]) -> Iterator[Wrong]:
    for points in _worded_points(answers):
        if not words.get(points, "").strip():
            yield Wrong(
                (*path, "answers"), "C011", f"the words for the answer of {points} points are missing"
            )


def _case(skeleton: Measure, pack: Pack) -> Iterator[Wrong]:
    offered = skeleton.case_at_one_of
    if pack.case_at is not None and pack.case_at not in offered:
        hint = f"it can be {' or '.join(map(str, offered))}" if offered else "take the line out"
        yield Wrong(("case_at",), "C406", f"a pack cannot set this threshold of {skeleton.id}", hint)


def _item(item: Item, words: PackItem) -> Item:
    return item.model_copy(update={"text": words.text, **_worded(item, words.answers)})


def _worded(answers: Answers, words: dict[str, str]) -> dict[str, object]:
    if answers.scale is not None:
        low, high = _worded_points(answers)
        ends = {"low_label": words[low], "high_label": words[high]}
        return {"scale": answers.scale.model_copy(update=ends)}
    labelled = (o.model_copy(update={"label": words[str(o.points)]}) for o in answers.options)
    return {"options": tuple(labelled)}
