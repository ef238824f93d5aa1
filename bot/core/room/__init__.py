"""A peer group's Line: where it stands, and what follows from each thing that it hears."""

from bot.core.room.state import (
    MOST_DECISIONS_KEPT,
    MOST_POSTS_KEPT,
    Case,
    Course,
    Decided,
    Member,
    Paused,
    Room,
    Session,
    Standing,
    handle_of,
    post_id,
    room_id,
)

__all__ = [
    "MOST_DECISIONS_KEPT",
    "MOST_POSTS_KEPT",
    "Case",
    "Course",
    "Decided",
    "Member",
    "Paused",
    "Room",
    "Session",
    "Standing",
    "handle_of",
    "post_id",
    "room_id",
]
