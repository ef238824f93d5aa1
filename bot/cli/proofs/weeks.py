"""Half a year of 1,000 made-up people in virtual time, over both changes of the clocks: no reminder is lost, none comes
when it must not, and nobody is asked more than the budget allows.
"""

from __future__ import annotations

from bot.authoring import CONTENT_SHIPPED, shipped_library
from bot.cli.proofs.findings import Bar, Findings, Task
from bot.report.weeks import live
from bot.report.weeks_tally import drawn, sentence, table

PEOPLE, QUICK_PEOPLE, WEEKS, SEED = 1000, 50, 26, 11


async def prove_weeks(task: Task) -> Findings:
    many = QUICK_PEOPLE if task.quick else PEOPLE
    library = shipped_library(CONTENT_SHIPPED)
    tally = live(library, many, WEEKS, SEED, lambda n: task.tell("people live their weeks", n, many))
    figures = {
        "people": many,
        "weeks": WEEKS,
        "turns": tally.turns,
        "reminders": table(tally),
        "sentence": sentence(tally),
        "per_week": tally.weeks,
        "drawn": drawn(tally.weeks),
        "told_the_team": tally.told,
        "most_questions_of_anybody_in_7_days": tally.most_items,
    }
    bars = [Bar("reminders missing without a reason", tally.unexplained, most=0)]
    bars += [Bar(f"reminders {what}", n, most=0) for what, n in sorted(tally.offences.items())]
    if (measuring := library.policy.measuring) is not None:
        allowed = measuring.budget.items_in_7_days
        bars.append(Bar("questions asked of anybody in 7 days", tally.most_items, most=allowed))
    bars.append(Bar("reminders given", sum(tally.given.values()), least=many))
    return Findings("weeks", figures, bars)
