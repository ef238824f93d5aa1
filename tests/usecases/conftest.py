"""A clinic whose mail server does what the test tells it to."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from clinic import Clinic
from post_office import PostOffice

from bot.adapters.mail import SmtpMail


@pytest_asyncio.fixture
async def office(clinic: Clinic) -> AsyncIterator[PostOffice]:
    """The clinic's own mail server."""
    office = PostOffice()
    await office.open()
    clinic.house.mail = SmtpMail(office.url, "bounceback@clinic.example")
    clinic.post_box = office
    yield office
    office.gate.set()
    await clinic.settle()
    await office.close()
