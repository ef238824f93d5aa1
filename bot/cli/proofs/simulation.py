"""The default rule set about scores over 1,000 made-up people for 20 weeks, beside two naive ones."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bot.authoring import CONTENT_SHIPPED, shipped_library
from bot.cli.proofs.findings import Bar, Findings, Task
from bot.core.worsening import DEFAULT, Rules
from bot.core.worsening.replay import judge_by
from bot.report.backtest import Figures, any_increase, figures_of, only_the_threshold
from bot.report.trajectories import Population, service_of

PATIENTS, QUICK_PATIENTS, WEEKS, SEED = 1000, 200, 20, 7
CAUGHT, DELAY_WEEKS, PER_THERAPIST = 0.95, 1, 10
"""Two alerts a working day is what one therapist with 25 patients may be asked to open."""
OF_NAIVE = 0.5
"""A rule set that is worth its numbers rings falsely at most half as often as one without any."""
TEST_RETEST = {"phq9": 0.84, "gad7": 0.83}


async def prove_simulate(task: Task, *, patients: int | None = None) -> Findings:
    library = shipped_library(CONTENT_SHIPPED)
    many = patients or (QUICK_PATIENTS if task.quick else PATIENTS)
    usual, default = Population.usual(), judge_by(Rules.of(library, DEFAULT))
    people = service_of(many, WEEKS, usual, SEED)
    judges = {
        DEFAULT: default,
        "threshold only": only_the_threshold(library.policy.worsening),
        "any increase": any_increase,
    }
    found = {
        name: figures_of(name, people, judge, partial(_tell, task, name, many))
        for name, judge in judges.items()
    }
    noisier = figures_of(DEFAULT, service_of(many, WEEKS, _noisier(usual), SEED), default)
    quieter = figures_of(DEFAULT, people, judge_by(_quieter(Rules.of(library, DEFAULT))))
    figures = {
        "patients": many,
        "weeks": WEEKS,
        "deteriorations": quieter.deteriorations,
        "rule_sets": {name: one.told() for name, one in found.items()},
        "default_with_noisier_answers": noisier.told(),
        "default_said_again_only_for_half_as_much_more": quieter.told(),
    }
    return Findings("simulate", figures, _bars(found))


def _tell(task: Task, name: str, many: int, done: int) -> None:
    task.tell(name, done, many)


def _noisier(population: Population) -> Population:
    """As strayed from when the same people answer again two days later, instead of from item to item."""
    scales = {name: replace(s, reliability=TEST_RETEST[name]) for name, s in population.scales.items()}
    return replace(population, scales=scales)


def _quieter(rules: Rules) -> Rules:
    """Said again only where the score is worse by half the reliable change than when it was last said."""
    limits = {
        name: held.model_copy(update={"again_by": held.worse_by and held.worse_by / 2})
        for name, held in rules.policy.measures.items()
    }
    return replace(rules, policy=rules.policy.model_copy(update={"measures": limits}))


def _bars(found: dict[str, Figures]) -> list[Bar]:
    default, threshold, increase = found.values()
    return [
        Bar("true deteriorations caught in 4 weeks", round(default.caught, 3), least=CAUGHT),
        Bar("weeks of delay, half of them at most", default.median_delay, most=DELAY_WEEKS),
        Bar("false alerts beside any increase", _share(default, increase), most=OF_NAIVE),
        Bar("false alerts beside the threshold only", _share(default, threshold), most=OF_NAIVE),
        Bar("alerts for a therapist in a week", round(default.per_therapist_week, 1), most=PER_THERAPIST),
    ]


def _share(default: Figures, naive: Figures) -> float:
    return round(default.false_per_100 / naive.false_per_100, 2) if naive.false_per_100 else 1.0
