"""Saying the service's own sentences, and putting buttons, signposts and waits behind them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from bot.core.facts import WaitBegan
from bot.core.library import Library
from bot.core.pen import Pen
from bot.core.safety import signposting
from bot.core.shown import Progress, Question, Shown, Signpost, Urgent
from bot.core.state import Conversation, ForPatient

Talk = Pen[Conversation]
Kind = Literal["crisis", "emergency", "safeguarding", "advice"]

# Where a fixed button's label stands in the texts.
FIXED = {
    "back": "back",
    "skip": "skip",
    "later": "check_in_later",
    "send": "check_in_send",
    "change": "check_in_change",
    "resume": "resume_yes",
    "leave": "resume_no",
    "yes": "yes",
    "no": "no",
    "rather": "rather_not_say",
    "done": "exercise_done_button",
    "stop": "exercise_stop",
    "own": "goal_own",
    "on": "carry_on",
    "join": "group_join_yes",
    "not_now": "group_join_no",
    "phone": "crisis_contact_phone",
    "message": "crisis_contact_message",
    "either": "crisis_contact_any",
    "wrong": "did_i_get_that_wrong",
    "helped.yes": "yes",
    "helped.little": "did_it_help_little",
    "helped.no": "no",
    "helped.skip": "did_it_help_skip",
    "menu:check_in": "menu_check_in",
    "menu:module": "menu_module",
    "menu:group": "menu_group",
    "menu:progress": "menu_progress",
    "menu:team": "menu_talk_to_team",
    "menu:goal": "menu_goal",
    "menu:menu": "menu_back",
}


def sentence(pen: Talk, key: str, **values: str) -> str:
    text = pen.moment.library.say(key, pen.state.profile.language)
    return text.format_map(_Known(pen, values)) if "{" in text else text


class _Known(dict[str, str]):
    """The values that a sentence may name; our own are worked out only where it does."""

    def __init__(self, pen: Talk, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self._pen = pen

    def __missing__(self, name: str) -> str:
        service = self._pen.moment.service
        match name:
            case "when":
                return service.when(self._pen.moment.now)
            case "hours":
                return service.hours.sentence()
            case "service":
                return service.name
            case "name":
                return first_name(self._pen)
            case _:
                raise KeyError(name)


def british(day: date) -> str:
    return f"{day.day} {day:%B}"


def first_name(pen: Talk) -> str:
    return pen.read(pen.state.profile.first_name) or ""


def speak(pen: Talk, key: str, *, urgent: Urgent | None = None, **values: str) -> int:
    """One of the texts as a bubble of its own; returns its seq."""
    shown = Shown(text=sentence(pen, key, **values), lang=pen.state.profile.language, urgent=urgent)
    return pen.show(shown, step=f"texts:{key}", urgent=urgent is not None)


def offer_fixed(pen: Talk, *keys: str) -> int:
    """Hang fixed buttons on the last bubble."""
    return pen.offer(*((key, fixed_label(pen, key)) for key in keys))


def fixed_label(pen: Talk, key: str) -> str:
    return sentence(pen, FIXED[key])


def ask(
    pen: Talk,
    question: Question,
    *,
    keys: tuple[str, ...] = (),
    progress: Progress | None = None,
    at: int | None = None,
    step: str | None = None,
    release: str | None = None,
) -> None:
    """Put a question on the screen and wait for the patient."""
    lang = pen.state.profile.language
    pen.show(
        Shown(text=question.text, lang=lang, question=question, progress=progress), step=step, release=release
    )
    seq = offer_fixed(pen, *keys) if keys else pen.last_seq
    pen.write(WaitBegan(wait=ForPatient(seq=seq, keys=keys, item=question.item), at=at))


def wait_for_choice(pen: Talk, *keys: str, resume: bool = False, item: str | None = None) -> None:
    """Fixed buttons on the last bubble, and wait for one of them."""
    seq = offer_fixed(pen, *keys)
    pen.write(WaitBegan(wait=ForPatient(seq=seq, keys=keys, resume=resume, item=item)))


def where_to_turn(pen: Talk, kind: Kind) -> Urgent:
    return where_to_turn_in(pen.moment.library, pen.moment.service.nation, kind, pen.state.profile.language)


# Which lines a card holds, in this order: what one needs in that hour, not all there is.
PURPOSES: dict[Kind, tuple[str, ...]] = {
    "crisis": ("emergency", "crisis"),
    "emergency": ("emergency", "no_voice"),
    "safeguarding": ("emergency", "no_voice", "domestic_abuse"),
    "advice": ("emergency", "crisis", "domestic_abuse", "no_voice", "under_18"),
}


def where_to_turn_in(library: Library, nation: str, kind: Kind, language: str = "en") -> Urgent:
    """The nation's own lines as a card, from the bundle in force."""
    lines = signposting(library.safety, nation, language).lines
    wanted = [line for purpose in PURPOSES[kind] for line in lines if line.purpose == purpose]
    return Urgent(kind=kind, lines=tuple(Signpost(text=line.text, number=line.number) for line in wanted))


def library_of(pen: Talk, release: str) -> Library:
    """The release a Run names; the current one where that release is gone."""
    return pen.moment.libraries.get(release, pen.moment.library)
