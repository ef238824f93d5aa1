"""Before a room is written, what is new in it is read again: that, and nothing that was read before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import Misuse
from bot.core.room import Member, Room, Standing
from bot.core.values import LineId, WordId
from bot.usecases.change import new_in

IDS = [LineId(UUID(int=n)) for n in range(1, 8)]
NAME = WordId(UUID(int=99))


def member(posts: int = 0, status: Any = "member") -> Member:
    return Member(pseudonym=NAME, status=status, posts=posts)


OLD = Room(
    group="copd",
    seq=2,
    members={i: member() for i in IDS[:3]},
    posts={n: Standing(author=IDS[0], status="shown") for n in (1, 2)},
)


def test_of_a_post_its_author_and_itself_are_new() -> None:
    new = OLD.but(
        seq=3,
        members={**OLD.members, IDS[1]: member(1)},
        posts={**OLD.posts, 3: Standing(author=IDS[1], status="held")},
    )
    assert new_in(OLD, new) == new.but(members={IDS[1]: new.members[IDS[1]]}, posts={3: new.posts[3]})


def test_where_an_old_post_gives_way_the_others_are_not_new() -> None:
    new = OLD.but(posts={2: OLD.posts[2], 3: Standing(author=None, status="shown")})
    assert new_in(OLD, new).posts == {3: new.posts[3]}


def test_of_what_did_not_change_nothing_is_new() -> None:
    found = new_in(OLD, OLD.but(seq=3))
    assert (found.members, found.posts, found.seq, found.group) == ({}, {}, 3, "copd")


@pytest.mark.parametrize("who", [IDS[0], IDS[2], IDS[5]])
def test_a_new_entry_that_cannot_be_read_is_found_wherever_it_stands(who: LineId) -> None:
    new = OLD.but(members={**OLD.members, who: member(status="odd")})
    with pytest.raises(Misuse):
        Room.from_json(new_in(OLD, new).json())


@given(st.data())
def test_every_entry_that_differs_is_among_the_new_ones(data: st.DataObject) -> None:
    was = {i: member() for i in data.draw(st.lists(st.sampled_from(IDS), unique=True))}
    now = {
        i: was[i] if i in was and data.draw(st.booleans()) else member(1)
        for i in data.draw(st.lists(st.sampled_from(IDS), unique=True))
    }
    new = new_in(Room(members=was), Room(members=now)).members
    assert {i for i, m in now.items() if was.get(i) is not m} <= new.keys() <= now.keys()
