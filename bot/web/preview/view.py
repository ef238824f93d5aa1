"""What the page shows of a module and of a rehearsal, as JSON."""

from __future__ import annotations

from typing import Any

from bot.core.library import Library, Problem
from bot.core.library.drafts import ModuleDraft
from bot.core.library.step_map import Stop, step_map
from bot.core.library.steps import MODULE_FOLDERS
from bot.ports import Manuscript
from bot.usecases.rehearsed import Told
from bot.web.desk.evidence import reason_of
from bot.web.desk.words import concern_in_words, measure_name
from bot.web.preview.edition import Edition
from bot.web.rehearsal import Seat

EASY = ".easy"
LANGUAGES = {
    "ar": "Arabic",
    "bn": "Bengali",
    "cy": "Welsh",
    "en": "English",
    "ga": "Irish",
    "gd": "Gaelic",
} | {
    "fr": "French",
    "gu": "Gujarati",
    "pa": "Punjabi",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "so": "Somali",
    "ur": "Urdu",
}
TOLD = {
    "now": "Your therapist would be told now",
    "soon": "Your therapist would be told, to look within one working day",
    "routine": "Your therapist would read it in the next digest",
}


def module_view(edition: Edition, manuscript: Manuscript, key: str | None) -> dict[str, Any]:
    """``gone``: there is no page with this key that can be read; what was shown of it last stays on the screen."""
    draft = edition.module(key)
    listed = [_listed(edition, m) for m in edition.drafts.modules]
    if draft is None:
        return {
            "key": key or None,
            "n": edition.n,
            "saved_at": edition.saved_at.isoformat(),
            "playing": "before",
            "gone": True,
            "problems": [],
            "elsewhere": _elsewhere(edition, manuscript, ""),
            "modules": listed,
        }
    file = draft.at.file
    problems, stops = edition.problems_in(file), step_map(draft)
    return {
        "key": draft.key,
        "n": edition.n,
        "saved_at": edition.saved_at.isoformat(),
        "title": _title(edition, draft),
        "lang": draft.language,
        "file": manuscript.called(file),
        "playing": _playing(edition, draft),
        "gone": False,
        "lines": edition.text(file).split("\n"),
        "problems": [_problem(p) for p in problems],
        "elsewhere": _elsewhere(edition, manuscript, file),
        "steps": [_step(stop, problems) for stop in stops],
        "measures": _measures(edition.library, draft, stops),
        "variants": [_variant(m) for m in edition.drafts.modules if m.key != draft.key and _same(m, draft)],
        "modules": listed,
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return problem.model_dump(include={"line", "column", "code", "level", "message", "hint"})


def _elsewhere(edition: Edition, manuscript: Manuscript, file: str) -> list[dict[str, Any]]:
    """Errors of other files: warnings there are no business of who writes this page."""
    others = (p for p in edition.problems if p.file != file and p.level == "error")
    return [
        {**_problem(p), "file": manuscript.called(p.file), "page": p.file.startswith(MODULE_FOLDERS)}
        for p in others
    ]


def _playing(edition: Edition, draft: ModuleDraft) -> str:
    """``draft``: as it would be published. ``rest``: without what is wrong. ``before``: as it was saved earlier."""
    played = edition.library.modules.get(draft.key) if edition.library is not None else None
    if played is None or not played.steps:
        return "nothing"
    if not draft.steps:
        return "before"
    wrong = any(p.level == "error" for p in edition.problems_in(draft.at.file))
    return "rest" if wrong else "draft"


def _title(edition: Edition, draft: ModuleDraft) -> str:
    module = edition.library.modules.get(draft.key) if edition.library is not None else None
    return (module.title if module else "") or draft.key


def _step(stop: Stop, problems: tuple[Problem, ...]) -> dict[str, Any]:
    return {
        "id": stop.id,
        "title": stop.title,
        "line": stop.line,
        "reachable": stop.reachable,
        "from": stop.reached_from,
        "ways": [{"to": way.to, "how": way.how, "label": way.label} for way in stop.ways],
        "problems": sum(stop.line <= p.line <= stop.end for p in problems),
    }


def _measures(library: Library | None, draft: ModuleDraft, stops: tuple[Stop, ...]) -> list[dict[str, Any]]:
    """Those that the module uses, in its own order."""
    if library is None:
        return []
    module = library.modules.get(draft.key)
    used = (*(module.uses if module else ()), *(m for stop in stops for m in stop.check_ins))
    known = (library.measures[m] for m in dict.fromkeys(used) if m in library.measures)
    return [
        {"id": m.id, "name": measure_name(library, m.id), "low": m.range[0], "high": m.range[1]}
        for m in known
    ]


def _same(one: ModuleDraft, other: ModuleDraft) -> bool:
    """The same module in other words: simpler ones, or another language's."""
    return one.id.removesuffix(EASY) == other.id.removesuffix(EASY)


def _variant(draft: ModuleDraft) -> dict[str, Any]:
    language = LANGUAGES.get(draft.language, draft.language)
    easy = draft.id.endswith(EASY)
    name = f"Easy words, {language}" if easy else f"In {language}"
    return {"key": draft.key, "label": name, "lang": draft.language}


def _listed(edition: Edition, draft: ModuleDraft) -> dict[str, Any]:
    problems = edition.problems_in(draft.at.file)
    errors = sum(p.level == "error" for p in problems)
    return {
        "key": draft.key,
        "title": _title(edition, draft),
        "errors": errors,
        "warnings": len(problems) - errors,
    }


# -- a rehearsal ---------------------------------------------------------------------------------------


def seat_view(seat: Seat) -> dict[str, Any]:
    held = seat.rehearsal
    place = held.place
    return {
        "seat": seat.name,
        "module": held.module,
        "in": place.module,
        "step": place.step if place.module == held.module else None,
        "waits_for": held.waits_for,
        "stale": seat.stale,
        "told": [told_view(told, held.library) for told in held.told],
    }


def told_view(told: Told, library: Library) -> dict[str, Any]:
    """Who would be told, and why, as the desk says it."""
    return {
        "level": told.level,
        "who": "Added to what your therapist has been told" if told.again else TOLD[told.level],
        "about": concern_in_words(library, told.concern),
        "why": reason_of(told.evidence, library).text,
    }
