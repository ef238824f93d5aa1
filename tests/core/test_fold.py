"""Every fact has its place: in a table of the fold, on each kind of Line that it can happen on."""

from __future__ import annotations

from typing import get_args

from bot.core import facts as f
from bot.core.fold import CONVERSATION, ROOM
from bot.core.rows import ASKING
from bot.core.values import tag_of

FACTS = set(get_args(f.Fact))
OF_ROOMS = {
    f.RoomOpened,
    f.MoreRoomWanted,
    f.MemberWaits,
    f.MemberJoined,
    f.MemberNotIn,
    f.MemberLeft,
    f.MemberPaused,
    f.MemberRestored,
    f.PostPlaced,
    f.PostNotPlaced,
    f.PostReported,
    f.PostHidden,
    f.PostReleased,
    f.PostDelayed,
    f.PostWithdrawn,
    f.PostReacted,
    f.CaseOpened,
    f.CaseDecided,
    f.HostCame,
    f.HostWent,
    f.RoomHandedOver,
    f.HostNoted,
    f.MembersTold,
    f.SessionOpened,
    f.SessionClosed,
    f.CourseBegan,
    f.WeekReached,
}
OF_BOTH = {
    f.TimerSet,
    f.TimerCleared,
    f.AlertRaised,
    f.EvidenceAdded,
    f.AlertEscalated,
    f.AlertAcknowledged,
    f.AlertSnoozed,
    f.AlertHandedOver,
    f.AlertReopened,
    f.AlertPostponed,
    f.AlertResolved,
}


def test_the_fold_knows_every_fact() -> None:
    assert set(CONVERSATION) == FACTS - OF_ROOMS
    assert set(ROOM) == OF_ROOMS | OF_BOTH


def test_rows_are_asked_for_by_facts_alone() -> None:
    assert set(ASKING) <= FACTS


def test_no_two_facts_are_written_alike() -> None:
    assert len({tag_of(kind) for kind in FACTS}) == len(FACTS)
