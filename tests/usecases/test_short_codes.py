"""A code that is read out over the telephone: forgiving of how it is typed, hopeless to guess, good once."""

from __future__ import annotations

import pytest
from clinic import Clinic
from hypothesis import given
from hypothesis import strategies as st

from bot.core import short_code
from bot.core.errors import Refused
from bot.usecases import short_codes, ways_in

CARE = {"care": True}


async def joins(clinic: Clinic, code: str) -> str:
    return await ways_in.join(clinic.house, ways_in.Joining(code=code, adult=True, consents=CARE))


@given(st.integers(min_value=0, max_value=2**40 - 1), st.sampled_from(["leeds", "north-leeds-2", "o1-il"]))
def test_what_is_written_is_read_again(number: int, slug: str) -> None:
    letters = short_code.letters_of(number)
    expected = short_code.ShortCode(of=short_code.as_compared(slug), letters=letters)
    assert short_code.read(short_code.written(slug, letters)) == expected


@given(st.text(max_size=120))
def test_whatever_is_typed_is_read_without_a_fault(typed: str) -> None:
    short_code.read(typed)


def test_letters_that_are_mistaken_for_each_other_are_taken_for_the_same() -> None:
    assert not set("OILU") & set(short_code.LETTERS)
    assert short_code.read("leeds 0118-v0v1") == short_code.read("LEEDS-OIL8-UOUI")


async def test_it_opens_the_chat_however_it_is_typed(clinic: Clinic) -> None:
    invitation = await clinic.invite("copd")
    typed = invitation.short.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert await joins(clinic, typed)


async def test_link_and_code_are_one_invitation_and_good_once(clinic: Clinic) -> None:
    for first, second in (("short", "code"), ("code", "short")):
        invitation = await clinic.invite("copd")
        await joins(clinic, getattr(invitation, first))
        for used in (first, second):
            with pytest.raises(Refused, match="expired_invite"):
                await joins(clinic, getattr(invitation, used))


async def test_it_lasts_two_days_and_the_link_longer(clinic: Clinic) -> None:
    invitation = await clinic.invite("copd")
    clinic.clock.advance(hours=48, seconds=1)
    with pytest.raises(Refused, match="expired_invite"):
        await joins(clinic, invitation.short)
    assert await joins(clinic, invitation.code)


async def test_somebody_under_18_ends_both(clinic: Clinic) -> None:
    invitation = await clinic.invite("copd")
    with pytest.raises(Refused, match="under_18"):
        await ways_in.join(clinic.house, ways_in.Joining(invitation.short, adult=False, consents={}))
    for code in (invitation.short, invitation.code):
        with pytest.raises(Refused, match="expired_invite"):
            await joins(clinic, code)


async def test_a_new_invitation_makes_the_old_one_worthless(clinic: Clinic) -> None:
    old = await clinic.invite("copd")
    new = await ways_in.invite_again(clinic.house, clinic.service, old.patient)
    for code in (old.code, old.short):
        with pytest.raises(Refused, match="expired_invite"):
            await joins(clinic, code)
    assert await joins(clinic, new.short)
    with pytest.raises(Refused, match="expired_invite"):
        await ways_in.invite_again(clinic.house, clinic.service, old.patient)


async def test_too_many_wrong_ones_stop_short_codes_until_the_next_hour(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(short_codes, "MOST_WRONG_AN_HOUR", 3)
    invitation = await clinic.invite("copd")
    slug = clinic.service.slug
    for _ in range(3):
        with pytest.raises(Refused, match="expired_invite"):
            await joins(clinic, f"{slug}-0000-0000")
    with pytest.raises(Refused, match="rate_limited"):
        await joins(clinic, invitation.short)
    clinic.clock.advance(hours=1)
    assert await joins(clinic, invitation.short)


async def test_while_short_codes_are_stopped_links_work(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(short_codes, "MOST_WRONG_AN_HOUR", 0)
    invitation = await clinic.invite("copd")
    assert await joins(clinic, invitation.code)


def test_guessing_is_hopeless() -> None:
    """The arithmetic of decision 0042, with the numbers of the code."""
    tries = short_codes.MOST_WRONG_AN_HOUR * short_codes.SHORT_FOR.total_seconds() / 3600
    open_codes = 1_000
    assert tries * open_codes / len(short_code.LETTERS) ** short_code.LENGTH < 1e-5
