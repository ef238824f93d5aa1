"""At the desk: invitations and how they stand, and people who came by themselves."""

from __future__ import annotations

from clinic import Clinic
from desk_client import Site, at_desk, looks

from bot.adapters.postgres.engine import Database
from bot.core.errors import Refused
from bot.core.values import LineId
from bot.usecases import referring, turn, ways_in
from bot.usecases.services import add_service
from bot.usecases.short_codes import SHORT_FOR


async def came(clinic: Clinic) -> LineId:
    await add_service(clinic.house, clinic.service.model_copy(update={"self_referral": True}))
    asked = referring.Referring(
        consents={"care": True},
        conditions=("pain",),
        name="Robin",
        contact=f"robin-{clinic.service.slug}@post.example",
        pin="4821",
        service=clinic.service.slug,
    )
    token = await referring.refer(clinic.house, asked)
    return LineId((await ways_in.who_is(clinic.house, token, "patient")).subject)


async def test_a_minor_is_seen_as_not_joined_by_whoever_invited(site: Site) -> None:
    clinic = site.clinic
    invitation = await clinic.invite("copd")
    async with at_desk(site, clinic.therapist) as desk:
        assert "Open: link until" in (await desk.opens("/desk/invite")).words
        try:
            await ways_in.join(
                clinic.house,
                ways_in.Joining(invitation.short, adult=False, consents={}, name="Zebedee-the-canary"),
            )
        except Refused as refused:
            assert refused.code == "under_18"
        page = await desk.opens("/desk/invite")
        assert "Ended before they joined" in page.words
        assert "Zebedee" not in page.html
        theirs = await desk.opens(f"/desk/patients/{invitation.patient}")
        assert "Status Did not join" in theirs.words
        assert "The invitation ended before they joined." in theirs.words
        assert '<a href="/desk/invite">make a new one</a>' in theirs.html
        assert "18" not in theirs.words.partition("About")[2].partition("Conversation")[0]


async def test_invitations_are_told_apart(site: Site, database: Database) -> None:
    clinic = site.clinic
    first = await clinic.invite("copd")
    made = clinic.clock.now()
    clinic.clock.advance(days=1)
    await clinic.invite("copd")
    patient = await clinic.join("pain", name="Robin")
    joined = clinic.clock.now()
    clinic.clock.advance(days=1, hours=1)
    async with at_desk(site, clinic.therapist) as desk:
        page = await desk.opens("/desk/invite")
    rows = {
        row.partition("</a>")[0].rpartition(">")[2]: row for row in page.html.split('<tr role="row">')[2:]
    }
    assert len(rows) == 3, rows.keys()
    assert f"/desk/patients/{patient.id}" in rows["Robin"]
    assert rows["Robin"].count(joined.isoformat()) == 2 and "until" not in rows["Robin"]
    older = next(row for row in rows.values() if str(first.patient) in row)
    assert (made + ways_in.INVITE_FOR).isoformat() in older and "short code over" in older
    newer = next(row for name, row in rows.items() if name != "Robin" and str(first.patient) not in row)
    assert (joined + SHORT_FOR).isoformat() in newer
    assert (await looks(database, clinic.service.id)).count("caseload.list") == 1


async def test_both_codes_are_shown_once_with_how_long_they_last(site: Site) -> None:
    async with at_desk(site, site.clinic.therapist) as desk:
        made = await desk.presses("/desk/invite", "/desk/invite", condition="copd")
        assert "#invite=" in made.html
        assert f'value="{site.clinic.service.slug.upper()}-' in made.html
        assert "the short code until" in made.words


async def test_an_invitation_that_ran_out_is_made_anew(site: Site, database: Database) -> None:
    clinic = site.clinic
    invitation = await clinic.invite("copd")
    clinic.clock.advance(days=15)
    async with at_desk(site, clinic.therapist) as desk:
        assert "Expired" in (await desk.opens("/desk/invite")).words
        made = await desk.presses("/desk/invite", f"/desk/patients/{invitation.patient}/invite")
        assert "#invite=" in made.html
        assert "Open: link until" in (await desk.opens("/desk/invite")).words
    assert "invite.link" in await looks(database, clinic.service.id)


async def test_whoever_waits_is_listed_and_accepted(site: Site, database: Database) -> None:
    clinic = site.clinic
    patient = await came(clinic)
    page = f"/desk/patients/{patient}"
    async with at_desk(site, clinic.therapist) as desk:
        assert "Robin" in (await desk.opens("/desk/waiting")).words
        assert "Robin" not in (await desk.opens("/desk/patients")).words
        done = await desk.presses(
            f"{page}/referral", f"{page}/referral", answer="accept", owner=str(clinic.therapist.id)
        )
        assert done.location == f"{page}?said=accepted"
        shown = await desk.opens(done.location)
        assert "Status Joined Accepted on" in shown.words and "accepted them." in shown.words
        assert "Nobody waits." in (await desk.opens("/desk/waiting")).words
        assert (await desk.opens(f"{page}/referral")).status == 404
    assert "referral.accept" in await looks(database, clinic.service.id)


async def test_whoever_waits_is_shown_with_what_an_answer_needs(site: Site, database: Database) -> None:
    clinic = site.clinic
    patient = await came(clinic)
    since = clinic.clock.now()
    heard = turn.Inbound(clinic.service.id, patient, clinic.house.ids.new(), text="My back hurts every day.")
    await turn.hear(clinic.house, heard)
    clinic.clock.advance(days=3)
    async with at_desk(site, clinic.therapist) as desk:
        listed = await desk.opens("/desk/waiting")
        assert "Waits since" in listed.words and "England" in listed.words and "English" in listed.words
        assert f'<time datetime="{since.isoformat()}">' in listed.html
        page = await desk.opens(f"/desk/patients/{patient}/referral")
        for told in ("long-term pain", "England", "English", "My back hurts every day."):
            assert told in page.words
        assert f"How to reach them robin-{clinic.service.slug}@post.example" in page.words
        assert f'<time datetime="{since.isoformat()}">' in page.html
        assert f'<a href="/desk/patients/{patient}">' in page.html
    noted = await looks(database, clinic.service.id)
    assert (noted.count("patient.open"), noted.count("caseload.list")) == (1, 1)


async def test_declining_needs_a_reason(site: Site) -> None:
    clinic = site.clinic
    patient = await came(clinic)
    page = f"/desk/patients/{patient}/referral"
    async with at_desk(site, clinic.therapist) as desk:
        asked = await desk.presses(page, page, answer="decline")
        assert (asked.status, "choose a reason" in asked.words) == (422, True)
        done = await desk.sends(page, asked.token, answer="decline", reason="not_here")
        assert done.location is not None and done.location.endswith("said=not_accepted")
        assert "Robin (not accepted)" in (await desk.opens("/desk/patients?whose=left")).words
