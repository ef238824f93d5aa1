"""A colleague's browser at the desk."""

from __future__ import annotations

from clinic import Clinic
from desk_scene import signed_in
from visit import Visit

from bot.ports import StaffMember


async def sit_down(visit: Visit, clinic: Clinic, member: StaffMember) -> None:
    """Signed in, without the form."""
    token = await signed_in(clinic, member)
    await visit.context.add_cookies(
        [
            {
                "name": "bounceback-desk",
                "value": token,
                "url": visit.base,
                "httpOnly": True,
                "sameSite": "Strict",
            }
        ]
    )
