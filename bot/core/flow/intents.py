"""What each intent leads to."""

from __future__ import annotations

# To a key of the menu, or to the modules for a condition.
LEADS_TO = {
    "check_in": "menu:check_in",
    "talk_to_person": "menu:team",
    "find_group": "menu:group",
    "show_progress": "menu:progress",
    "what_score_means": "menu:progress",
    "set_goal": "menu:goal",
    "library": "menu:library",
    "safety_plan": "menu:plan",
    "reminders": "menu:reminders",
    "low_mood": "menu:check_in",
    "breathless": "suit:copd",
    "chest_worry": "suit:heart",
    "sugar_worry": "suit:diabetes",
    "pain_worry": "suit:pain",
    "tired_out": "suit:fatigue",
    "cancer_worry": "suit:cancer",
    "no_cause_found": "suit:unexplained",
    "lonely": "menu:group",
    "too_much": "menu:module",
    "anxious": "menu:module",
    "sleep": "menu:module",
    "angry": "menu:module",
    "guilt": "menu:module",
    "grief": "menu:module",
    "scared_future": "menu:module",
    "panic": "menu:module",
    "breathing_exercise": "menu:module",
    "moving_more": "menu:module",
    "medicines": "menu:library",
    "food": "menu:library",
    "work_money": "menu:library",
    "family": "menu:library",
    "carer": "menu:library",
    "intimacy": "menu:library",
    "smoking_drink": "menu:library",
    "appointments": "menu:library",
    "travel": "menu:library",
}
ANSWERED = {
    "data_rights": "data_rights",
    "who_reads": "who_reads_reply",
    "are_you_human": "are_you_human_reply",
    "what_can_you_do": "what_can_you_do_reply",
    "feeling_good": "feeling_good_reply",
    "complaint": "complaint_reply",
    "tech_trouble": "tech_trouble_reply",
    "other_language": "other_language_reply",
    "leave_group": "leave_group_reply",
    "change_details": "change_details_reply",
    "hello": "hello_reply",
    "thanks": "thanks_reply",
    "goodbye": "goodbye_reply",
}
"""By one sentence; the menu follows."""

ABOUT = frozenset(
    {
        *(
            "breathless",
            "chest_worry",
            "sugar_worry",
            "pain_worry",
            "tired_out",
            "cancer_worry",
            "no_cause_found",
        ),
        *("lonely", "too_much", "anxious", "sleep", "angry", "guilt", "grief", "scared_future", "panic"),
        *(
            "breathing_exercise",
            "moving_more",
            "medicines",
            "food",
            "work_money",
            "family",
            "carer",
            "intimacy",
        ),
        *("smoking_drink", "appointments", "travel"),
    }
)
"""Only about something: where a page of the library fits, it is offered instead."""

_FEELINGS = ("low_mood", "too_much", "anxious", "lonely", "angry", "guilt", "grief", "scared_future", "panic")
FIRST = dict.fromkeys(_FEELINGS, "feeling_heard") | {"medicines": "medicines_first"}
"""What is said before anything is offered."""

INTERRUPTS = frozenset({"stop", "later", "talk_to_person", "easier_words"})
"""May break into an open question; everything else is asked about first."""
