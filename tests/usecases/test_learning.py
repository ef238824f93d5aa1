"""Marks become examples: shown to one person, said again in other words, written with their yes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from clinic import Clinic, Patient
from sqlalchemy import select

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.cli.learn import Terminal, go_through
from bot.core.values import StaffId
from bot.ports import Looker, StaffMember
from bot.usecases import learning, marking
from bot.wiring import Urls

WROTE = "the weather was dull and i stayed in"
RULES = """\
rules:
  - id: given-up
    concern: risk
    examples:
      hit:
        - "i have given up"  # plain
      miss:
        - "i gave up sugar"
"""


@dataclass
class Script:
    """Somebody at the terminal who has their answers ready."""

    answers: list[str]
    said: list[str] = field(default_factory=list)

    def terminal(self) -> Terminal:
        typed: Iterator[str] = iter(self.answers)
        return Terminal(lambda question: self.said.append(question) or next(typed), self.said.append)

    @property
    def told(self) -> str:
        return "\n".join(self.said)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "safety").mkdir()
    (tmp_path / "safety" / "rules.yaml").write_text(RULES)
    return tmp_path


def rules(folder: Path) -> dict[str, list[str]]:
    held: dict[str, list[str]] = yaml.safe_load((folder / "safety" / "rules.yaml").read_text())["rules"][0][
        "examples"
    ]
    return held


async def clinician(clinic: Clinic) -> StaffMember:
    member = StaffMember(
        clinic.service.id,
        StaffId(clinic.house.ids.new()),
        f"clinician@{clinic.service.slug}.example",
        "Clinician",
        frozenset({"clinician"}),
        None,
    )
    await clinic.house.record.staff.add(member)
    return member


async def missed(clinic: Clinic, text: str = WROTE, concern: str = "risk", name: str = "Sam") -> Patient:
    patient = await clinic.join("copd", name=name, contact=f"{name}@patients.example", pin="1234")
    seq = (await patient.says(text)).seq
    by = Looker(clinic.therapist.id, clinic.clock.now())
    await marking.mark_missed(clinic.house, clinic.service.id, patient.id, seq, concern, by)
    clinic.clock.advance(seconds=1)
    return patient


async def goes_through(clinic: Clinic, folder: Path, *answers: str) -> tuple[Script, int]:
    script = Script(list(answers))
    member = await clinic.house.record.staff.by_email(
        clinic.service.id, f"clinician@{clinic.service.slug}.example"
    ) or await clinician(clinic)
    return script, await go_through(clinic.house, clinic.service, member, folder, script.terminal())


async def left(clinic: Clinic) -> int:
    return len(await learning.waiting(clinic.house, clinic.service.id))


async def test_a_missed_message_becomes_a_hit_of_the_rule_that_they_choose(
    clinic: Clinic, folder: Path
) -> None:
    await missed(clinic)
    script, written = await goes_through(
        clinic, folder, "it rained and i saw no point in going out", "no-such-rule", "given-up", "yes"
    )
    assert written == 1
    assert rules(folder)["hit"] == ["i have given up", "it rained and i saw no point in going out"]
    assert "# plain" in (folder / "safety" / "rules.yaml").read_text()
    assert WROTE in script.told and "There is no rule no-such-rule." in script.told
    assert f"Now run `bounceback check {folder}`." in script.told
    assert await left(clinic) == 0
    assert (await goes_through(clinic, folder))[1] == 0


async def test_it_asks_again_until_nothing_could_name_anybody(clinic: Clinic, folder: Path) -> None:
    await missed(clinic)
    script, written = await goes_through(
        clinic, folder, WROTE.upper(), "Sam saw no point", "ring 07700 900123", "no point any more", "", "yes"
    )
    assert written == 1
    assert script.told.count("Not like this: ") == 3
    net = yaml.safe_load((folder / "understanding" / "second_net.en.yml").read_text())
    assert net["nlu"] == [{"intent": "risk", "examples": "- no point any more\n"}]
    for file in folder.rglob("*.y*ml"):
        assert "dull" not in file.read_text() and "Sam" not in file.read_text()


@pytest.mark.parametrize(
    "answers", [("in other words", "given-up", "no"), ("",), ("in other words", "", "n")]
)
async def test_nothing_is_written_without_a_yes_and_the_mark_waits(
    clinic: Clinic, folder: Path, answers: tuple[str, ...]
) -> None:
    await missed(clinic)
    _, written = await goes_through(clinic, folder, *answers)
    assert written == 0
    assert (folder / "safety" / "rules.yaml").read_text() == RULES
    assert not (folder / "understanding").exists()
    assert await left(clinic) == 1


async def test_a_mark_that_needs_no_example_is_put_away(clinic: Clinic, folder: Path) -> None:
    await missed(clinic)
    _, written = await goes_through(clinic, folder, "-")
    assert (written, await left(clinic)) == (0, 0)


async def test_a_false_alarm_becomes_a_miss_of_its_rule(clinic: Clinic, folder: Path) -> None:
    patient = await clinic.join("copd")
    await patient.says("I want to end my life")
    (alert,) = await patient.alerts()
    piece = alert.evidence[0]
    (folder / "safety" / "rules.yaml").write_text(RULES.replace("given-up", piece.rule))
    by = Looker(clinic.therapist.id, clinic.clock.now())
    await marking.mark_hit(
        clinic.house, clinic.service.id, alert.id, piece.seq or 0, piece.rule, "false_alarm", by
    )
    script, written = await goes_through(clinic, folder, "the film where he ends it, said Dave", "yes")
    assert written == 1
    assert rules(folder)["miss"] == ["i gave up sugar", "the film where he ends it, said Dave"]
    assert "Perhaps somebody's name: Dave" in script.told


async def test_what_was_right_and_what_was_nothing_teach_nothing(clinic: Clinic) -> None:
    patient = await clinic.join("copd")
    seq = (await patient.says(WROTE)).seq
    by = Looker(clinic.therapist.id, clinic.clock.now())
    await marking.mark_nothing(clinic.house, clinic.service.id, patient.id, seq, by)
    await patient.says("I want to end my life")
    (alert,) = await patient.alerts()
    piece = alert.evidence[0]
    await marking.mark_hit(clinic.house, clinic.service.id, alert.id, piece.seq or 0, piece.rule, "right", by)
    assert await left(clinic) == 0


async def test_each_message_shown_is_a_look_of_that_member_of_staff(
    clinic: Clinic, folder: Path, database: Database
) -> None:
    patients = [await missed(clinic, name="Sam"), await missed(clinic, name="Alex")]
    await goes_through(clinic, folder, "", "")
    a = s.audit.c
    read = select(a.chain, a.who).where(a.service_id == clinic.service.id, a.what == "mark.open")
    async with database.reading() as c:
        rows = (await c.execute(read)).all()
    member = await clinic.house.record.staff.by_email(
        clinic.service.id, f"clinician@{clinic.service.slug}.example"
    )
    assert member is not None
    assert sorted(rows) == sorted((p.id, f"staff:{member.id}") for p in patients)


# -- as a command ---------------------------------------------------------------------------------


async def learns(
    clinic: Clinic, urls: Urls, data: Path, folder: Path, by: str, typed: str
) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "learn", "--by", by, "--service", clinic.service.slug),
        *("--content", str(folder), "--data", str(data)),
        env={
            **os.environ,
            "BOUNCEBACK_DATABASE_URL": urls.database,
            "BOUNCEBACK_REDIS_URL": urls.redis,
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    out, _ = await asyncio.wait_for(process.communicate(typed.encode()), 120)
    return process.returncode or 0, out.decode()


async def test_the_command_takes_its_answers_from_standard_input(
    clinic: Clinic, urls: Urls, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    await missed(clinic)
    member = await clinician(clinic)
    data = tmp_path_factory.getbasetemp() / "data"
    code, out = await learns(
        clinic, urls, data, folder, member.email, "no point in going out\ngiven-up\nyes\n"
    )
    assert code == 0, out
    assert "Written to" in out
    assert rules(folder)["hit"][-1] == "no point in going out"
    code, out = await learns(clinic, urls, data, folder, member.email, "")
    assert (code, "0 marks waiting." in out) == (0, True)
    for by in (clinic.therapist.email, "nobody@there.example"):
        code, out = await learns(clinic, urls, data, folder, by, "")
        assert (code, WROTE in out) == (2, False)
