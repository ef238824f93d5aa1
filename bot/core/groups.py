"""What a peer group asks of a made-up name and of a post, before its room hears of either."""

from __future__ import annotations

from typing import Literal

import re2

from bot.core.safety import Screen, Tier

_CONTACT = re2.compile(
    r"(?i)(@|https?:|www\.|\.(com|net|org|co\.uk|uk)\b|\+?\d[\d ().-]{6,}\d|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"
    r"|whats ?app|facebook|instagram|snapchat|telegram|tiktok|\bdm me\b)"
)
Verdict = Literal["pass", "hold", "refuse"]


def contact_details(text: str) -> bool:
    """Does it hold an e-mail address, phone number, postcode, link or another network's name?"""
    return _CONTACT.search(text) is not None


def verdict_on(text: str, screen: Screen | None, *, first_post: bool, longest: int) -> tuple[Verdict, str]:
    """What a group does with a post, and which rule said so; a host decides on what is held."""
    if not text.strip():
        return "refuse", "empty"
    if len(text) > longest:
        return "refuse", "too_long"
    if screen is None:
        return "hold", "unscreened"
    if screen.tier > Tier.NONE:
        return "hold", "distress"
    if contact_details(text):
        return "hold", "contact"
    return ("hold", "first_post") if first_post else ("pass", "")
