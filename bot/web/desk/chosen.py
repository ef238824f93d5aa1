"""A colleague whom a form names."""

from __future__ import annotations

from collections.abc import Set
from uuid import UUID

from bot.core.errors import Refused
from bot.core.values import StaffId
from bot.ports import StaffMember
from bot.web.desk.seat import Seat

MAY_OWN = frozenset({"therapist", "clinician"})
"""Who may be asked to answer for a patient."""


async def chosen(seat: Seat, field: str, roles: Set[str], refusal: str) -> StaffMember | None:
    """None where nobody was chosen. Raises Refused(``refusal``) for whom the form never offers: who has none of these
    roles, or is not here."""
    text = seat.fields.get(field, "")
    if not text:
        return None
    try:
        found = await seat.house.record.staff.by_id(seat.service.id, StaffId(UUID(text)))
    except ValueError:
        found = None
    if found is None or not found.roles & roles:
        raise Refused(refusal)
    return found
