"""Every rule, pattern and guard of the safety screen taken away in turn: what no example would miss is listed."""

from __future__ import annotations

from bot.authoring import CONTENT_SHIPPED, shipped_library
from bot.cli.proofs.findings import Bar, Findings, Task
from bot.core.safety.bearing import guard_phrases, unheld_patterns, unheld_phrase, unheld_rules

QUICK_PHRASES = 2


async def prove_rules(task: Task) -> Findings:
    """What is listed is for the clinical lead to decide on: an example that holds it, or the part goes."""
    content = shipped_library(CONTENT_SHIPPED).safety
    patterns = [idle for rule in content.rules for idle in unheld_patterns(content, rule)]
    every = [*guard_phrases(content)]
    phrases = every[:: len(every) // QUICK_PHRASES] if task.quick else every
    guards = []
    for done, (name, number) in enumerate(phrases):
        task.tell("guards taken away", done, len(phrases))
        guards.append(unheld_phrase(content, name, number))
    idle = [held for held in guards if held is not None]
    return Findings(
        "rules",
        {
            "rules": len(content.rules),
            "patterns": sum(len(rule.patterns) for rule in content.rules),
            "guards_taken_away": len(phrases),
            "rules_that_others_cover": unheld_rules(content),
            "patterns_without_an_example": {
                rule.id: held
                for rule in content.rules
                if (held := [i.part for i in patterns if i.of == rule.id])
            },
            "guards_without_an_example": [f"{one.of}: {one.part}" for one in idle],
        },
        [Bar("rules whose own examples fail", len(content.faults), most=0)],
    )
