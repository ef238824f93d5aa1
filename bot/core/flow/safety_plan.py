"""A patient's own plan for hard hours: taken out from anywhere, and brought out in the safety dialogue."""

from __future__ import annotations

from bot.core.flow import plans
from bot.core.flow.questions import escaped
from bot.core.flow.voice import Talk, language_of, speak
from bot.core.shown import Shown


def take_out(pen: Talk) -> None:
    plans.take_out(pen, "safety")


def bring_out(pen: Talk) -> None:
    """In the safety dialogue: whole, as they wrote it, or nothing where they have none."""
    written = plans.opened(pen.state.plan, {w: pen.read(w) for w in pen.state.plan.parts.values()})
    if not written:
        return
    library, language = pen.moment.library, language_of(pen)
    speak(pen, "crisis_safety_plan")
    named = plans.titles(library, language)
    text = "\n\n".join(f"**{named[part]}**\n{escaped(words)}" for part, words in written.items())
    lang = library.tongue("plan_part_signs", language)
    pen.show(Shown(text=text, lang=lang, own_plan=True), step="plan")
