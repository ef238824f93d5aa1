"""Pages of the library for somebody who asks or looks around: offered by their titles, never opened unasked."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.facts import MessageUnderstood
from bot.core.flow.choosing import measures_of
from bot.core.flow.voice import FIXED, Talk, language_of, offer, sentence, speak, titled
from bot.core.inputs import Found, Understood
from bot.core.library import CheckIn, Library, Module, Tell, When
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
    kept = ("menu:kept",) if pen.state.kept else ()
    offer(pen, (), "menu:modules", "menu:answers", "menu:about", *kept, "menu:menu")


ABOUT = "about-"
THEMES = ("phq9", "gad7")
"""Themes are the measures that a page bears upon: mood and worry."""


def choose_what_about(pen: Talk) -> None:
    """A condition or a theme that there are pages for; their own conditions first."""
    library, own = pen.moment.library, pen.state.profile.conditions
    pages = [m for m in library.modules.values() if not m.quick]
    there = {about for m in pages for about in (*m.suits, *measures_of(library, m))}
    known = [key.removeprefix("about:") for key in FIXED if key.startswith("about:")]
    ordered = sorted([name for name in known if name in there], key=lambda name: name not in own)
    speak(pen, "library_about_ask")
    offer(pen, (), *(f"about:{name}" for name in ordered), "menu:library", "menu:menu")


def _held(pen: Talk, kind: str) -> tuple[Module, ...]:
    library, conditions = pen.moment.library, pen.state.profile.conditions
    if kind.startswith(ABOUT):
        about = kind.removeprefix(ABOUT)
        every = library.modules_for((*conditions, about))
        return tuple(m for m in every if about in m.suits or about in measures_of(library, m))
    return library.modules_for(conditions) if kind == "modules" else library.answers_for(conditions)


def may_be_read(pen: Talk, page: Module) -> bool:
    """By somebody whose care has ended only what asks nothing that nobody would read."""
    if not pen.state.gone:
        return True
    return page.quick or not any(isinstance(p, CheckIn | Tell | When) for s in page.steps for p in s.parts)


def browse(pen: Talk, kind: str, start: int) -> None:
    """``kind``: modules, answers, or ``about-<condition or theme>``. A handful at a time, their own conditions first."""
    conditions = pen.state.profile.conditions
    held = [page for page in _held(pen, kind) if may_be_read(pen, page)]
    pages = sorted(held, key=lambda p: (-_weight(p, conditions), p.id in pen.state.done, bool(p.comes_after)))
    shown = pages[start : start + A_PAGE]
    buttons = titled(pen, "start", *(page.id for page in shown))
    if len(pages) > start + A_PAGE:
        buttons = (*buttons, _more(pen, f"browse:{kind}:{start + A_PAGE}"))
    speak(pen, "library_about" if kind.startswith(ABOUT) else f"library_{kind}")
    offer(pen, buttons, "menu:menu")
