"""The example of the content format, as the parts that it becomes."""

from __future__ import annotations

from drafting import FRONT, compiled

from bot.core.library import (
    AnyOf,
    Branch,
    CheckIn,
    Choose,
    Compare,
    Exercise,
    Goals,
    Later,
    Link,
    Move,
    Say,
    Step,
    When,
)

EXAMPLE = (
    FRONT
    + """Hello {{ first_name }}. Feeling short of breath
can be *frightening*.

- [Check how I am feeling](#how-are-you-feeling)
- [I feel breathless now](#breathe-with-me)

## How are you feeling?

::: check-in gad7
:::

::: when gad7 is 15 or more or gad7 rose by 4 or more, tell-therapist soon
Thank you for telling me. That is higher than we would like, so I am letting your team know.
:::

::: otherwise
Thank you for checking in.
:::

## Breathe with me

Sit down. Lean forward a little. Rest your arms on your knees.

::: exercise for 3 minutes
| Do this                                             | For       |
| --------------------------------------------------- | --------- |
| Breathe in gently through your nose                 | 2 seconds |
| Purse your lips and breathe out, as slow as you can | 4 seconds |
:::

How was that?

- [It helped](#choose-one-small-goal)
- [It got worse](#choose-one-small-goal)

## Choose one small goal

::: goals, pick one
- [ ] Walk to the garden gate twice a day
- [ ] Phone a friend this week
:::

::: later in 2 days
How is your goal going: *{{ goal }}*?

- [I did it](#well-done)
- [Talk to others with COPD](../../groups/copd.en.md)
:::

- [Finish for today](#end)

## Da iawn {#well-done}

**Well done.**

- [Menu](#menu)
"""
)

STEPS = (
    Step(
        id="welcome",
        title="Welcome",
        parts=(
            Say(text="Hello {{ first_name }}. Feeling short of breath can be *frightening*."),
            Choose(
                links=(
                    Link(label="Check how I am feeling", to="#how-are-you-feeling"),
                    Link(label="I feel breathless now", to="#breathe-with-me"),
                )
            ),
        ),
    ),
    Step(
        id="how-are-you-feeling",
        title="How are you feeling?",
        parts=(
            CheckIn(measure="gad7"),
            When(
                branches=(
                    Branch(
                        when=AnyOf(
                            parts=(
                                Compare(subject="gad7", how="at_least", low=15),
                                Compare(subject="gad7", how="rose", low=4),
                            )
                        ),
                        reason="GAD-7 is 15 or more or GAD-7 rose by 4 or more",
                        tell="soon",
                        says=(
                            Say(
                                text="Thank you for telling me. That is higher than we would like, "
                                "so I am letting your team know."
                            ),
                        ),
                    ),
                    Branch(when=None, says=(Say(text="Thank you for checking in."),)),
                )
            ),
        ),
    ),
    Step(
        id="breathe-with-me",
        title="Breathe with me",
        parts=(
            Say(text="Sit down. Lean forward a little. Rest your arms on your knees."),
            Exercise(
                seconds=180,
                moves=(
                    Move(do="Breathe in gently through your nose", seconds=2),
                    Move(do="Purse your lips and breathe out, as slow as you can", seconds=4),
                ),
            ),
            Say(text="How was that?"),
            Choose(
                links=(
                    Link(label="It helped", to="#choose-one-small-goal"),
                    Link(label="It got worse", to="#choose-one-small-goal"),
                )
            ),
        ),
    ),
    Step(
        id="choose-one-small-goal",
        title="Choose one small goal",
        parts=(
            Goals(options=("Walk to the garden gate twice a day", "Phone a friend this week")),
            Later(
                after_s=172_800,
                says=(Say(text="How is your goal going: *{{ goal }}*?"),),
                links=(
                    Link(label="I did it", to="#well-done"),
                    Link(label="Talk to others with COPD", to="group:copd"),
                ),
            ),
            Choose(links=(Link(label="Finish for today", to="#end"),)),
        ),
    ),
    Step(
        id="well-done",
        title="Da iawn",
        parts=(Say(text="**Well done.**"), Choose(links=(Link(label="Menu", to="#menu"),))),
    ),
)


def test_the_example_becomes_these_steps() -> None:
    assert compiled(EXAMPLE).steps == STEPS


def test_the_front_matter_is_kept() -> None:
    module = compiled(EXAMPLE)
    kept = (module.id, module.language, module.suits, module.minutes, module.uses, module.review_by)
    assert kept == ("copd/page", "en", ("copd",), 5, ("gad7",), "2027-11-01")


def test_the_urgent_advice_is_kept_apart_from_the_steps() -> None:
    assert compiled(EXAMPLE).urgent == "**Call 999** if you are too breathless to speak."


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    from drafting import read

    assert read(b"\xef\xbb\xbf" + EXAMPLE.replace("\n", "\r\n").encode()) == ()


def test_marks_stay_in_bubbles_and_stars_that_are_no_marks_are_escaped() -> None:
    body = "Say __no__ to *that*, 5 * 3\\*, &amp; {{ first_name }}.\n\n- [**Finish** it](#end)\n"
    parts = compiled(FRONT + body).steps[0].parts
    assert parts == (
        Say(text="Say **no** to *that*, 5 \\* 3\\*, & {{ first_name }}."),
        Choose(links=(Link(label="Finish it", to="#end"),)),
    )
