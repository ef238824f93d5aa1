"""What cannot work is refused with the next step; awkward paths do work."""

import os
import shutil
import stat
import sys
from pathlib import Path

import pytest
from embedded_folder import asked, tell_bus

from bot.embedded import EmbeddedFailed, embedded_servers, find_running
from bot.embedded.places import Place, account_for, make_private
from bot.embedded.troubles import explained

pytestmark = pytest.mark.system


# Refused, with the next step


async def test_data_of_another_release_is_left_alone(data: Path) -> None:
    version = data / "servers/pg/PG_VERSION"
    made_by = version.read_text()
    version.write_text("9\n")
    with pytest.raises(EmbeddedFailed, match=r"PostgreSQL 9, .* brings PostgreSQL \d\d.*Export"):
        async with embedded_servers(data):
            pass
    version.write_text(made_by)


@pytest.mark.skipif(os.geteuid() == 0, reason="no folder is closed to root")
async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(EmbeddedFailed, match=r"may not use .*closed/var"):
        async with embedded_servers(closed / "var"):
            pass


async def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").touch()
    with pytest.raises(EmbeddedFailed, match="var"):
        async with embedded_servers(tmp_path / "var"):
            pass


async def test_only_linux_is_promised(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", "darwin")
        with pytest.raises(EmbeddedFailed, match="BOUNCEBACK_DATABASE_URL and BOUNCEBACK_REDIS_URL"):
            async with embedded_servers(empty):
                pass


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("unshare: unshare failed: No space left on device", "no user namespace"),
        ("unshare: unshare failed: Operation not permitted", "no user namespace"),
        ('FATAL:  could not write to file "pg_wal/xlogtemp.9": No space left on device', "disk is full"),
        ("FATAL:  data directory has wrong ownership", "did not start"),
    ],
)
def test_what_a_program_said_becomes_a_next_step(said: str, sentence: str) -> None:
    told = str(explained(said, Path("/data")))
    assert sentence in told and "BOUNCEBACK_DATABASE_URL" in told


# Awkward paths


@pytest.mark.parametrize("name", ["long" * 30, "Zoë's 100% data, & more: @home?#"])
async def test_a_path_that_no_socket_or_url_can_hold_is_served(tmp_path: Path, name: str) -> None:
    awkward = tmp_path / name
    async with embedded_servers(awkward, durable=False) as servers:
        assert await asked(servers.database_url, "select 1") == 1
        assert await tell_bus(servers.redis_url, "PING") == b"+PONG\r\n"
        assert await find_running(awkward) == servers
        sockets = Place.of(awkward).sockets
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert not sockets.exists()
    shutil.rmtree(awkward)


async def test_a_folder_may_move_to_a_longer_path_and_back(data: Path, tmp_path: Path) -> None:
    longer = tmp_path / ("long" * 30)
    for old, new in ((data, longer), (longer, data)):
        old.rename(new)
        async with embedded_servers(new) as servers:
            assert await asked(servers.database_url, "select 1") == 1


async def test_a_short_folder_that_others_can_open_is_not_believed(tmp_path: Path) -> None:
    place = Place.of(tmp_path / ("long" * 30))
    account = account_for(place)
    make_private(place.home, account)
    place.choose_sockets(account)
    place.sockets.chmod(0o755)
    with pytest.raises(EmbeddedFailed, match="mode 0755"):
        async with embedded_servers(place.home.parent):
            pass
