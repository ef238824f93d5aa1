"""Groups beside outcomes, over a made-up service: who has not agreed leaves no trace in it, not one byte."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from clinic import Clinic, Patient
from typer.testing import CliRunner

from bot.adapters.postgres.engine import Database
from bot.cli import app
from bot.core import facts as f
from bot.core.errors import Misuse
from bot.core.participation import Evidence
from bot.core.state import Profile
from bot.core.values import StaffId
from bot.ports import Looker
from bot.report.evidence import as_csv, cannot_show, charts_of, main_table, render, too_few
from bot.usecases import ways_in
from bot.usecases.group_evidence import group_evidence

sys.path.insert(0, str(Path(__file__).parent.parent / "contracts"))

from written import NOW, WrittenLine, score, sealed

WEEK = timedelta(weeks=1)
BETTER, SAME, WORSE = ((15, 12), (4, 3)), ((15, 12), (14, 12)), ((9, 6), (17, 12))


class Service:
    """Its people, written into the record as their own turns would be."""

    def __init__(self, clinic: Clinic, database: Database, room: WrittenLine) -> None:
        self.clinic, self.database, self.room = clinic, database, room
        self._seq = 0
        policy = clinic.house.shelf.library.policy.consents
        assert policy is not None
        self.words = policy.version_of("evaluation") or ""

    async def somebody(
        self,
        course: tuple[tuple[int, int], tuple[int, int]] = SAME,
        *,
        posts: tuple[float, ...] = (),
        joined: float | None = None,
        yes: bool = True,
        words: str | None = None,
        simulated: bool = False,
    ) -> WrittenLine:
        line = await WrittenLine.patient(self.database, self.clinic.service.id)
        profile = Profile(nation="england", simulated=simulated)
        await line.write(f.PatientInvited(profile=profile), f.PatientJoined(consents={"care": True}))
        await self.answers(line, yes, words)
        scores = [
            score(total, NOW + at * WEEK).but(measure=measure)
            for at, totals in zip((0, 12), course, strict=True)
            for measure, total in zip(("phq9", "gad7"), totals, strict=True)
        ]
        await line.write(*scores)
        if posts or joined is not None:
            await self._in_room(line, joined if joined is not None else 0.5, posts)
        return line

    async def _in_room(self, line: WrittenLine, joined: float, posts: tuple[float, ...]) -> None:
        at, name = NOW + joined * WEEK, sealed(line.id).id
        await self.room.write(f.MemberJoined(patient=line.id, pseudonym=name, at=at), at=at)
        for week in posts:
            self._seq += 1
            at = NOW + week * WEEK
            placed = f.PostPlaced(
                seq=self._seq,
                post=uuid4(),
                author=line.id,
                word=sealed(line.id).id,
                status="shown",
                at=at,
            )
            await self.room.write(placed, at=at)

    async def answers(self, line: WrittenLine, yes: bool, words: str | None = None) -> None:
        version = words or self.words
        await line.write(f.ConsentAnswered(consent="evaluation", given=yes, version=version, at=NOW))

    async def found(self) -> Evidence:
        by = Looker(StaffId(uuid4()), self.clinic.clock.now(), role="operator")
        return await group_evidence(self.clinic.house, self.clinic.service.id, by)

    async def everything(self) -> bytes:
        """All that anybody can read of it."""
        found = await self.found()
        return (as_csv(found) + render(found, "Valley Clinic") + repr(main_table(found))).encode()


@pytest.fixture
async def service(clinic: Clinic, database: Database) -> Service:
    room = await WrittenLine.group(database, clinic.service.id)
    await room.write(f.RoomOpened(group="copd", n=7))
    clinic.clock.advance(weeks=30)
    return Service(clinic, database, room)


@pytest.fixture
async def peopled(service: Service) -> Service:
    """12 took part, of whom 7 got better: one more of them is seen in each number."""
    for n in range(12):
        await service.somebody(BETTER if n < 7 else SAME, posts=(1, 2))
    for n in range(14):
        await service.somebody(BETTER if n < 5 else SAME)
    for _ in range(6):
        await service.somebody(joined=1, posts=(3,))
    return service


async def test_who_took_part_and_who_did_not_stand_side_by_side(peopled: Service) -> None:
    found = await peopled.found()
    took, never, quiet = (found.rows[kind] for kind in ("took_part", "never", "quiet"))
    assert (took.people, never.people, quiet.people) == (10, 15, 5)
    assert (took.improvement_rate, took.recovery_rate) == (58, 58)
    assert (never.improvement_rate, quiet.improvement_rate) == (36, None)
    assert (found.people, found.reached, found.made_up) == (30, 30, False)
    assert (found.members.joined, found.members.opened, found.members.posted) == (20, None, 20)


async def test_who_has_not_agreed_changes_not_one_byte(peopled: Service) -> None:
    before = await peopled.everything()
    await peopled.somebody(BETTER, posts=(1, 2, 3), yes=False)
    await peopled.somebody(BETTER, posts=(1, 2, 3), words="1")
    await peopled.somebody(BETTER, posts=(1, 2, 3), simulated=True)
    assert await peopled.everything() == before
    await peopled.somebody(BETTER, posts=(1, 2, 3))
    assert await peopled.everything() != before


async def test_who_takes_it_back_is_out_at_once_and_who_was_erased_too(peopled: Service) -> None:
    before = await peopled.everything()
    one, two = [await peopled.somebody(BETTER, posts=(1, 2, 3)) for _ in range(2)]
    assert await peopled.everything() != before
    await peopled.answers(one, False)
    await two.write(f.PatientErased(by=None, at=NOW))
    assert await peopled.everything() == before


async def test_the_choice_in_the_chat_is_what_counts(service: Service) -> None:
    clinic = service.clinic

    async def counted() -> int:
        by = Looker(StaffId(uuid4()), clinic.clock.now(), role="operator")
        found = await clinic.house.record.evaluation.agreed(clinic.service.id, service.words, ("phq9",), by)
        return len(found.people)

    invitation = await clinic.invite("copd")
    consents = {"care": True, "evaluation": True}
    asked = ways_in.Joining(code=invitation.code, adult=True, consents=consents, name="Sam")
    patient = Patient(clinic, invitation.patient, await ways_in.join(clinic.house, asked))
    await clinic.settle()
    await patient.catches_up()
    assert await counted() == 1
    await patient.presses("menu:more")
    await patient.presses("menu:choices")
    await patient.presses("stop:evaluation")
    assert await counted() == 0


async def test_the_words_of_the_consent_name_groups(clinic: Clinic) -> None:
    library = clinic.house.shelf.library
    assert "groups" in library.say("consent_evaluation_about", "en")
    assert "grupach" in library.say("consent_evaluation_about", "pl")


async def test_where_nobody_is_asked_nobody_is_counted(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = service.clinic.house.shelf.library
    policy = library.policy.model_copy(update={"consents": None})
    without = type("Shelf", (), {"library": type("Library", (), {"policy": policy})})
    monkeypatch.setattr(service.clinic.house, "shelf", without)
    with pytest.raises(Misuse, match="evaluation"):
        await service.found()


async def test_few_people_are_told_in_a_sentence_and_the_page_still_says_what_it_cannot_show(
    service: Service,
) -> None:
    await service.somebody(BETTER, posts=(1, 2))
    found = await service.found()
    assert {value for row in found.rows.values() for value in row} == {None}
    page = render(found, "Valley Clinic")
    assert "It does not show what groups do." in page
    assert too_few(found) in page and "<svg" not in page and "<table" not in page
    assert main_table(found) == charts_of(found) == []


async def test_the_page_has_a_sentence_a_picture_and_a_table_for_each_and_no_script(peopled: Service) -> None:
    found = await peopled.found()
    charts = charts_of(found)
    page = render(found, "Valley <Clinic>")
    assert all(chart.sentence.endswith(".") for chart in charts)
    assert page.count("<svg") == len(charts) == page.count("<details>")
    assert "<script" not in page and "http" not in page and "Valley &lt;Clinic&gt;" in page
    assert all(sentence in unescape(page) for sentence in cannot_show(found))


async def test_no_id_stands_in_anything_that_is_told(peopled: Service) -> None:
    told = (await peopled.everything()).decode()
    assert re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-f]{32}", told) == []


# -- the command --------------------------------------------------------------------------------------


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """``bounceback groups evidence`` over what was found already."""

    def run(found: Evidence, *asked: str) -> Any:
        monkeypatch.setattr("bot.cli.group_evidence.with_house", lambda data, do: ("Valley Clinic", found))
        return CliRunner().invoke(app, ["groups", "evidence", *asked])

    yield run


async def test_the_command_prints_tables_and_what_they_cannot_show(peopled: Service, command: Any) -> None:
    found = await peopled.found()
    done = command(found)
    assert done.exit_code == 0, done.output
    assert "by rule set nhs-talking-therapies:1" in done.output
    assert all(f"- {sentence}" in done.output for sentence in cannot_show(found))
    assert "too few people to tell it by thirds" in done.output


async def test_the_command_writes_lines_for_programs_and_a_page(
    peopled: Service, command: Any, tmp_path: Path
) -> None:
    found = await peopled.found()
    page = tmp_path / "groups.html"
    done = command(found, "--csv", "--page", str(page))
    assert done.exit_code == 0, done.output
    rows = list(csv.reader(io.StringIO(done.stdout)))
    assert ["landmark", "took_part", "improvement_rate", "58"] in rows
    assert ["landmark", "took_part", "improvement_rate_low", "31"] in rows
    assert ["landmark", "quiet", "improvement_rate_high", ""] in rows
    assert sum(row[0] == "cannot_show" for row in rows) == len(cannot_show(found))
    assert page.read_text(encoding="utf-8") == render(found, "Valley Clinic")


async def test_a_page_that_cannot_be_written_is_told_plainly(
    service: Service, command: Any, tmp_path: Path
) -> None:
    done = command(await service.found(), "--page", str(tmp_path / "none" / "groups.html"))
    assert "cannot be written" in str(done.exception)
