"""A module's own questions and goals: putting them, reading the replies, filling answers into the text."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Literal

from bot.core.errors import Refused
from bot.core.facts import GoalSet, PartReached, ReplyGiven, WaitBegan
from bot.core.flow.voice import FIXED, Talk, ask, language_of, offer_fixed, speak
from bot.core.inputs import Said
from bot.core.library import Ask, Goals, Module, Part
from bot.core.pen import Button
from bot.core.reading import read_choice, read_date, read_number, read_scale, read_yes_no
from bot.core.shown import Answer, Question
from bot.core.state import ForNothing, ForPatient, Goal, ModuleRun, Run, Slot

# With the emphasis around it and what leads up to it, which have no place where there is nothing to fill in.
_FILLED = re.compile(
    r"(?P<before>(?:[:,])?\s*)(?P<mark>\*{0,3})\{\{\s*(?P<name>[a-z_][a-z0-9_]*)\s*\}\}(?P=mark)(?P<after>[.,:;?!]?)"
)


def seconds(n: float) -> timedelta:
    return timedelta(seconds=n)


# -- putting a question -------------------------------------------------------------------------------


_KINDS: dict[str, Literal["options", "scale", "text", "number", "date", "pick_any"]] = {
    "yes or no": "options",
    "pick one": "options",
    "pick any": "pick_any",
    "0 to 10": "scale",
    "a number": "number",
    "a date": "date",
    "in your own words": "text",
}


def put(pen: Talk, part: Ask, at: int, place: str, release: str, lang: str) -> None:
    """``lang``: the language of the page."""
    scale = part.how == "0 to 10"
    ends = (*part.options, "", "")[:2] if scale else ("", "")
    question = Question(
        item=part.name,
        text=part.text,
        kind=_KINDS[part.how],
        options=_options(pen, part, part.lang or lang),
        min=0 if scale else None,
        max=10 if scale else None,
        min_label=ends[0],
        max_label=ends[1],
    )
    ask(pen, question, lang=part.lang or lang, keys=("skip",), at=at, step=place, release=release)


def _options(pen: Talk, part: Ask, lang: str) -> tuple[Answer, ...]:
    if part.how == "yes or no":
        return tuple([Answer(value=int(yes), label=yes_or_no(pen, yes, lang)) for yes in (True, False)])
    if part.how in ("pick one", "pick any"):
        return tuple(Answer(value=n, label=label) for n, label in enumerate(part.options))
    return ()


def yes_or_no(pen: Talk, yes: bool, lang: str) -> str:
    """In the language of the question."""
    return pen.moment.library.say(FIXED["yes" if yes else "no"], lang)


def put_goals(pen: Talk, part: Goals, at: int, lang: str) -> None:
    if not pen.messages:
        speak(pen, "goal_ask")
    options = tuple(Button(f"goal.{n}", label, lang) for n, label in enumerate(part.options))
    pen.offer(*options)
    seq = offer_fixed(pen, "own", "skip")
    keys = (*(option.key for option in options), "own", "skip")
    pen.write(WaitBegan(wait=ForPatient(seq=seq, keys=keys), at=at))


# -- reading a reply ----------------------------------------------------------------------------------


def read_text(pen: Talk, part: Ask, text: str) -> Slot | None:
    """What a typed text means for this question; None when it cannot be told. Own words are kept by the caller."""
    match part.how:
        case "yes or no":
            own = read_choice(text, [yes_or_no(pen, yes, language_of(pen)) for yes in (False, True)])
            yes = read_yes_no(text) if own is None else bool(own)
            return None if yes is None else Slot(number=float(yes))
        case "0 to 10":
            points = read_scale(text, 0, 10)
            return None if points is None else Slot(number=points)
        case "a number":
            number = read_number(text)
            return None if number is None else Slot(number=number)
        case "a date":
            day = read_date(text)
            return None if day is None else Slot(number=day.toordinal())
        case _:
            return None


def read_value(part: Ask, value: int | tuple[int, ...] | None) -> Slot:
    """What an answer of the widget's form means. Raises Refused for a value that the question does not offer."""
    if value is None:
        return Slot(skipped=True)
    many = value if isinstance(value, tuple) else (value,)
    if part.how in ("pick one", "pick any"):
        if (part.how == "pick one" and len(many) != 1) or not set(many) <= set(range(len(part.options))):
            raise Refused("not_an_option")
        return Slot(options=tuple(sorted(set(many))))
    top = {"yes or no": 1, "0 to 10": 10}.get(part.how)
    if (
        isinstance(value, tuple)
        or part.how in ("in your own words", "a date")
        or (top and not 0 <= value <= top)
    ):
        raise Refused("not_an_option")
    return Slot(number=value)


def given(pen: Talk, run: ModuleRun, part: Ask, slot: Slot) -> None:
    pen.write(ReplyGiven(name=part.name, slot=slot))
    pen.write(PartReached(at=run.at + 1))


def heard_in_words(pen: Talk, run: ModuleRun, part: Ask, said: Said) -> None:
    given(pen, run, part, Slot(word=pen.keep("reply", said.text or "")))


# -- goals --------------------------------------------------------------------------------------------


def ask_own_goal(pen: Talk, at: int | None = None) -> None:
    library, language = pen.moment.library, language_of(pen)
    question = Question(item="goal", text=library.say("goal_own_ask", language), kind="text")
    lang = library.tongue("goal_own_ask", language)
    ask(pen, question, lang=lang, keys=("skip",), at=at, step="texts:goal_own_ask")


def goal_label(part: Part | None, key: str) -> str:
    options = part.options if isinstance(part, Goals) else ()
    n = int(key.removeprefix("goal."))
    return options[n] if n < len(options) else key


def went_on(pen: Talk, run: Run | None) -> None:
    """Behind a goal: the module goes on, or the conversation rests."""
    if isinstance(run, ModuleRun):
        pen.write(PartReached(at=run.at + 1))
    else:
        pen.write(WaitBegan(wait=ForNothing()))


def goal_set(pen: Talk, text: str, module: str | None = None) -> None:
    word = pen.keep("goal", text.strip())
    pen.write(GoalSet(goal=Goal(id=next(pen.ids), word=word, module=module)))
    speak(pen, "goal_set", goal=escaped(text.strip()))


# -- filling in ---------------------------------------------------------------------------------------


def filled(pen: Talk, run: ModuleRun, module: Module, text: str) -> str:
    """``{{ name }}`` by what was answered, as text: its marks are escaped, an unknown or empty one reads as nothing."""

    if "{{" not in text:
        return text

    def value(match: re.Match[str]) -> str:
        held = escaped(_value(pen, run, module, match["name"]))
        if not held:
            return match["after"]
        return f"{match['before']}{match['mark']}{held}{match['mark']}{match['after']}"

    return _FILLED.sub(value, text).replace("  ", " ").strip()


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("*", "\\*")


def _value(pen: Talk, run: ModuleRun, module: Module, name: str) -> str:
    if name == "first_name":
        return pen.read(pen.state.profile.first_name)
    if name == "goal":
        return pen.read(pen.state.goals[-1].word) if pen.state.goals else ""
    slot = run.slots.get(name)
    if slot is None or slot.skipped:
        return ""
    if slot.word is not None:
        return pen.read(slot.word)
    if slot.options is not None:
        part = next((p for s in module.steps for p in s.parts if isinstance(p, Ask) and p.name == name), None)
        return ", ".join(part.options[n] for n in slot.options) if part else ""
    return f"{slot.number:g}" if slot.number is not None else ""
