"""What groups may have done for those who agreed to be counted."""

from __future__ import annotations

from bot.core.errors import Misuse
from bot.core.participation import Evidence, evidence_of
from bot.core.values import ServiceId
from bot.ports import Looker
from bot.usecases.house import House

CONSENT = "evaluation"


async def group_evidence(house: House, service: ServiceId, by: Looker) -> Evidence:
    """Raises Misuse where the content asks nobody for it."""
    policy = house.shelf.library.policy
    words = policy.consents.version_of(CONSENT) if policy.consents else None
    if words is None:
        raise Misuse(f"nobody here is asked for '{CONSENT}' (policy/consents.yaml), so nobody may be counted")
    found = await house.record.evaluation.agreed(service, words, policy.outcomes.case_at, by)
    return evidence_of(found.people, policy.outcomes, by.at, made_up=found.made_up)
