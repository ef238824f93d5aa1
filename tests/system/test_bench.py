"""The bench: its reckoning on known samples, its client on the wire, and a small sample of each scenario. Never a speed."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSMsgType, web

from bot.cli.bench import SCENARIOS
from bot.cli.benches.commits import commit_at, make_turns
from bot.cli.benches.ground import Ground, signed_in
from bot.cli.benches.idle import kib_each
from bot.cli.benches.telling import as_json, write_report
from bot.cli.benches.turns import differing
from bot.cli.benches.watch import Used, spread_ms
from bot.cli.benches.wire import connect, masked
from bot.cli.proofs.findings import Bar, Findings, percentile
from bot.core.errors import Misuse
from bot.report.bench.charts import charts_of, short
from bot.usecases.house import House
from bot.wiring import Gauge

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, begun: Callable[[Path], Path]) -> Iterator[Ground]:
    """One data folder for all samples: making a cluster takes seconds."""
    folder = tmp_path_factory.mktemp("bench")
    ground = Ground(folder, quick=True, tell=lambda what, done, of: None)
    begun(ground.data)
    yield ground
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
async def record(ground: Ground) -> AsyncIterator[tuple[House, Gauge]]:
    async with ground.instance(), ground.inside() as (house, gauge, _):
        yield house, gauge


# -- the reckoning


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100)])
def test_a_percentile_is_the_value_that_this_share_does_not_pass(share: float, value: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], share) == value


def test_percentiles_of_one_and_of_none() -> None:
    assert spread_ms([0.0042]) == {"p50": 4.2, "p95": 4.2, "p99": 4.2}
    assert percentile([], 0.5) == 0


def test_bars_hold_up_to_their_limit_and_no_further() -> None:
    bars = [
        Bar("most", 2, most=2),
        Bar("over", 2.01, most=2),
        Bar("least", 3, least=3),
        Bar("under", 2.99, least=3),
    ]
    found = Findings("turns", {}, bars)
    assert [bar.name for bar in found.short] == ["over", "under"]
    assert found.verdict() == "turns: FALLS SHORT: over 2.01 (at most 2), under 2.99 (at least 3)"


def test_what_one_turn_used_is_the_difference_of_two_looks() -> None:
    used = Used(3.0, 1.5, 0.7).since(Used(1.0, 1.0, 0.5))
    assert used.each_us(1000) == {"server": 2000.0, "postgresql": 500.0, "generator": 200.0}
    assert Used(3.0, None, 0.7).since(Used(1.0, None, 0.5)).each_us(1000)["postgresql"] is None


def test_a_socket_holds_what_the_server_grew_by() -> None:
    before = {"server_pss_mib": 100.0, "server_rss_mib": 120.0}
    assert kib_each(before, {"server_pss_mib": 110.0, "server_rss_mib": 150.0}, 1024) == 10.0
    assert kib_each(before | {"server_pss_mib": None}, before | {"server_rss_mib": 130.0}, 1024) == 10.0


def test_an_acknowledgement_without_a_message_is_counted() -> None:
    assert differing(Counter(ann=3, ben=2), Counter(ann=3, ben=2)) == 0
    assert differing(Counter(ann=3, ben=2), Counter(ann=3, ben=1)) == 1


def test_one_patients_loss_is_not_made_up_by_anothers_double() -> None:
    assert differing(Counter(ann=3, ben=2), Counter(ann=2, ben=3)) == 2


@pytest.mark.parametrize(
    ("value", "text"), [(0.0123, "0.0123"), (3.14159, "3.14"), (99.94, "99.9"), (12345.6, "12,346")]
)
def test_numbers_are_told_with_the_digits_that_count(value: float, text: str) -> None:
    assert short(value) == text


# -- the client


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    async def serve(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(protocols=("bounceback.v1",), compress=False)
        await ws.prepare(request)
        async for message in ws:
            if message.type is WSMsgType.TEXT:
                await ws.ping(b"there?")
                await ws.send_str(message.data)
        return ws

    app = web.Application()
    app.router.add_get("/v1/ws", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 300_000])
async def test_frames_of_every_size_come_back_whole(echo: int, size: int) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    wire = await connect(echo, heard.put_nowait, lambda: None)
    for n in range(3):
        wire.send(b"%d" % n + b"x" * size)
    async with asyncio.timeout(10):
        assert [await heard.get() for _ in range(3)] == [b"%d" % n + b"x" * size for n in range(3)]
    wire.close()


async def test_who_is_no_websocket_is_told_apart(echo: int) -> None:
    with pytest.raises((Misuse, OSError)):
        await connect(1, lambda _: None, lambda: None)


def test_a_clients_frame_is_masked() -> None:
    assert masked(b"hi") == bytes((0x81, 0x82, 0, 0, 0, 0)) + b"hi"


# -- the scenarios


def test_a_scenario_that_cannot_be_carried_out_is_told_as_a_missed_bar(tmp_path: Path) -> None:
    found = Findings("idle", {"failed": "Misuse: too few files"}, [Bar("carried out", 0, least=1)])
    page = write_report(tmp_path, [found], quick=False).read_text()
    assert "could not be carried out: Misuse: too few files" in page
    assert page.count("MISSED") == 1


@pytest.mark.parametrize("name", SCENARIOS)
async def test_a_small_sample_measures_all_that_the_report_shows(
    ground: Ground, name: str, tmp_path: Path
) -> None:
    found = await SCENARIOS[name](ground)
    assert found.short == [], found.line()
    (told,) = as_json([found])
    numbers = [v for chart in charts_of(told) for row in chart.rows for v in row.values]
    assert numbers
    # What few sockets hold is lost in what their server begins, just then, to share with another process.
    assert all(v is not None and (v >= 0 or name == "idle") for v in numbers), told
    page = write_report(tmp_path, [found], quick=True).read_text()
    assert "MISSED" not in page
    assert json.loads((tmp_path / "bench.json").read_text()) == [told]


async def test_every_acknowledged_turn_stands_in_the_record_and_a_lie_is_seen(
    record: tuple[House, Gauge],
) -> None:
    """Turns that a record only pretended to take are missing there."""
    house, gauge = record
    clinic, people = await signed_in(house, [], 2)
    honest, lied_to = (p.patient for p in people)
    turns = await make_turns(house, clinic.id, {honest: 4, lied_to: 4})
    before = Counter(await gauge.messages_heard(clinic.id))

    async def lie(*_: Any) -> bool:
        return True

    async def used() -> Used:
        return Used(0, 0, 0)

    for patient, commit in ((honest, house.writer.commit), (lied_to, lie)):
        await commit_at([patient], turns, 4, clinic.id, commit, used)
    stored = Counter(await gauge.messages_heard(clinic.id)) - before
    acknowledged = Counter({honest: 4, lied_to: 4})
    assert stored[honest] == 4
    assert differing(acknowledged, stored) == 4


async def test_both_ways_of_committing_leave_the_same_rows(record: tuple[House, Gauge]) -> None:
    """The rival writes all that the writer writes, or the comparison would flatter one of them."""
    house, gauge = record
    clinic, people = await signed_in(house, [], 1)
    patient = people[0].patient
    turns = (await make_turns(house, clinic.id, {patient: 26}))[patient]
    facts = [fact for entry in turns for fact in entry.facts]
    for n, entry in enumerate(tuple(turns)):
        commit = gauge.commit_separately if n % 2 else house.writer.commit
        assert await commit(clinic.id, entry)
        assert not await gauge.commit_separately(clinic.id, entry)
    assert list(await house.record.lines.facts(clinic.id, patient))[-len(facts) :] == facts
    heard = await gauge.messages_heard(clinic.id)
    seen = await house.record.reading.messages(clinic.id, patient, 0, most=1000)
    words = await house.record.lines.words(clinic.id, patient, [w.id for e in turns for w in e.words])
    assert heard[patient] == 26
    assert {m.seq for m in seen} == set(range(1, turns[-1].seq + 1))
    assert len(words) == sum(len(e.words) for e in turns)
