"""Reading an answer to a question of the safety dialogue. Only plain words are a no; whatever is unclear is not."""

from __future__ import annotations

from bot.core.flow.dialogues import FAMILIES, SCRIPTS, direct_question
from bot.core.inputs import Said
from bot.core.library import Library
from bot.core.reading import plain, read_yes_no
from bot.core.safety import Tier
from bot.core.safety.answers import whole_answer
from bot.core.state import SafetyRun

ANSWER = "answer"
"""The category of what rings only because of the question that it answers."""
# What they say who are all right themselves, beside the button's own words.
FINE = frozenset(
    {"i am all right", "i am alright", "im all right", "im alright", "i am fine", "im fine", "i am ok"}
)


def read_answer(run: SafetyRun, said: Said, library: Library) -> str:
    """``yes``, ``no``, ``rather`` or ``unclear``; of somebody who worries about another ``fine`` or ``hard``."""
    text = said.text or ""
    words = plain(text)
    if words == plain(library.texts["en"]["rather_not_say"]):
        return "rather"
    if run.dialogue == "third_person":
        return _of_themselves(words, library)
    if whole_answer(text) in {whole_answer(no) for no in library.safety.answers.plain_no}:
        return "no"
    if read_yes_no(text) or _said_it_aloud(run, said):
        return "yes"
    return "unclear"


def _said_it_aloud(run: SafetyRun, said: Said) -> bool:
    """Words that speak of the very thing that was asked about are no unclear answer."""
    hits = said.screen.hits if said.screen else ()
    return any(
        hit.tier == Tier.ALERT and hit.category != ANSWER and hit.concern == run.concern for hit in hits
    )


def _of_themselves(words: str, library: Library) -> str:
    english = library.texts["en"]
    if words == plain(english["third_person_fine_button"]) or words in FINE:
        return "fine"
    return "hard" if words == plain(english["third_person_hard_button"]) else "unclear"


def rule_of(run: SafetyRun, answer: str, library: Library) -> str:
    """How the answer is named among an alert's evidence."""
    if FAMILIES[run.dialogue] == "risk":
        return f"safety_question:{run.phase}:{answer}"
    if run.dialogue == "red_flag":
        return f"red_flag_question:{answer}"
    now = SCRIPTS[run.dialogue].now if run.phase == "right_now" else None
    return f"asked:{now or direct_question(run.dialogue, run.concern, library)}:{answer}"
