"""One's own page at the desk: where one is signed in, signing out there, one's own password."""

from __future__ import annotations

from clinic import PASSWORD, Clinic
from desk_client import Site, at_desk
from desk_scene import colleague, signed_in

from bot.core.errors import Refused
from bot.ports import StaffMember
from bot.usecases import own_account, ways_in

NEW = "another horse, another battery"


async def lets_in(clinic: Clinic, member: StaffMember, password: str) -> bool:
    try:
        await ways_in.staff_sign_in(clinic.house, clinic.service.slug, member.email, password)
    except Refused:
        return False
    return True


async def test_one_of_ones_own_sessions_is_ended(site: Site) -> None:
    clinic = site.clinic
    elsewhere = await signed_in(clinic, clinic.therapist)
    async with at_desk(site, clinic.therapist) as desk:
        page = await desk.opens("/desk/me")
        assert page.words.count("(here)") == 1 and "Sign out everywhere else" in page.words
        [mark] = [
            one.mark
            for one in await own_account.own_sessions(clinic.house, clinic.therapist, elsewhere)
            if one.here
        ]
        sent = await desk.sends("/desk/me/sessions/end", page.token, session=mark)
        page = await desk.opens(sent.location)
    assert "You are signed in nowhere else." in page.words
    assert elsewhere not in page.html


async def test_the_session_of_somebody_else_is_not_there(site: Site) -> None:
    clinic = site.clinic
    theirs = await signed_in(clinic, clinic.duty)
    [held] = await own_account.own_sessions(clinic.house, clinic.duty, theirs)
    async with at_desk(site, clinic.therapist) as desk:
        page = await desk.opens("/desk/me")
        sent = await desk.sends("/desk/me/sessions/end", page.token, session=held.mark)
    assert sent.status == 404
    assert len(await own_account.own_sessions(clinic.house, clinic.duty, theirs)) == 1


async def test_a_new_password_signs_one_out_everywhere_else(site: Site) -> None:
    clinic = site.clinic
    member = await colleague(clinic, "editor")
    await ways_in.add_staff(
        clinic.house, clinic.service.id, member.email, member.name, member.roles, PASSWORD
    )
    elsewhere = await signed_in(clinic, member)
    async with at_desk(site, member) as desk:
        wrong = await desk.presses("/desk/me", "/desk/me/password", old="not this one", new=NEW)
        short = await desk.presses("/desk/me", "/desk/me/password", old=PASSWORD, new="short")
        assert (wrong.status, short.status) == (422, 422)
        assert "another one" in wrong.words and "12 to 200" in short.words
        sent = await desk.presses("/desk/me", "/desk/me/password", old=PASSWORD, new=NEW)
        page = await desk.opens(sent.location)
    assert "The password is changed" in page.words and "nowhere else" in page.words
    assert [await lets_in(clinic, member, each) for each in (PASSWORD, NEW)] == [False, True]
    try:
        await ways_in.who_is(clinic.house, elsewhere, "staff")
        raise AssertionError("the other session still lasts")
    except Refused:
        pass
