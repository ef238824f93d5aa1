"""Words that somebody may need in the worst hour: they stay as a person wrote them until a person has checked another wording.

One rule for the checker (C507) and for what production refuses.
"""

from __future__ import annotations

import re

from bot.core.library.drafts import PartDraft, StepDraft
from bot.core.library.steps import Tell, When

# The sentences of the safety dialogue and of the card, by how their names in texts/en.yaml begin.
CRISIS = (
    "crisis_",
    "gentle_",
    "not_safe",
    "safety_plain_",
    "sugar_",
    "item9_",
    "third_person_",
    "past_",
    "emergency_",
    "red_flag_",
    "safeguarding_",
    "under_18",
    "unscreened",
    "outage_signpost",
    "group_post_author_distress",
    "asked_for_person_urgent",
    # Named inside those sentences and shown beside them: a button must be called what the sentence calls it.
    "get_help_now",
    "menu_help",
    "did_i_get_that_wrong",
    "leave_this_site",
    "widget_frame_help",
    "widget_frame_call",
    "widget_frame_message",
    "widget_frame_urgent_",
    "widget_frame_advice",
    "widget_frame_leave",
    "widget_chat_offline_help",
)
_TURN_TO = re.compile(r"(?<!\d)(?:999|112|111|116 ?123|85258|18000|0800 1111)(?!\d)|\bA&E\b")


def is_crisis_text(key: str, english: str) -> bool:
    """Of the service's own sentences, by name and English wording."""
    return key.startswith(CRISIS) or names_where_to_turn(english)


def names_where_to_turn(text: str) -> bool:
    return _TURN_TO.search(text) is not None


def tells_at_once(step: StepDraft) -> bool:
    """A step in which the team may be told *now* asks about an emergency: all that it says belongs to that."""
    return any(_tells_now(part) for part in step.parts)


def _tells_now(part: PartDraft) -> bool:
    match part.part:
        case Tell(level="now"):
            return True
        case When(branches=branches):
            return any(branch.tell == "now" for branch in branches)
        case _:
            return False
