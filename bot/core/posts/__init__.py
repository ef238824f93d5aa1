"""What a peer group's post may not hold: contact details, names, means, advice, selling, unkind words."""

from bot.core.posts.content import HeldKind, PostContent
from bot.core.posts.held import Found, HeldRules, held_for
from bot.core.posts.names import fit_for_name, seen_alike
from bot.core.posts.suspicion import Suspicion, suspected

__all__ = [
    "Found",
    "HeldKind",
    "HeldRules",
    "PostContent",
    "Suspicion",
    "fit_for_name",
    "held_for",
    "seen_alike",
    "suspected",
]
