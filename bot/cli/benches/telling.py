"""What a bench found, on a terminal: the numbers of the report's pictures as tables, and the bars."""

from __future__ import annotations

import json
import os
import platform
import sysconfig
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.cli.proofs.findings import Findings
from bot.report.bench.charts import charts_of
from bot.report.bench.page import TITLES, render


def as_json(found: list[Findings]) -> list[dict[str, Any]]:
    return [json.loads(one.line()) for one in found]


def print_tables(found: Findings, console: Console) -> None:
    (told,) = as_json([found])
    console.rule(TITLES[found.experiment])
    if "failed" in told:
        console.print(f"It could not be carried out: {told['failed']}", markup=False)
    for chart in charts_of(told):
        table = Table("", *chart.series, title=chart.title, title_justify="left")
        for row in chart.rows:
            table.add_row(row.name, *(chart.said(value) for value in row.values))
        console.print(table)
    bars = Table("bar", "found", "wanted", "", title="Bars", title_justify="left")
    for bar in found.bars:
        bars.add_row(bar.name, f"{bar.found:g}", bar.wanted, "holds" if bar.holds else "MISSED")
    console.print(bars)


def _optimised() -> bool:
    """Whether the interpreter was built with profile-guided optimisation."""
    return "--enable-optimizations" in str(sysconfig.get_config_var("CONFIG_ARGS"))


def write_report(folder: Path, found: list[Findings], *, quick: bool) -> Path:
    """``bench.html`` and, for machines, ``bench.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    told = as_json(found)
    (folder / "bench.json").write_text(json.dumps(told, indent=1), encoding="utf-8")
    about = {
        "Machine": f"{os.cpu_count()} CPUs, {platform.system()} {platform.release()}",
        "Python": f"{platform.python_version()}, {'optimised' if _optimised() else 'built without --enable-optimizations'}",
        "Run": "quick: it shows that everything is measured, not how fast it is" if quick else "full",
    }
    page = folder / "bench.html"
    page.write_text(render(told, about), encoding="utf-8")
    return page
