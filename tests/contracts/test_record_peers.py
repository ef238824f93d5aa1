"""What is read of peer groups: posts with their sealed words, rooms, what was missed, and what waits for hosts."""

from __future__ import annotations

from uuid import uuid4

import pytest
from written import NOW, WrittenLine, invited, sealed

from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.peers import PostgresPeers
from bot.core import facts as f
from bot.core.values import ServiceId, StaffId
from bot.ports import RoomSeen, Sealed


@pytest.fixture
def peers(database: Database) -> PostgresPeers:
    return PostgresPeers(database)


class Group:
    """A room with one member, whose pseudonym and posts are sealed on the member's own Line."""

    def __init__(self, room: WrittenLine, member: WrittenLine, pseudonym: Sealed) -> None:
        self.room, self.member, self.pseudonym = room, member, pseudonym
        self.service = room.service

    async def post(self, seq: int, word: Sealed, *, staff: StaffId | None = None) -> f.PostPlaced:
        placed = f.PostPlaced(
            seq=seq,
            post=uuid4(),
            author=None if staff else self.member.id,
            staff=staff,
            word=word.id,
            status="shown",
            at=NOW,
        )
        if not staff:
            await self.member.write(f.MessageNotUnderstood(seq=seq), words=(word,))
        await self.room.write(placed, words=(word,) if staff else ())
        return placed


@pytest.fixture
async def group(database: Database, service_id: ServiceId) -> Group:
    room = await WrittenLine.group(database, service_id)
    member = await WrittenLine.patient(database, service_id)
    pseudonym = sealed(member.id, "pseudonym")
    await member.write(invited("copd"), words=(pseudonym,))
    await room.write(f.RoomOpened(group="copd"))
    await room.write(f.MemberJoined(patient=member.id, pseudonym=pseudonym.id, at=NOW))
    return Group(room, member, pseudonym)


async def test_a_members_post_carries_their_own_sealed_word_and_pseudonym(
    group: Group, peers: PostgresPeers
) -> None:
    word = sealed(group.member.id, "post")
    placed = await group.post(1, word)

    [seen] = await peers.posts(group.service, group.room.id, 0)

    assert (seen.seq, seen.post, seen.author, seen.staff) == (1, placed.post, group.member.id, None)
    assert (seen.word, seen.pseudonym) == (word, group.pseudonym)


async def test_a_hosts_post_carries_the_rooms_sealed_word_and_no_pseudonym(
    group: Group, peers: PostgresPeers
) -> None:
    word, host = sealed(group.room.id, "post"), StaffId(uuid4())
    await group.post(1, word, staff=host)

    [seen] = await peers.posts(group.service, group.room.id, 0)

    assert (seen.author, seen.staff, seen.word, seen.pseudonym) == (None, host, word, None)


async def test_a_hidden_post_says_so(group: Group, peers: PostgresPeers) -> None:
    await group.post(1, sealed(group.member.id, "post"))
    await group.room.write(f.PostHidden(seq=1, by=StaffId(uuid4())))

    assert [p.status for p in await peers.posts(group.service, group.room.id, 0)] == ["hidden"]


async def test_posts_are_read_on_from_where_one_was(group: Group, peers: PostgresPeers) -> None:
    for n in range(1, 5):
        await group.post(n, sealed(group.member.id, "post"))

    assert [p.seq for p in await peers.posts(group.service, group.room.id, 1, most=2)] == [2, 3]


async def test_a_member_sees_their_rooms_with_their_own_pseudonym(group: Group, peers: PostgresPeers) -> None:
    await group.post(1, sealed(group.member.id, "post"))
    room = RoomSeen(group.room.id, "copd", 1, group.pseudonym.id, members_version=2)

    assert list(await peers.rooms_of(group.service, group.member.id)) == [room]
    assert list(await peers.rooms(group.service)) == [RoomSeen(room.id, "copd", 1, members_version=2)]


async def test_who_left_a_room_no_longer_has_it(group: Group, peers: PostgresPeers) -> None:
    await group.room.write(f.MemberLeft(patient=group.member.id))

    assert list(await peers.rooms_of(group.service, group.member.id)) == []
    assert len(await peers.rooms(group.service)) == 1
