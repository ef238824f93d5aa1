"""How much the text format takes. Running over one of these is a problem for the editor, never a surprise later."""

from __future__ import annotations

CONDITIONS = (
    "everybody",
    "asthma",
    "cancer",
    "copd",
    "diabetes",
    "fatigue",
    "heart",
    "pain",
    "unexplained",
)

FILE_BYTES = 256 * 1024
MEDIA_BYTES = 16 * 1024 * 1024
LINE_CHARACTERS = 2_000
PAGE_LINES = 5_000
PARAGRAPH_CHARACTERS = 2_000
YAML_DEPTH = 12

STEPS = 200
BUTTONS = 5
BUTTON_CHARACTERS = 60
BUBBLE_WORDS = 60
PICK_OPTIONS = 12
EXERCISE_SECONDS = 30 * 60
LATER_DAYS = 365
QUICK_WORDS = (60, 150)
"""Numbers of the format itself; the clinical ones stand in the policy files."""

MESSAGES_A_TURN = 12
STEPS_A_TURN = 20
"""Shown and entered in one turn; more is a module that runs in a circle, and the conversation leaves it."""

GOAL = "goal"
CONDITION = "condition"
"""``condition is copd``: is it one of the patient's own?"""
PLACEHOLDERS = ("first_name", GOAL)
"""What ``{{ }}`` may name besides the answers of the module."""
