"""C4 for a questionnaire: is it word for word, and do its numbers fit together?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.core.library.drafts import Place, Placed
from bot.core.library.headers import did_you_mean
from bot.core.library.measures import Measure, text_hash
from bot.core.library.problems import Problem


def measure_problems(placed: Placed[Measure]) -> Iterator[Problem]:
    """Of a skeleton the numbers alone: its words are checked when a pack brings them."""
    measure, at = placed.what, placed.at
    start = Place(at.file)
    if not measure.skeleton:
        yield from _wording(measure, at)
    for check, hint in _CHECKS:
        wrong = list(check(measure))
        for message in wrong:
            yield start.problem("C406", message, hint(measure))
        if wrong and check is _answers:  # without answers there are no points to add up
            break
    yield from _items(measure, start)


def _wording(measure: Measure, at: Place) -> Iterator[Problem]:
    if text_hash(measure) not in (measure.text_sha256, *measure.editions.values()):
        hint = "put the original words back; only a new, agreed edition gets a new text_sha256"
        yield at.problem("C405", f"the wording of {measure.id} is not the registered wording", hint)
    for item in measure.items:
        if not item.text and not measure.lead:
            yield Place(at.file).problem(
                "C011",
                f"item '{item.id}' of {measure.id} has no text",
                "copy it from the source, word for word",
            )
    for answers in (measure, *measure.items):
        if any(not option.label for option in answers.options):
            yield Place(at.file).problem(
                "C011", f"an answer of {measure.id} has no label", "copy it from the source, word for word"
            )


def _answers(measure: Measure) -> Iterator[str]:
    for item in measure.items:
        if item.kinds > 1 or measure.kinds > 1:
            yield f"{measure.id} is answered by options, a scale or a count: keep one of them"
            return
        if not item.kinds and not measure.kinds:
            yield f"nobody can answer item '{item.id}' of {measure.id}: it needs options, a scale or a count"
            return
        low, high = measure.answers(item).bounds
        if low >= high:
            yield f"item '{item.id}' of {measure.id} goes from {low} to {high}"
            return


def _scoring(measure: Measure) -> Iterator[str]:
    how = measure.scoring
    if how.method == "one" and len(measure.items) != 1:
        yield f"{measure.id} has more than one item, so its method cannot be 'one'"
    if how.method == "none" and (measure.bands or measure.case_at or measure.severe_at):
        yield f"nothing of {measure.id} is added up, so it has no bands and no thresholds"
    if how.recode:
        answers = {measure.answers(item).bounds for item in measure.items}
        if any(high - low + 1 != len(how.recode) for low, high in answers):
            yield f"'recode' of {measure.id} needs a number for each answer, the lowest first"
    if how.least_answered is not None:
        if not 0 < how.least_answered <= len(measure.items):
            yield f"'least_answered' of {measure.id} does not fit its items"
        if not how.prorating_source:
            yield f"{measure.id} is scored with items missing: say in 'prorating_source' who allows that"


def _range(measure: Measure) -> Iterator[str]:
    if measure.range != measure.limits():
        yield f"the range of {measure.id} does not fit its items and points"


def _bands(measure: Measure) -> Iterator[str]:
    """Whole scores leave no number out; of others a band begins where the last one's name ends, or up to 1 later."""
    if not measure.bands:
        return
    low, high = measure.range
    if measure.bands[0].low != low:
        yield f"the band '{measure.bands[0].plain}' should begin at {low:g}"
    for before, band in zip(measure.bands, measure.bands[1:], strict=False):
        gap = band.low - before.high
        if not (gap == 1 if _whole(measure) else 0 < gap <= 1):
            wanted = f"at {before.high + 1:g}" if _whole(measure) else f"within 1 of {before.high:g}"
            yield f"the band '{band.plain}' should begin {wanted}"
            return
    if any(band.high < band.low for band in measure.bands) or measure.bands[-1].high != high:
        yield f"the bands of {measure.id} should end at {high:g}"


def _whole(measure: Measure) -> bool:
    how = measure.scoring
    return how.method != "mean" and isinstance(how.times, int) and how.least_answered is None


def _thresholds(measure: Measure) -> Iterator[str]:
    low, high = measure.range
    offered = [("case_at_one_of", score) for score in measure.case_at_one_of]
    for name, score in (("case_at", measure.case_at), ("severe_at", measure.severe_at), *offered):
        if score is not None and not low < score <= high:
            yield f"'{name}' of {measure.id} is outside its range"


def _items(measure: Measure, start: Place) -> Iterator[Problem]:
    items = [item.id for item in measure.items]
    if len(set(items)) < len(items):
        yield start.problem("C406", f"two items of {measure.id} have the same id", "number them")
    named = [
        *(rule.item for rule in measure.item_rules),
        *(item for sub in measure.subscales for item in sub.items),
        *measure.scoring.reverse,
    ]
    for item in named:
        if item not in items:
            yield start.problem("C406", f"{measure.id} has no item '{item}'", did_you_mean(item, items))


def _limits(measure: Measure) -> str:
    low, high = measure.limits()
    return f"with these answers the scores go from {low:g} to {high:g}"


# What is looked at, in this order, and what to do about it.
_CHECKS: tuple[tuple[Callable[[Measure], Iterator[str]], Callable[[Measure], str]], ...] = (
    (_answers, lambda _: "write options, a scale or a count, once for all items or with each item"),
    (_scoring, lambda _: "see Questionnaires in the editors' guide, and take what the source says"),
    (_range, _limits),
    (_bands, lambda _: "together the bands hold every score once, from the lowest to the highest"),
    (_thresholds, lambda m: f"a limit is above {m.range[0]:g} and at most {m.range[1]:g}"),
)
