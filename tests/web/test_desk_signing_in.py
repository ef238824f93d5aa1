"""Signing in at the desk: alike whatever is wrong, a new session each time, and out again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from clinic import PASSWORD
from desk_client import AtDesk, Page, Site, at_desk, nobody
from sqlalchemy import select

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.settings import Settings
from bot.usecases import ways_in
from bot.web.desk.seat import REFRESHED
from bot.web.keys import SETTINGS, TRIES
from bot.web.limits import Buckets

NOBODY = "00000000-0000-4000-8000-000000000000"


async def signs_in(desk: AtDesk, service: str, email: str, password: str = PASSWORD, **more: str) -> Page:
    page = await desk.opens("/desk/sign-in")
    return await desk.sends(
        "/desk/sign-in", page.token, service=service, email=email, password=password, **more
    )


async def test_the_right_password_opens_the_alerts(site: Site) -> None:
    clinic = site.clinic
    async with nobody(site) as desk:
        signed = await signs_in(desk, clinic.service.slug, clinic.therapist.email)
        assert (signed.status, signed.location) == (303, "/desk")
        assert "No open alerts." in (await desk.opens("/desk")).words


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    clinic = site.clinic
    async with nobody(site) as desk:
        signed = await signs_in(desk, clinic.service.slug, clinic.therapist.email)
    cookie = signed.headers["Set-Cookie"]
    assert cookie.startswith("bounceback-desk=")
    assert {"HttpOnly", "Path=/", "SameSite=Strict"} <= {part.strip() for part in cookie.split(";")}


async def test_over_https_the_cookie_is_bound_to_the_host(site: Site, settings: Settings) -> None:
    site.app._state[SETTINGS] = settings.model_copy(update={"public_url": "https://desk.example"})
    async with nobody(site) as desk:
        page = await desk.opens("/desk/sign-in")
    name, _, rest = page.headers["Set-Cookie"].partition("=")
    assert name == "__Host-bounceback-form"
    assert "Secure" in rest


@pytest.mark.parametrize("wrong", ["service", "email", "password"])
async def test_whatever_is_wrong_the_answer_is_the_same(site: Site, wrong: str) -> None:
    clinic = site.clinic
    right = {"service": clinic.service.slug, "email": clinic.therapist.email, "password": PASSWORD}
    async with nobody(site) as desk:
        page = await signs_in(desk, **{**right, wrong: "somebody@else.example"})
    assert page.status == 401
    assert "The service, the e-mail address or the password is not right." in page.words
    assert "Set-Cookie" not in page.headers or "bounceback-desk=" not in page.headers["Set-Cookie"]


async def test_signing_in_again_ends_the_session_before(site: Site) -> None:
    clinic = site.clinic
    form = {"service": clinic.service.slug, "email": clinic.therapist.email, "password": PASSWORD}
    async with nobody(site) as desk, nobody(site) as elsewhere:
        token = (await desk.opens("/desk/sign-in")).token
        await desk.sends("/desk/sign-in", token, **form)
        first = _session(desk)
        await desk.sends("/desk/sign-in", token, **form)
        assert _session(desk) != first
        elsewhere.http.headers["Cookie"] = f"bounceback-desk={first}"
        assert (await elsewhere.opens("/desk")).location == "/desk/sign-in?said=ended"


def _session(desk: AtDesk) -> str:
    return next(c.value for c in desk.http.cookie_jar if c.key == "bounceback-desk")


async def test_signing_out_ends_the_session(site: Site) -> None:
    async with at_desk(site, site.clinic.therapist) as desk:
        token = _session(desk)
        out = await desk.presses("/desk", "/desk/sign-out")
        assert out.location == "/desk/sign-in?said=out"
        desk.http.headers["Cookie"] = f"bounceback-desk={token}"
        assert (await desk.opens("/desk")).status == 303


async def test_a_sign_in_form_of_another_site_is_refused(site: Site) -> None:
    clinic = site.clinic
    async with nobody(site) as desk:
        sent = await desk.sends(
            "/desk/sign-in",
            "0" * 64,
            service=clinic.service.slug,
            email=clinic.therapist.email,
            password=PASSWORD,
        )
    assert sent.status == 403


async def test_one_address_may_try_only_so_often(site: Site) -> None:
    site.app._state[TRIES] = Buckets(per_s=1e-6, burst=2)
    async with nobody(site) as desk:
        statuses = [(await signs_in(desk, "", "", "")).status for _ in range(3)]
    assert statuses == [401, 401, 429]


async def test_a_patients_token_opens_nothing_here(site: Site) -> None:
    patient = await site.clinic.join()
    async with nobody(site) as desk:
        desk.http.headers["Cookie"] = f"bounceback-desk={patient.token}"
        assert (await desk.opens("/desk")).location == "/desk/sign-in"


async def test_after_signing_in_the_page_that_was_wanted_opens(site: Site) -> None:
    clinic = site.clinic
    async with nobody(site) as desk:
        sent_away = await desk.opens(f"/desk/alerts/{NOBODY}")
        assert sent_away.location == f"/desk/sign-in?next=/desk/alerts/{NOBODY}"
        page = await desk.opens(sent_away.location)
        assert f'name="next" value="/desk/alerts/{NOBODY}"' in page.html
        signed = await signs_in(
            desk, clinic.service.slug, clinic.therapist.email, next=f"/desk/alerts/{NOBODY}"
        )
    assert signed.location == f"/desk/alerts/{NOBODY}"


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example/desk", "/desk/../evil", "/chat"]
)
async def test_signing_in_never_leads_away_from_the_desk(site: Site, elsewhere: str) -> None:
    clinic = site.clinic
    async with nobody(site) as desk:
        signed = await signs_in(desk, clinic.service.slug, clinic.therapist.email, next=elsewhere)
    assert signed.location == "/desk"


async def test_a_link_from_a_mail_asks_again_from_our_own_page(site: Site) -> None:
    """A strict cookie is held back when another site leads here, though somebody is signed in."""
    async with nobody(site) as desk:
        page = await desk.opens(f"/desk/alerts/{NOBODY}", **{"Sec-Fetch-Site": "cross-site"})
    assert page.status == 200
    assert '<meta http-equiv="refresh" content="0">' in page.html


async def test_missing_pages_look_like_real_ones_to_whoever_is_not_signed_in(site: Site) -> None:
    async with nobody(site) as desk:
        statuses = {(await desk.opens(path)).status for path in ("/desk", "/desk/patients", "/desk/nowhere")}
    assert statuses == {303}


def test_an_unknown_address_takes_as_long_as_a_known_one() -> None:
    assert not PasswordHasher().check_needs_rehash(ways_in._NOBODY)


# -- how long a session lasts -------------------------------------------------------------------------

ELSEWHERE = "/desk/invite"


async def test_half_an_hour_without_a_request_ends_a_session_and_says_so(site: Site) -> None:
    async with at_desk(site, site.clinic.therapist) as desk:
        site.clinic.clock.advance(minutes=29)
        assert (await desk.opens(ELSEWHERE)).status == 200
        site.clinic.clock.advance(minutes=29)
        assert (await desk.opens(ELSEWHERE)).status == 200
        site.clinic.clock.advance(minutes=30)
        sent_away = await desk.opens(ELSEWHERE)
        assert sent_away.location == f"/desk/sign-in?next={ELSEWHERE}&said=idle"
        assert "nothing was done here for 30 minutes" in (await desk.opens(sent_away.location)).words


async def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(site: Site) -> None:
    async with at_desk(site, site.clinic.therapist) as desk:
        site.clinic.clock.advance(minutes=20)
        assert (await desk.opens("/desk", **{REFRESHED: "1"})).status == 200
        site.clinic.clock.advance(minutes=10)
        assert (await desk.opens("/desk", **{REFRESHED: "1"})).location == "/desk/sign-in?said=idle"


async def test_no_session_lasts_longer_than_twelve_hours(site: Site) -> None:
    async with at_desk(site, site.clinic.therapist) as desk:
        for _ in range(12 * 3 - 1):
            site.clinic.clock.advance(minutes=20)
            assert (await desk.opens(ELSEWHERE)).status == 200
        site.clinic.clock.advance(minutes=20)
        assert (await desk.opens(ELSEWHERE)).location.endswith("said=expired")


async def test_that_a_session_is_used_is_written_once_a_minute(site: Site, database: Database) -> None:
    async def seen() -> datetime | None:
        async with database.reading() as c:
            mine = s.session.c.service_id == site.clinic.service.id
            return (await c.execute(select(s.session.c.seen_at).where(mine))).scalar_one()

    async with at_desk(site, site.clinic.therapist) as desk:
        began = site.clinic.clock.now()
        for seconds, written in ((59, None), (1, 60), (59, 60), (1, 120)):
            site.clinic.clock.advance(seconds=seconds)
            await desk.opens(ELSEWHERE)
            assert await seen() == (began + timedelta(seconds=written) if written else None)


async def test_all_sessions_of_a_person_end_at_once(site: Site) -> None:
    clinic = site.clinic
    async with (
        at_desk(site, clinic.therapist) as one,
        at_desk(site, clinic.therapist) as other,
        at_desk(site, clinic.duty) as somebody_else,
    ):
        assert await ways_in.end_all(clinic.house, clinic.service.id, clinic.therapist.id) == 2
        for desk in (one, other):
            assert (await desk.opens("/desk")).location == "/desk/sign-in?said=ended"
        assert (await somebody_else.opens("/desk")).status == 200


async def test_what_was_typed_is_not_lost_with_the_session(site: Site) -> None:
    patient = await site.clinic.join()
    page, action = f"/desk/patients/{patient.id}", f"/desk/patients/{patient.id}/write"
    async with at_desk(site, site.clinic.therapist) as desk:
        form = (await desk.opens(page)).token
        site.clinic.clock.advance(minutes=31)
        sent = await desk.sends(action, form, text="How are you <today>?")
        assert sent.status == 401
        assert "nothing was done here for 30 minutes" in sent.words
        assert "How are you <today>?" in sent.words
        forged = await desk.sends(action, "0" * 64, text="How are you <today>?")
        assert (forged.status, forged.location) == (303, "/desk/sign-in?said=idle")
    await patient.catches_up()
    assert "How are you <today>?" not in [shown.text for shown in patient.bot_said()]
