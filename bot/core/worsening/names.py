"""What the rules are called where people read of them."""

from __future__ import annotations

from collections.abc import Mapping

NAMES: Mapping[str, str] = {
    "reliable_deterioration": "reliably worse than the best score",
    "case_crossed": "a case, and was none",
    "severe_entered": "severe, and was not",
    "severe_at_baseline": "severe at the first score",
    "no_reliable_change": "no reliable change",
    "plateau": "a plateau after a change",
}
