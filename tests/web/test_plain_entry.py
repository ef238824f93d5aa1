"""Into the conversation and back into it by forms."""

from __future__ import annotations

import re

from clinic import Clinic, text_of
from doors import OpenDoor
from plain_reader import COOKIE, reader_at
from talker import Door

from bot.settings import Settings
from bot.usecases import ways_in
from bot.web.app import make_app
from bot.web.plain.seat import cookie_name

PIN = "4821"


async def test_an_invitation_opens_the_conversation(clinic: Clinic, door: Door) -> None:
    invitation = await clinic.invite("copd")
    async with reader_at(door.url) as reader:
        await reader.opens()
        await reader.presses("Start", invite=invitation.code, adult="yes", consent="care", name="Robin")
        assert "Hello Robin." in reader.words
        assert invitation.code not in reader.page + reader.at
        await reader.opens()
        assert "Hello Robin." in reader.words


async def test_a_whole_link_may_be_pasted(clinic: Clinic, door: Door) -> None:
    invitation = await clinic.invite("copd", language="pl")
    async with reader_at(door.url) as reader:
        await reader.opens()
        link = f"  {invitation.url(clinic.house)}\n"
        await reader.presses("Start", invite=link, adult="yes", consent="care")
        assert 'lang="pl"' in reader.page


async def test_what_is_missing_is_said_at_each_field_and_what_was_written_stays(
    clinic: Clinic, door: Door
) -> None:
    async with reader_at(door.url) as reader:
        await reader.opens()
        await reader.presses("Start", name="Robin", contact="nowhere", pin="1")
        assert reader.status == 400
        for name in ("invite", "adult", "care", "contact", "pin"):
            assert f'href="#{name}"' in reader.page
            assert f'id="{name}"' in reader.page
            assert f'id="{name}-problem"' in reader.page
        assert 'value="Robin"' in reader.page
        assert 'type="password" id="pin" name="pin" value=""' in reader.page, "a PIN is never sent back"


async def test_somebody_under_18_is_told_whom_to_call_and_nothing_is_kept(clinic: Clinic, door: Door) -> None:
    invitation = await clinic.invite("copd")
    async with reader_at(door.url) as reader:
        await reader.opens()
        await reader.presses("Start", invite=invitation.code, adult="no", name="Robin")
        assert reader.status == 403
        assert "0800 1111" in reader.words
        assert COOKIE not in {cookie.key for cookie in reader.http.cookie_jar}


async def test_a_code_that_never_was_looks_like_one_that_ran_out(clinic: Clinic, door: Door) -> None:
    async with reader_at(door.url) as reader:
        pages = set()
        for code in (
            "nonsense",
            f"{clinic.service.slug}.{'0' * 64}",
            "x" * 3000,
            "a#b",
            "https://x/#invite=",
        ):
            await reader.opens()
            await reader.presses("Start", invite=code, adult="yes", consent="care")
            pages.add(reader.status)
        assert pages <= {410, 400}


async def test_coming_back_with_the_link_of_a_letter(clinic: Clinic, door: Door) -> None:
    await clinic.join("copd", name="Robin", contact="plain-robin@example.org", pin=PIN)
    async with reader_at(door.url) as reader:
        await reader.opens("/plain/return")
        await reader.presses("Send me a link", contact="plain-robin@example.org")
        assert "a link is on its way" in reader.words
        known = reader.words
        await clinic.house.afterwards.settle()
        await reader.opens("/plain/return")
        await reader.presses("Send me a link", contact="nobody-here@example.org")
        assert reader.words == known, "the same answer, known or not"
        [letter] = clinic.post_box.to("plain-robin@example.org")[-1:]
        link = re.search(r"http\S+#return=\S+", text_of(letter).replace("=\n", ""))
        assert link
        await reader.presses("Carry on", code=link[0], proof="0000")
        assert reader.status == 401
        assert link[0] not in reader.page
        await reader.presses("Carry on", code=link[0], proof=PIN)
        assert "Hello Robin." in reader.words


async def test_whoever_wants_to_be_remembered_is(clinic: Clinic, door: Door) -> None:
    invitation = await clinic.invite("copd")
    async with reader_at(door.url) as reader:
        await reader.opens()
        await reader.presses("Start", invite=invitation.code, adult="yes", consent="care", keep="yes")
        (cookie,) = (c for c in reader.http.cookie_jar if c.key == COOKIE)
        assert cookie.value.endswith("~kept")
        assert int(cookie["max-age"]) == ways_in.PATIENT_FOR.total_seconds()


async def test_the_cookie_is_closed_to_scripts_and_other_sites(clinic: Clinic, door: Door) -> None:
    invitation = await clinic.invite("copd")
    async with reader_at(door.url) as reader:
        await reader.opens()
        await reader.presses("Start", invite=invitation.code, adult="yes", consent="care")
        (cookie,) = (c for c in reader.http.cookie_jar if c.key == COOKIE)
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["max-age"]) == (
            True,
            "Lax",
            "/",
            "",
        )


async def test_with_https_the_cookie_is_the_hosts_own(clinic: Clinic, settings: Settings) -> None:
    from aiohttp.test_utils import make_mocked_request

    app = make_app(clinic.house, settings.model_copy(update={"public_url": "https://chat.example"}))
    assert cookie_name(make_mocked_request("GET", "/plain", app=app)) == "__Host-bounceback-plain"


async def test_tries_of_one_address_are_counted(clinic: Clinic, open_door: OpenDoor) -> None:
    door = await open_door(sign_ins_per_minute=2)
    async with reader_at(door.url) as reader:
        await reader.opens("/plain/return")
        for _ in range(2):
            await reader.presses("Carry on", code="x.y", proof=PIN)
            assert reader.status == 401
        await reader.presses("Carry on", code="x.y", proof=PIN)
        assert reader.status == 429
        await reader.presses("Send me a link", contact="robin@example.org")
        assert reader.status == 429
        await reader.opens("/plain")
        await reader.presses("Start", invite="x.y", adult="yes", consent="care")
        assert reader.status == 429
        assert 'value="x.y"' in reader.page
