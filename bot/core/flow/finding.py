"""Pages of the library for somebody who asks or looks around: offered by their titles, never opened unasked."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.facts import MessageUnderstood
from bot.core.flow.voice import Talk, language_of, offer, sentence, speak, titled
from bot.core.inputs import Found, Understood
from bot.core.library import Library, Module
from bot.core.pen import Button
from bot.core.state import SafetyRun

FITS = 0.15
"""Where the best page has less, all answer another question, and it is more honest to say that there is none."""
_AS_LIKELY = 0.4
"""The share of the best page's score from which another is offered beside it."""
MOST_OFFERED = 3
A_PAGE = 6
# What a page counts that is not for one of the patient's own conditions.
_FOR_EVERYBODY, _FOR_OTHERS = 0.8, 0.4


def fitting(pen: Talk, understood: Understood | None) -> tuple[str, ...]:
    """The pages that may answer, best first. None in the safety dialogue: nothing leads away from it."""
    if understood is None or any(isinstance(run, SafetyRun) for run in pen.state.runs):
        return ()
    found = weighted(understood.found, pen.moment.library, pen.state.profile.conditions)
    return tuple(page for page, _ in offered(found))


def offered(found: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Of what was found and weighted, what is offered."""
    best = found[0][1] if found else 0.0
    likely = [(page, score) for page, score in found if score >= best * _AS_LIKELY]
    return likely[:MOST_OFFERED] if best >= FITS else []


def weighted(
    found: Iterable[Found], library: Library, conditions: tuple[str, ...]
) -> list[tuple[str, float]]:
    """Best first; pages for the patient's own conditions come before others like them. For whoever has none, all are alike."""
    known = [f for f in found if f.page in library.modules]
    weights = [_weight(library.modules[f.page], conditions) if conditions else _FOR_EVERYBODY for f in known]
    scores = [(f.page, f.score * weight) for f, weight in zip(known, weights, strict=True)]
    return sorted(scores, key=lambda scored: -scored[1])


def _weight(page: Module, conditions: tuple[str, ...]) -> float:
    if set(page.suits) & set(conditions):
        return 1.0
    return _FOR_EVERYBODY if "everybody" in page.suits else _FOR_OTHERS


def more_label(pen: Talk) -> str:
    return sentence(pen, "library_more")


def _more(pen: Talk, key: str) -> Button:
    return Button(key, more_label(pen), pen.moment.library.tongue("library_more", language_of(pen)))


def offer_found(pen: Talk, pages: tuple[str, ...], seq: int) -> None:
    pen.write(MessageUnderstood(seq=seq, intent="library", confidence=1.0, by="search"))
    speak(pen, "search_found")
    offer(pen, titled(pen, "start", *pages), "menu:menu", "wrong")


# -- looking around -----------------------------------------------------------------------------------


def look_around(pen: Talk) -> None:
    speak(pen, "library_intro")
    offer(pen, (), "menu:modules", "menu:answers", "menu:menu")


def browse(pen: Talk, kind: str, start: int) -> None:
    """``kind``: modules or answers. A handful at a time, the patient's own conditions first."""
    conditions = pen.state.profile.conditions
    library = pen.moment.library
    held = library.modules_for(conditions) if kind == "modules" else library.answers_for(conditions)
    pages = sorted(held, key=lambda p: (-_weight(p, conditions), p.id in pen.state.done, bool(p.comes_after)))
    shown = pages[start : start + A_PAGE]
    buttons = titled(pen, "start", *(page.id for page in shown))
    if len(pages) > start + A_PAGE:
        buttons = (*buttons, _more(pen, f"browse:{kind}:{start + A_PAGE}"))
    speak(pen, f"library_{kind}")
    offer(pen, buttons, "menu:menu")
