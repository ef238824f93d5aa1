"""What changed rules about scores would have said of the service's own past, on the page on which they are published."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from clinic import Clinic
from desk_client import Page, Site, at_desk
from sqlalchemy import select
from test_desk_content import hidden, member, text_on

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.authoring import Edition
from bot.core.worsening.comparing import Compared, Load
from bot.ports import Looker
from bot.usecases.publish import publish
from bot.usecases.rule_change import Weighed, weigh
from bot.web.desk import rule_change
from bot.web.desk.team_clock import TeamClock

RULES = "policy/worsening.yaml"
AT = f"/desk/content/file?file={RULES}"
CLOCK = TeamClock(ZoneInfo("Europe/London"), datetime(2026, 6, 1, 10, tzinfo=UTC))


@pytest.fixture
async def place(site: Site, edition: Edition) -> AsyncIterator[Site]:
    """The shipped library is in force again afterwards."""
    yield site
    await publish(site.clinic.house, edition.library, "tests", bodies=edition.bodies)


async def checks_in_twice(clinic: Clinic) -> None:
    patient = await clinic.join()
    for points in (0, 1):
        await patient.chooses("Check how I am")
        await patient.fills_in(*[points] * 8, 0)
        await patient.chooses("Send my answers")
        await patient.fills_in(*[0] * 7)
        await patient.chooses("Send my answers")
        clinic.clock.advance(weeks=2)


async def looks(database: Database, clinic: Clinic) -> int:
    read = select(s.audit.c.what).where(s.audit.c.service_id == clinic.service.id)
    async with database.reading() as c:
        return list((await c.execute(read)).scalars()).count("scores.replay")


async def publish_page(place: Site, was: str, new: str, file: str = RULES) -> Page:
    async with at_desk(place, await member(place.clinic, "editor")) as desk:
        page = await desk.opens(f"/desk/content/file?file={file}")
        assert was in text_on(page)
        fields = {name: hidden(page, name) for name in ("file", "over", "base")}
        text = text_on(page).replace(was, new, 1)
        await desk.sends("/desk/content/save", page.token, text=text, **fields)
        return await desk.opens("/desk/content/publish")


async def test_an_editor_sees_what_it_would_change_before_it_does(
    place: Site, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_change, "LEAST_PEOPLE", 1)
    await checks_in_twice(place.clinic)
    page = await publish_page(place, "worse_by: 6", "worse_by: 9")
    assert "What the new rules about scores would have said" in page.words
    assert "the scores of 1 people" in page.words
    assert "Nobody would newly be flagged, and fewer than 5 people no longer." in page.words
    assert "Reliably worse than the best score fewer than 5 0" in page.words
    assert await looks(database, place.clinic) == 1


async def test_too_little_past_is_said(place: Site, database: Database) -> None:
    await checks_in_twice(place.clinic)
    page = await publish_page(place, "worse_by: 6", "worse_by: 9")
    assert "too little past to say what would change" in page.words
    assert "<svg" not in page.html.partition('id="rules"')[2].partition("</section>")[0]
    assert await looks(database, place.clinic) == 1


async def test_a_change_of_words_alone_judges_nobody(place: Site, database: Database) -> None:
    page = await publish_page(place, "# When a new score", "# When a newer score")
    assert "which says the same as before" in page.words
    assert await looks(database, place.clinic) == 0


async def test_other_files_show_nothing_of_it(place: Site, database: Database) -> None:
    page = await publish_page(place, "flags_to_hide: 3", "flags_to_hide: 4", file="policy/groups.yaml")
    assert "What the new rules" not in page.words
    assert await looks(database, place.clinic) == 0


async def test_the_time_for_it_is_limited(place: Site, edition: Edition) -> None:
    clinic = place.clinic
    await checks_in_twice(clinic)
    policy, rules = edition.library.policy, edition.library.policy.worsening
    other = rules.model_copy(update={"look_back_weeks": 1})
    proposed = edition.library.model_copy(update={"policy": policy.model_copy(update={"worsening": other})})
    looker = Looker(clinic.therapist.id, clinic.clock.now())
    weighed = await weigh(clinic.house, clinic.service, proposed, looker, limit_s=0)
    assert weighed is not None
    assert (weighed.compared.people, weighed.of, weighed.cut_short) == (0, 1, True)
    many = rule_change.shown(Weighed("default", weighed.compared, 900, made_up=False), CLOCK)
    assert many.sentences[0].startswith("The time for it was up before 10 people were judged")


def a_load(told: int, listed: int, **by_rule: int) -> Load:
    return Load(told, listed, Counter(by_rule), told / 100)


def test_counts_of_1_to_4_are_blank_in_sentences_bars_and_table() -> None:
    before = a_load(40, 3, reliable_deterioration=38, case_crossed=2, plateau=3)
    after = a_load(20, 0, reliable_deterioration=20)
    compared = Compared(60, 3, datetime(2026, 2, 3, tzinfo=UTC), before, after, 0, 3)
    change = rule_change.shown(Weighed("default", compared, 90, made_up=False), CLOCK)
    assert change.sentences == (
        "Judged again: the scores of 60 people since 3 February, by the rules in force and by the new ones.",
        "The time for it was up: 60 of 90 people were judged, some of every time of joining.",
        "Alerts for a therapist in a week: 0.4 now, 0.2 then.",
        "Nobody would newly be flagged, and fewer than 5 people no longer.",
    )
    rows = {row.name: (row.now, row.then) for row in change.rows}
    assert rows["In the list only"] == ("fewer than 5", "0")
    assert rows["Reliably worse than the best score"] == ("38", "20")
    assert rows["A case, and was none"] == ("fewer than 5", "0")
    drawn = [bar for row in change.rows if "fewer" in row.now for bar in row.bars]
    assert not any(drawn), "a bar would tell what the blank keeps"
