"""What people are here for. Somebody may have several roles; ``lead`` is both kinds of lead."""

from __future__ import annotations

ROLES = (
    "therapist",
    "clinician",
    "duty",
    "lead",
    "clinical_lead",
    "service_lead",
    "host",
    "editor",
    "admin",
)
CLINICAL_LEADS = frozenset({"lead", "clinical_lead"})
LEADS = CLINICAL_LEADS | {"service_lead"}
EVERYBODY = LEADS | {"duty"}
"""They answer for the whole service."""
CASELOAD = frozenset({"therapist", "clinician"})
ALERTS = EVERYBODY | CASELOAD
"""Who may open an alert about a patient."""
ROOMS = ALERTS | {"host"}
"""Who may open the service's groups. Whoever has none of these roles sees nobody."""


def on_the_ladder(roles: frozenset[str]) -> frozenset[str]:
    """As the ladder's policy names them: it knows one kind of lead, and both hear."""
    return roles | {"lead"} if roles & LEADS else roles
