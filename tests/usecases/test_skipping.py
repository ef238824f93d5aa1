"""What was skipped is nowhere: a text that puts it in reads well all the same, and a goal can be asked about."""

from __future__ import annotations

from clinic import SeededIds, TestClock
from test_rehearsal import Sam

from bot.authoring import Edition, read_library
from bot.usecases.rehearsal import Rehearsal, Room

PAGE = """---
title: Skipped
summary: What is said when nothing was said.
language: en
for: [pain]
minutes: 2
author: Tests
clinical-lead: unsigned draft
review-by: 2999-01-01
licence: CC-BY-4.0
sources:
  - title: None
    by: Nobody
    licence: none needed
---

# Skipped

::: urgent
**Go to A&E now** if you have any of these:

- new numbness between your legs
- weak legs

Do not wait.
:::

## Hello

::: ask best, in your own words
What is your best time of day?
:::

You said: **{{ best }}**. Noted, {{ first_name }}!

::: goals, pick one
- [ ] Walk to the gate
:::

How is your goal going: *{{ goal }}*? Good to know.

::: when goal was skipped
No goal is fine too.
:::

- [Finish](#end)
"""


def sam_in(edition: Edition) -> Sam:
    built = read_library({**edition.bodies, "modules/pain/skipped.en.md": PAGE.encode()})
    assert built.library is not None, built.problems
    return Sam(Rehearsal(built.library, "pain/skipped", room=Room(TestClock(), SeededIds("skipping"))))


def test_a_sentence_closes_over_what_was_skipped(edition: Edition) -> None:
    sam = sam_in(edition)
    sam.answers(None)
    sam.presses("Skip this one")
    assert sam.sees("You said. Noted, Sam!")
    assert sam.sees("How is your goal going? Good to know.")
    assert sam.sees("No goal is fine too.")
    assert not any("*" in text and "**Go" not in text for text in sam.texts)


def test_what_was_answered_is_put_in_with_its_marks(edition: Edition) -> None:
    sam = sam_in(edition)
    sam.says("Mornings")
    sam.presses("Walk to the gate")
    assert sam.sees("You said: **Mornings**. Noted, Sam!")
    assert sam.sees("How is your goal going: *Walk to the gate*? Good to know.")
    assert not sam.sees("No goal is fine too.")


def test_a_list_of_red_flags_is_a_list_in_the_order_of_the_page(edition: Edition) -> None:
    urgent = next(m.shown for m in sam_in(edition).rehearsal.messages if m.shown.urgent)
    assert urgent.text.split("\n\n") == [
        "**Go to A&E now** if you have any of these:",
        "• new numbness between your legs",
        "• weak legs",
        "Do not wait.",
    ]
