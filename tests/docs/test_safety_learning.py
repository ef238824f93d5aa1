"""docs/safety/rules.md: what `bounceback learn` asks and writes, and what `check` then says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from clinic import Clinic
from few_pages import WITHOUT_COURSES
from papers import ROOT, examples
from test_safety_rules import OURS, PAGE, answered

from bot.cli.learn import Terminal, go_through
from bot.core.values import StaffId
from bot.ports import Looker, StaffMember
from bot.usecases import marking


async def anna(clinic: Clinic) -> StaffMember:
    service = clinic.service
    email = f"anna@{service.slug}.example"
    member = StaffMember(
        service.id, StaffId(clinic.house.ids.new()), email, "Anna", frozenset({"clinician"}), None
    )
    await clinic.house.record.staff.add(member)
    return member


async def missed(clinic: Clinic, text: str) -> None:
    patient = await clinic.join("copd")
    seq = (await patient.says(text)).seq
    by = Looker(clinic.therapist.id, clinic.clock.now())
    await marking.mark_missed(clinic.house, clinic.service.id, patient.id, seq, "risk", by)
    clinic.clock.advance(seconds=1)


async def test_a_missed_message_becomes_an_example_as_it_is_told(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in ("safety", "texts", "policy", "measures", "groups", "understanding"):
        shutil.copytree(ROOT / "content" / room, tmp_path / "content" / room, ignore=WITHOUT_COURSES)
    rule = [block for block in examples(PAGE, "walk") if not block.startswith("$ ")][-1]
    (tmp_path / OURS).write_text(rule + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (block,), (after,) = examples(PAGE, "learn"), examples(PAGE, "learnt")
    wrote = re.search(r"They wrote:\n\n    (.+)\n", block)
    assert wrote
    await missed(clinic, wrote[1])
    typed: Iterator[str] = iter(re.findall(r"(?:\)|\]): (.+)$", block, re.MULTILINE))
    told: list[str] = []

    def ask(question: str) -> str:
        answer = next(typed)
        told.append(f"{question}: {answer}")
        return answer

    await go_through(
        clinic.house, clinic.service, await anna(clinic), Path("content"), Terminal(ask, told.append)
    )
    lines = re.sub(r"(Rules for [^:]+): .+", r"\1: …", "\n".join(told))
    assert lines == block.partition("\n")[2]
    assert answered(after, tmp_path) == after
