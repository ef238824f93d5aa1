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
_NEAR = 15
"""Words beside a no among which nothing may be unsure."""
_CONTRARY = frozenset(("i am", "i do", "i have", "i did", "i would", "i could"))
"""With nothing else beside a no, the opposite of it."""
_PART_END = re.compile(
    r"[.,;:!\n\u2013\u2014]+|\s-+\s|\s(?=(?:i|i'?m|i'?ve|it'?s|that'?s|just)\s)", re.IGNORECASE
)


def whole_answer(text: str) -> str:
    """The answer without case, punctuation and spare spaces, so that "No." and "no" are one."""
    return " ".join(re.sub(r"[^\w\s]", "", plain_letters(text).replace("-", " ")).split())


def _made_of(noes: Iterable[str], said_with_no: Iterable[str]) -> Any:
    """At least one of the noes, and beside noes only what changes nothing about a no."""
    no = "|".join(re.escape(whole_answer(each)) for each in noes)
    beside = "|".join(re.escape(whole_answer(each)) for each in said_with_no)
    either = f"(?:(?:{no}|{beside}) )*"
    return re2.compile(f"{either}(?:{no}) {either}")


class _No:
    """What counts as a no: an answer made of noes, or one that opens with a no or has it for a part, as long as
    nothing near it is unsure. The rest of the words is read by the rules and the second net, as any others are."""

    def __init__(self, noes: Iterable[str], answers: Answers) -> None:
        self._noes = _made_of(noes, answers.said_with_no)
        beside = map(whole_answer, answers.said_with_no)
        self._but_politely = [said for said in beside if said.startswith("but ")]
        unsure = "|".join(re.escape(whole_answer(each)) for each in answers.unsure)
        self._unsure = re2.compile(f" (?:{unsure}) ")

    def heard_in(self, text: str) -> bool:
        answer = whole_answer(text)
        if self._noes.fullmatch(f"{answer} "):
            return True
        said = self._said(text, answer)
        if said is None or "?" in text:
            return False
        words = answer.split()
        rest = " ".join((*words[: said.start], *words[said.stop :]))
        near = f" {' '.join(words[max(said.start - _NEAR, 0) : said.stop + _NEAR])} "
        for polite in self._but_politely:
            near = near.replace(f" {polite} ", " ")
        return rest not in _CONTRARY and not self._unsure.search(near)

    def _said(self, text: str, answer: str) -> slice | None:
        """Which of the answer's words are the no."""
        opening = self._noes.match(f"{answer} ")
        if opening:
            return slice(0, len(opening[0].split()))
        at = 0
        for part in map(whole_answer, _PART_END.split(text)):
            words = len(part.split())
            if words and self._noes.fullmatch(f"{part} "):
                return slice(at, at + words)
            at += words
        return None


class Reader:
    def __init__(self, answers: Answers) -> None:
        self._not_at_all = _No([*answers.not_at_all, *answers.plain_no], answers)
        self._several_days = frozenset(map(whole_answer, answers.several_days))
        self._plain_no = _No(answers.plain_no, answers)

    def judge(self, text: str, state: str) -> Iterable[Hit]:
        if state not in (ITEM_9, SAFETY_QUESTION):
            return
        answer = whole_answer(text)
        if state == ITEM_9 and not self._not_at_all.heard_in(text):
            tier = Tier.CHECK if answer in self._several_days or not answer else Tier.ALERT
            yield Hit("answer-item-9", "answer", tier, "risk")
        # Anything but a plain no counts as yes: "not really", "dunno", silence.
        if state == SAFETY_QUESTION and not self._plain_no.heard_in(text):
            yield Hit("answer-safety-question", "answer", Tier.ALERT, "risk")
