"""What a screen remembers of the posts that it was sent."""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st

from bot.web.known import MOST_KNOWN, Known

STATUSES = (1, 2, 3)


def test_a_post_is_new_once_and_again_as_another() -> None:
    known = Known()
    told = [2, 2, 1, 3, 3, 1]
    assert [known.is_new(7, code) for code in told] == [True, False, True, True, False, True]


@given(st.lists(st.tuples(st.integers(1, MOST_KNOWN), st.sampled_from(STATUSES)), max_size=60))
def test_of_the_latest_nothing_is_forgotten_in_whatever_order_they_come(told: list[tuple[int, int]]) -> None:
    known, before = Known(), dict[int, int]()
    for seq, status in told:
        assert known.is_new(seq, status) == (before.get(seq) != status)
        before[seq] = status


@given(st.lists(st.tuples(st.integers(1, 3000), st.sampled_from(STATUSES)), max_size=60))
def test_nothing_is_taken_for_sent_that_was_not(told: list[tuple[int, int]]) -> None:
    known, before = Known(), dict[int, int]()
    for seq, status in told:
        assert known.is_new(seq, status) or before.get(seq) == status
        before[seq] = status


def test_a_screen_that_reads_along_is_sent_each_once_and_holds_little() -> None:
    known = Known()
    assert all(known.is_new(seq, 1) for seq in range(1, 2000))
    assert not any(known.is_new(seq, 1) for seq in range(2000 - MOST_KNOWN, 2000))
    assert sys.getsizeof(known._codes) < 2048


def test_far_apart_costs_no_more() -> None:
    known = Known()
    assert [known.is_new(seq, 1) for seq in (1, 10**9, 10**9, 1)] == [True, True, False, True]
    assert sys.getsizeof(known._codes) < 2048
