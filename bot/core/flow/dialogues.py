"""The safety dialogues as data: which one a verdict opens, what each says first, asks, and answers."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.flow.voice import Card
from bot.core.library import Library
from bot.core.safety import Screen, Tier
from bot.core.state import Dialogue


@dataclass(frozen=True)
class Script:
    """Keys of texts. ``first``: said at once, the card hangs on the first of them. ``direct``: the question that follows
    where the words were not certain (``always``: in any case); ``now``: the one behind it. ``stay``: said when nothing is
    asked any more, ``more``: when another alarm comes then. ``contact``: how the team may reach them is asked."""

    first: tuple[str, ...] = ()
    card: Card | None = None
    direct: str | None = None
    always: bool = False
    no: str = "crisis_no"
    yes: str | None = None
    becomes: Dialogue | None = None
    now: str | None = None
    now_yes: str = "crisis_right_now_yes"
    now_no: str = "crisis_right_now_no"
    contact: str | None = None
    stay: str = "crisis_stay"
    more: tuple[str, ...] = ("crisis_more", "crisis_more_2")
    plan: bool = False


CRISIS = Script(
    first=("crisis_first", "crisis_telling_team"),
    card="crisis",
    direct="crisis_question",
    always=True,
    yes="crisis_yes",
    now="crisis_right_now_question",
    contact="crisis_contact_how",
    plan=True,
)

SCRIPTS: dict[Dialogue, Script] = {
    "crisis": CRISIS,
    "gentle": Script(
        direct="gentle_question",
        yes="crisis_yes",
        card="crisis",
        now="crisis_right_now_question",
        contact="crisis_contact_how",
        plan=True,
    ),
    "item": Script(
        first=("item9_first",),
        card="crisis",
        direct="crisis_question",
        yes="crisis_yes",
        now="crisis_right_now_question",
        contact="crisis_contact_how",
        plan=True,
    ),
    "not_safe": Script(
        first=("not_safe_first",),
        card="crisis",
        direct="crisis_question",
        no="not_safe_no",
        yes="crisis_yes",
        now="crisis_right_now_question",
        contact="crisis_contact_how",
        plan=True,
    ),
    "red_flag": Script(
        first=("red_flag_first",),
        direct="red_flag_question",
        no="red_flag_no",
        becomes="emergency",
        stay="emergency_after",
        more=("emergency_more", "emergency_any"),
    ),
    "emergency": Script(
        first=("emergency_any", "emergency_team"),
        card="emergency",
        stay="emergency_after",
        more=("emergency_more", "emergency_any"),
    ),
    "safeguarding": Script(
        first=("safeguarding_first", "safeguarding_next", "safeguarding_screen"),
        card="safeguarding",
        now="safeguarding_now_question",
        now_yes="safeguarding_now_yes",
        now_no="safeguarding_now_no",
        contact="safeguarding_contact",
        stay="safeguarding_stay",
        more=("safeguarding_more", "safeguarding_more_2"),
    ),
    "afraid": Script(
        direct="safeguarding_question",
        no="safeguarding_no",
        becomes="safeguarding",
        now="safeguarding_now_question",
        now_yes="safeguarding_now_yes",
        now_no="safeguarding_now_no",
        contact="safeguarding_contact",
        stay="safeguarding_stay",
        more=("safeguarding_more", "safeguarding_more_2"),
    ),
    "others": Script(
        first=("safeguarding_children", "safeguarding_others_next"),
        card="emergency",
        direct="safeguarding_others_question",
        no="safeguarding_no",
        yes="safeguarding_others_yes",
        contact="crisis_contact_how",
        more=("safeguarding_others_more", "safeguarding_others_more_2"),
    ),
    "harm": Script(
        first=("safeguarding_others", "safeguarding_harm_next"),
        card="crisis",
        now="safeguarding_harm_question",
        now_yes="safeguarding_harm_yes",
        now_no="safeguarding_harm_no",
        contact="crisis_contact_how",
        more=("safeguarding_harm_more", "safeguarding_harm_more_2"),
    ),
    "third_person": Script(
        first=("third_person_first", "third_person_next"),
        card="crisis",
        direct="third_person_question",
        always=True,
        more=("third_person_more", "third_person_more_2"),
    ),
    "young": Script(first=("under_18_later",), card="young", more=("crisis_more_2", "crisis_more")),
}

FAMILIES: dict[Dialogue, str] = {
    "crisis": "risk",
    "gentle": "risk",
    "item": "risk",
    "not_safe": "risk",
    "red_flag": "physical",
    "emergency": "physical",
    "safeguarding": "abuse",
    "afraid": "abuse",
    "others": "others",
    "harm": "harm",
    "third_person": "third_person",
    "young": "young",
}
# What only asks: it waits until a question that is open has been answered.
ASKING: frozenset[Dialogue] = frozenset(
    {"gentle", "item", "not_safe", "red_flag", "afraid", "third_person", "young"}
)
# While a person has taken over nothing is asked: what would have followed a yes is said at once.
SAID_UNDER_A_HOLD: dict[Dialogue, Dialogue] = {
    "gentle": "crisis",
    "item": "crisis",
    "not_safe": "crisis",
    "red_flag": "emergency",
    "afraid": "safeguarding",
}
AGAIN = ("crisis_again", "crisis_again_2", "crisis_again_3")
UNCLEAR = {"rather": "crisis_rather_not", "unclear": "crisis_unclear"}

# The first sentence of a rule says whose danger it is about.
_ABOUT: dict[str, Dialogue] = {
    "third_person_first": "third_person",
    "safeguarding_children": "others",
    "safeguarding_others": "harm",
    "under_18_later": "young",
}


def opened_by(screen: Screen | None) -> tuple[Dialogue, str]:
    """The dialogue and the concern of a verdict; None: the screen itself failed."""
    hit = screen.gravest if screen else None
    if hit is None:
        return "crisis", "risk"
    sure = hit.tier == Tier.ALERT
    if hit.concern.startswith("emergency"):
        return ("emergency" if sure else "red_flag"), hit.concern
    if hit.says in _ABOUT:
        return _ABOUT[hit.says], hit.concern
    if hit.concern == "safeguarding":
        return ("safeguarding" if sure else "afraid"), hit.concern
    return ("crisis" if sure else "gentle"), hit.concern


def asked_about(concern: str) -> Dialogue:
    """The question that fits a concern where no message tells more: an answer of a questionnaire."""
    if concern.startswith("emergency"):
        return "red_flag"
    return "afraid" if concern == "safeguarding" else "item"


def direct_question(dialogue: Dialogue, concern: str, library: Library) -> str:
    """Of a body it asks about the signs of that condition, where there is such a text."""
    key = SCRIPTS[dialogue].direct or "gentle_question"
    special = f"{key}_{concern.partition(':')[2]}"
    return special if special in library.texts["en"] else key
