"""Typed answers to the two questions that carry risk themselves: item 9 of the PHQ-9 and the direct safety question."""

import re
from collections.abc import Iterable
from typing import Any

import re2

from bot.core.safety.content import Answers
from bot.core.safety.normalise import plain_letters
from bot.core.safety.verdict import Hit, Tier

ITEM_9 = "measure:phq9.9"
SAFETY_QUESTION = "safety_question"


def whole_answer(text: str) -> str:
    """The answer without case, punctuation and spare spaces, so that "No." and "no" are one."""
    return " ".join(re.sub(r"[^\w\s]", "", plain_letters(text).replace("-", " ")).split())


def _made_of(noes: Iterable[str], said_with_no: Iterable[str]) -> Any:
    """At least one of the noes, and beside noes only what changes nothing about a no."""
    no = "|".join(re.escape(whole_answer(each)) for each in noes)
    beside = "|".join(re.escape(whole_answer(each)) for each in said_with_no)
    either = f"(?:(?:{no}|{beside}) )*"
    return re2.compile(f"{either}(?:{no}) {either}")


class Reader:
    def __init__(self, answers: Answers) -> None:
        self._not_at_all = _made_of(answers.not_at_all, answers.said_with_no)
        self._several_days = frozenset(map(whole_answer, answers.several_days))
        self._plain_no = _made_of(answers.plain_no, answers.said_with_no)

    def judge(self, text: str, state: str) -> Iterable[Hit]:
        if state not in (ITEM_9, SAFETY_QUESTION):
            return
        answer = whole_answer(text)
        if state == ITEM_9 and not self._not_at_all.fullmatch(f"{answer} "):
            tier = Tier.CHECK if answer in self._several_days or not answer else Tier.ALERT
            yield Hit("answer-item-9", "answer", tier, "risk")
        # Anything but a plain no counts as yes: "not really", "dunno", silence.
        if state == SAFETY_QUESTION and not self._plain_no.fullmatch(f"{answer} "):
            yield Hit("answer-safety-question", "answer", Tier.ALERT, "risk")
