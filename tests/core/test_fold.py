"""Every fact has its place: in a table of the fold, on each kind of Line that it can happen on."""

from __future__ import annotations

from typing import get_args

from bot.core.facts import Fact
from bot.core.fold import CONVERSATION, ROOM
from bot.core.rows import ASKING
from bot.core.values import tag_of

FACTS = set(get_args(Fact))


def test_the_fold_knows_every_fact() -> None:
    assert set(CONVERSATION) | set(ROOM) == FACTS


def test_rows_are_asked_for_by_facts_alone() -> None:
    assert set(ASKING) <= FACTS


def test_no_two_facts_are_written_alike() -> None:
    assert len({tag_of(kind) for kind in FACTS}) == len(FACTS)
