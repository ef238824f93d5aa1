"""The daily taps in the real widget on a small screen: seen, pressed with the keyboard alone, and never without a way to help."""

from __future__ import annotations

from clinic import Clinic, Patient
from pictures import picture
from playwright.async_api import expect
from test_widget_clinic import Site, sit_down
from visit import Visit


async def known(clinic: Clinic) -> Patient:
    """Somebody with COPD who answered the full questionnaires yesterday."""
    patient = await clinic.join("copd", name="Sam")
    await patient.chooses("Check how I am")
    for items in (9, 7):
        await patient.fills_in(*[0] * items)
        await patient.chooses("Send my answers")
    clinic.clock.advance(days=1)
    return patient


async def taps(there: Visit, question: str, value: str) -> None:
    card = there.page.locator(".msg:not(.used)", has_text=question)
    await card.get_by_role("group", name=question).wait_for()
    await expect(card.get_by_role("button", name="I am not safe")).to_be_visible()
    assert await there.findings() == []
    await picture(there.page, f"daily-{question.split()[1]}-{question.split()[-2]}")
    await card.get_by_role("button", name=value, exact=True).press("Enter")


async def test_the_daily_taps_on_a_small_screen_with_the_keyboard(there: Visit, site: Site) -> None:
    patient = await known(site.clinic)
    await there.begin(viewport={"width": 320, "height": 640})
    await sit_down(there, patient)
    await there.button("Check how I am").last.press("Enter")
    await taps(there, "How is your mood today?", "6")
    await taps(there, "How worried are you today?", "3")
    await taps(there, "How breathless are you today?", "4")
    sent = there.log.get_by_text("mood 6 out of 10, worry 3 out of 10, breathlessness 4 out of 10")
    await expect(sent).to_be_visible()
    words = there.page.locator(".msg:not(.used)", has_text="Is there anything you want to add?")
    await expect(words.get_by_role("button", name="I am not safe")).to_be_visible()
    assert await there.findings() == []
    await picture(there.page, "daily-words")
    await site.clinic.settle()
    totals = {m: scores[-1].total for m, scores in (await patient.state()).scores.items()}
    assert totals == {"phq9": 0, "gad7": 0, "rate_mood": 6, "rate_worry": 3, "rate_breathlessness": 4}


async def test_i_am_not_safe_brings_the_numbers_and_the_question(there: Visit, site: Site) -> None:
    patient = await known(site.clinic)
    await there.begin(viewport={"width": 320, "height": 640})
    await sit_down(there, patient)
    await there.button("Check how I am").last.press("Enter")
    card = there.page.locator(".msg:not(.used)", has_text="How is your mood today?")
    await card.get_by_role("button", name="I am not safe").press("Enter")
    await expect(there.log.get_by_text("Are you having thoughts of ending your life?")).to_be_visible()
    await expect(there.log.get_by_text("116 123").first).to_be_visible()
    assert await there.findings() == []
    await picture(there.page, "daily-not-safe")
    assert [a.level for a in await patient.alerts()] == ["soon"]
