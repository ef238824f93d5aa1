"""``bounceback simulate``: rule sets over made-up people whose true course is known, or over a service's own past."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.authoring import read_rule_set, shipped_library
from bot.cli.house import DATA, AsJson, Data, service_named, with_house
from bot.cli.proofs.findings import Tell
from bot.cli.prove import progress
from bot.core.errors import Misuse
from bot.core.library import CheckIns, Library
from bot.core.service import Service
from bot.core.worsening import DEFAULT, Rules
from bot.core.worsening.replay import Judge, judge_by
from bot.ports import Looker
from bot.report.backtest import Figures, Past, Someone, any_increase, figures_of, only_the_threshold
from bot.report.backtest_page import render, table_of
from bot.report.trajectories import Population, service_of
from bot.settings import Settings, read_settings
from bot.usecases.house import House
from bot.usecases.learning import MAY_LEARN

PATIENTS, WEEKS, SEED = 1000, 20, 7


def simulate(
    patients: Annotated[int, typer.Option(min=10, help="Made-up people.")] = PATIENTS,
    weeks: Annotated[int, typer.Option(min=10, help="Weeks of each of them.")] = WEEKS,
    seed: Annotated[int, typer.Option(help="The same seed gives the same people.")] = SEED,
    rules: Annotated[
        list[Path] | None, typer.Option(help="A further rule set, written like policy/worsening.yaml.")
    ] = None,
    own: Annotated[
        str | None, typer.Option(help="Over the recorded scores of this service, and no made-up people.")
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="With --own, your e-mail: it is noted as your look.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Draw it on a page in this folder.")] = None,
    content: Annotated[
        Path | None, typer.Option("--content", help="The content folder with the default rules.")
    ] = None,
    data: Data = DATA,
    as_json: AsJson = False,
) -> None:
    """What rule sets about scores would catch, and how often they would ring, beside two naive ones."""
    sets = {file.stem.removeprefix("worsening_"): read_rule_set(file) for file in rules or ()}
    if own is None:
        settings = read_settings()
        library = shipped_library(content or settings.content, packs=settings.measure_packs)
        population = Population.usual()
        people: Sequence[Someone] = service_of(patients, weeks, population, seed)
        judges = {DEFAULT: judge_by(Rules.of(library, DEFAULT))}
        about: dict[str, object] = {
            "People": f"{patients:,} for {weeks} weeks, seed {seed}",
            **population.told(),
        }
    else:
        library, people, judges, about = _own_past(data, own, by)
    judges |= {
        name: judge_by(Rules(name, policy, Rules.of(library, DEFAULT).better))
        for name, policy in sets.items()
    }
    found = _compared(people, judges | _naive(library), library.policy.check_ins)
    _tell(found, about, as_json)
    if report is not None:
        typer.echo(f"The report: {_written(report, found, about)}", err=as_json)


Compared = tuple[Library, Sequence[Someone], dict[str, Judge], dict[str, object]]


def _own_past(data: Path, slug: str, by: str | None) -> Compared:
    async def do(house: House, _: Settings) -> Compared:
        return await own_past(house, service_named(house, slug), by or "")

    return with_house(data, do)


async def own_past(house: House, service: Service, by: str) -> Compared:
    """With the rule set in force for the service. Raises Misuse where nobody may be shown it, or there is nothing to show."""
    member = await house.record.staff.by_email(service.id, by.casefold())
    if member is None or not member.roles & MAY_LEARN:
        raise Misuse("name yourself with --by: the e-mail of a lead or a clinician of this service")
    past = await house.record.reading.histories(service.id, Looker(member.id, house.clock.now()))
    if not past.people:
        raise Misuse(f"nobody in {service.slug} has sent a score yet")
    rules = Rules.of(house.shelf.library, service.rule_set)
    about: dict[str, object] = {"Service": service.name, "People": f"{len(past.people):,} with a score"}
    if past.made_up:
        about["Simulated"] = "yes: this service has no other people"
    people = [Past(person.owner, person.totals) for person in past.people]
    return house.shelf.library, people, {rules.name: judge_by(rules)}, about


def _naive(library: Library) -> dict[str, Judge]:
    return {
        "threshold only": only_the_threshold(library.policy.worsening),
        "any increase": any_increase,
    }


def _compared(people: Sequence[Someone], judges: Mapping[str, Judge], plan: CheckIns | None) -> list[Figures]:
    found = []
    with progress() as tell:
        for done, (name, judge) in enumerate(judges.items()):
            so_far = partial(_so_far, tell, name, done * len(people), len(judges) * len(people))
            found.append(figures_of(name, people, judge, so_far, plan))
    return found


def _so_far(tell: Tell, name: str, before: int, of: int, done: int) -> None:
    tell(name, before + done, of)


def _tell(found: Sequence[Figures], about: Mapping[str, object], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"about": about, "rule_sets": {one.name: one.told() for one in found}}))
        return
    for name, value in about.items():
        typer.echo(f"{name}: {value}")
    table = Table("", *(one.name for one in found))
    for row in table_of(found):
        table.add_row(*row)
    Console().print(table)


def _written(folder: Path, found: Sequence[Figures], about: Mapping[str, object]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "rules.html"
    page.write_text(render(found, about), encoding="utf-8")
    return page
