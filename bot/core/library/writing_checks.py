"""C3, the part that can be counted: buttons, bubbles, descriptions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.library.drafts import ModuleDraft, PartDraft, Place
from bot.core.library.limits import (
    BUBBLE_WORDS,
    BUTTON_CHARACTERS,
    BUTTONS,
    EXERCISE_SECONDS,
    PICK_OPTIONS,
    QUICK_WORDS,
)
from bot.core.library.problems import Problem
from bot.core.library.steps import (
    Ask,
    Choose,
    Exercise,
    Goals,
    Later,
    Part,
    Picture,
    Say,
    When,
    is_quick,
)

_SHOWN = re.compile(r"\.(svg|png|jpe?g|webp|gif|mp3|m4a|ogg|mp4|webm)$", re.IGNORECASE)


def writing_problems(module: ModuleDraft) -> Iterator[Problem]:
    if is_quick(module.id):
        yield from _quick(module)
    for part in (part for step in module.steps for part in step.parts):
        yield from _buttons(part)
        for bubble in part.bubbles:
            words = len(bubble.what.split())
            if words > BUBBLE_WORDS:
                message = f"this bubble has {words} words; {BUBBLE_WORDS} is the most"
                yield bubble.at.problem("C303", message, "make two paragraphs of it")
        match part.part:
            case Picture():
                yield from _picture(part.part, part.at)
            case Ask() | Goals():
                if len(part.part.options) > PICK_OPTIONS:
                    hint = "leave some out, or join two of them"
                    yield part.at.problem("C302", f"{PICK_OPTIONS} answers to pick from is the most", hint)
            case Exercise() if not 0 < part.part.seconds <= EXERCISE_SECONDS:
                hint = "write, for example, ::: exercise for 3 minutes"
                yield part.at.problem(
                    "C309", f"an exercise lasts up to {EXERCISE_SECONDS // 60} minutes", hint
                )
            case _:
                pass


def _quick(module: ModuleDraft) -> Iterator[Problem]:
    parts = [part.part for step in module.steps for part in step.parts]
    words = sum(_words_in(part) for part in parts)
    least, most = QUICK_WORDS
    if parts and not least <= words <= most:
        hint = "leave out what is not asked" if words > most else "say what a person would need to know"
        yield module.at.problem("C320", f"a quick answer has {least} to {most} words; this has {words}", hint)


def _words_in(part: Part) -> int:
    """As the one who reads most of it reads it."""
    match part:
        case Say(text=text):
            return len(text.split())
        case When(branches=branches):
            return max(sum(len(say.text.split()) for say in branch.says) for branch in branches)
        case _:
            return 0


def _buttons(part: PartDraft) -> Iterator[Problem]:
    lists: list[int] = []
    match part.part:
        case When():
            lists = [len(branch.links) for branch in part.part.branches]
        case Choose() | Later():
            lists = [len(part.part.links)]
        case _:
            pass
    start = 0
    for count in lists:
        if count > BUTTONS:
            place = part.links[start + BUTTONS].at
            hint = "leave some out, or make a step between"
            yield place.problem("C302", f"there are {count} choices; {BUTTONS} is the most", hint)
        start += count
    for link in part.links:
        if not link.what.label:
            yield link.at.problem("C304", "this button has no words", "write them between [ and ]")
        elif len(link.what.label) > BUTTON_CHARACTERS:
            message = f"this button is longer than {BUTTON_CHARACTERS} characters"
            yield link.at.problem("C304", message, "say it in a few words")


def _picture(picture: Picture, at: Place) -> Iterator[Problem]:
    if not picture.description:
        hint = "write what it shows: ![A person leaning on a wall](media/wall.svg)"
        yield at.problem("C305", "the picture has no description", hint)
    if not _SHOWN.search(picture.source) or ":" in picture.source or picture.source.startswith(".."):
        hint = "put a picture, sound or film into the folder media beside the module"
        yield at.problem("C310", f"'{picture.source}' cannot be shown", hint)
