"""A real process from outside: how it stops, what it refuses at the start, and the commands beside it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from bot.authoring import CONTENT_SHIPPED
from bot.cli import app
from bot.cli.proofs.instance import Instance, an_instance, environment
from bot.core.errors import Misuse
from bot.embedded import find_running

pytestmark = pytest.mark.system

THERAPIST = "t.example@clinic.example"
PASSWORD = "correct horse battery staple"
CRISIS = {"type": "say", "id": "7b0f6f0e-6f0c-4f7e-9d6e-0d4a3f1f0001", "text": "i want to die"}


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


async def bounceback(*words: str | Path, **settings: str) -> Ended:
    """One command in a process of its own. ``settings``: names without their prefix."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *map(str, words),
        env=environment(settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


@pytest_asyncio.fixture(scope="module")
async def running(
    tmp_path_factory: pytest.TempPathFactory, begun: Callable[[Path], Path]
) -> AsyncIterator[Instance]:
    """An instance with a service and its therapist, both added beside it by the command line."""
    folder = tmp_path_factory.mktemp("process")
    file = folder / "service.json"
    file.write_text(json.dumps({"slug": "clinic", "name": "The clinic", "nation": "wales"}))
    async with an_instance(begun(folder / "var")) as instance:
        added = await bounceback("service", "add", file, "--data", instance.data)
        assert (added.code, added.out) == (0, "clinic is set up.\n"), added.err
        staff = await bounceback(
            *("staff", "add", THERAPIST, "--role", "therapist", "--role", "duty"),
            *("--password", PASSWORD, "--data", instance.data),
        )
        assert (staff.code, staff.out) == (0, "Added to clinic.\n"), staff.err
        yield instance


async def invited(instance: Instance) -> dict[str, str]:
    made = await bounceback(
        *("invite", "--condition", "copd", "--therapist", THERAPIST, "--json", "--data", instance.data)
    )
    assert made.code == 0, made.err
    return dict(json.loads(made.out))


async def joined(url: str, invite: str) -> str:
    body = {"invite": invite, "adult": True, "consents": {"care": True}}
    async with aiohttp.ClientSession(url) as session, asyncio.timeout(10):
        while True:
            async with session.post("/v1/join", json=body) as answer:
                if answer.status == 200:
                    return str((await answer.json())["token"])
            await asyncio.sleep(0.05)


async def said(url: str, token: str, frame: dict[str, str]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(url) as session,
        session.post("/v1/messages", json=frame, headers=headers) as answer,
    ):
        return dict(await answer.json())


async def ledger(instance: Instance, patient: str) -> list[dict[str, Any]]:
    told = await bounceback("alerts", "--json", "--data", instance.data)
    assert told.code == 0, told.err
    return [alert for alert in json.loads(told.out) if alert["patient"] == patient]


# -- beside a running instance


async def test_an_alert_is_listed_with_its_evidence_and_acknowledged(running: Instance) -> None:
    made = await invited(running)
    assert made.keys() == {"invite", "url", "patient", "short"}
    assert made["url"].endswith(f"/chat#invite={made['invite']}")
    ack = await said(running.url, await joined(running.url, made["invite"]), CRISIS)

    (alert,) = await ledger(running, made["patient"])
    assert (alert["concern"], alert["level"], alert["state"]) == ("risk", "now", "open")
    assert {(e["seq"], e.get("client_id")) for e in alert["evidence"]} == {(ack["seq"], CRISIS["id"])}
    done = await bounceback("alert", "ack", alert["id"], "--by", THERAPIST, "--data", running.data)
    assert (done.code, done.out) == (0, "Acknowledged.\n"), done.err
    (after,) = await ledger(running, made["patient"])
    assert after["state"] == "acknowledged"
    assert after["acknowledged"] is not None


async def test_the_doctor_finds_a_running_instance_well(running: Instance) -> None:
    found = await bounceback("doctor", "--json", "--data", running.data)
    parts = json.loads(found.out)
    assert {name: parts[name] for name in ("record", "bus", "content", "services")} == {
        "record": "ok",
        "bus": "ok",
        "content": "ok",
        "services": "ok",
    }


# -- stopping


async def test_sigterm_says_bye_to_open_screens_and_ends_with_0(running: Instance) -> None:
    made = await invited(running)
    other = Instance(running.data, environment=running.environment)
    try:
        other.start()
        await other.ready()
        token = await joined(other.url, made["invite"])
        async with aiohttp.ClientSession(other.url) as session, session.ws_connect("/v1/ws") as ws:
            await ws.send_json({"type": "hello", "token": token, "after": 0})
            assert (await ws.receive_json())["type"] == "welcome"
            stopping = asyncio.create_task(other.stop())
            frames = [json.loads(m.data) async for m in ws if m.type is aiohttp.WSMsgType.TEXT]
            seconds, code = await stopping
    finally:
        other.end()
    assert (frames[-1]["type"], frames[-1]["code"]) == ("bye", "restarting")
    assert frames[-1]["retry_after"] > 0
    assert code == 0
    assert seconds < 15
    assert await find_running(running.data), "the servers stay for the process that still uses them"


async def test_the_last_process_stops_the_servers_of_its_folder(
    tmp_path: Path, begun: Callable[[Path], Path]
) -> None:
    async with an_instance(begun(tmp_path / "var")) as instance:
        _, code = await instance.stop()
        assert code == 0
        assert instance.postgres() | instance.valkey() == set()


# -- refused at the start


async def test_a_taken_port_is_said_in_a_sentence(running: Instance) -> None:
    refused = await bounceback("run", "--port", str(running.port), "--data", running.data)
    assert refused.code == 2
    assert f"port {running.port} on 127.0.0.1 is taken: choose another with --port\n" in refused.err
    assert "Traceback" not in refused.err


async def test_production_names_what_is_missing(tmp_path: Path) -> None:
    refused = await bounceback("run", "--data", tmp_path / "var", ENV="production")
    assert refused.code == 2
    for name in ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "MASTER_KEYS"):
        assert f"BOUNCEBACK_{name}" in refused.err
    assert "Traceback" not in refused.err
    assert not (tmp_path / "var").exists()


async def test_wrong_master_keys_are_said_in_a_sentence_that_does_not_show_them(tmp_path: Path) -> None:
    refused = await bounceback("run", "--data", tmp_path / "var", MASTER_KEYS="one:c2VjcmV0")
    assert refused.code == 2
    assert "BOUNCEBACK_MASTER_KEYS needs id:base64 of 32 bytes" in refused.err
    assert "c2VjcmV0" not in refused.err
    assert "Traceback" not in refused.err
    assert not (tmp_path / "var").exists()


# -- your own servers


async def test_with_both_urls_set_the_data_folder_gets_no_servers(
    running: Instance, tmp_path: Path, begun: Callable[[Path], Path]
) -> None:
    own = await find_running(running.data)
    assert own is not None
    urls = {"DATABASE_URL": own.database_url, "REDIS_URL": own.redis_url}
    keys = (running.data / "master.key").read_text()
    async with an_instance(begun(tmp_path / "var"), {**urls, "MASTER_KEYS": f"local:{keys}"}) as instance:
        async with aiohttp.ClientSession(instance.url) as session, session.get("/readyz") as answer:
            assert (await answer.json())["parts"] == {
                "record": "ok",
                "bus": "ok",
                "content": "ok",
                "schedule": "ok",
            }
        assert await instance.stop() is not None
    assert not (tmp_path / "var" / "servers").exists()
    assert await find_running(running.data), "servers that are not ours are left running"


# -- asking the rules


@pytest.mark.parametrize(
    ("command", "asked", "answer"),
    [
        ("screen", {"text": "i want to die"}, {"tier": "alert"}),
        ("screen", {"text": "the weather is nice"}, {"tier": "none", "category": None, "rule": None}),
        (
            "score",
            {"measure": "phq9", "answers": [1, 1, 1, 1, 1, 1, 1, 1, 2]},
            {"total": 10, "case": True, "complete": True},
        ),
        (
            "score",
            {"measure": "gad7", "answers": [0, 1, 0, None, 0, 0, 0]},
            {"total": None, "complete": False},
        ),
        (
            "outcome",
            {"first": {"phq9": 16, "gad7": 12}, "last": {"phq9": 6, "gad7": 4}, "contacts": 6},
            {"case_at_start": True, "recovered": True, "reliable_recovery": True, "finished": True},
        ),
        ("post", {"text": "I went for a short walk today and it helped."}, {"verdict": "pass", "rule": None}),
        ("post", {"text": "write to me at sam@example.org"}, {"verdict": "hold"}),
    ],
)
def test_a_rule_answers_one_line_with_one_line(
    command: str, asked: dict[str, Any], answer: dict[str, Any]
) -> None:
    done = CliRunner().invoke(
        app, [command, "--jsonl", "--content", str(CONTENT_SHIPPED)], input=json.dumps(asked) + "\n"
    )
    assert done.exit_code == 0
    (line,) = done.stdout.splitlines()
    got = json.loads(line)
    assert {name: got[name] for name in answer} == answer


def test_a_line_that_is_no_json_is_named_by_its_number() -> None:
    lines = '{"measure": "gad7", "answers": [0,0,0,0,0,0,0]}\nnot json\n'
    done = CliRunner().invoke(app, ["score", "--jsonl", "--content", str(CONTENT_SHIPPED)], input=lines)
    assert isinstance(done.exception, Misuse)
    assert "line 2 is not as this command expects it" in str(done.exception)


async def test_a_release_is_written_out_byte_for_byte(running: Instance, tmp_path: Path) -> None:
    """What was edited since is put back; a file that is not the release's own is named, and left alone."""
    folder = tmp_path / "content"
    first = await bounceback("content", "pull", folder, "--data", running.data)
    assert first.code == 0, first.err
    names = [p.relative_to(CONTENT_SHIPPED) for p in CONTENT_SHIPPED.rglob("*") if p.is_file()]
    assert {p.relative_to(folder) for p in folder.rglob("*") if p.is_file()} == set(names)
    assert all((folder / n).read_bytes() == (CONTENT_SHIPPED / n).read_bytes() for n in names)
    (folder / names[0]).write_text("edited")
    (folder / "notes.txt").write_text("mine")
    second = await bounceback("content", "pull", folder, "--data", running.data)
    assert f"written: {names[0].as_posix()}\nnot in the release: notes.txt\n" in second.out
    assert (folder / names[0]).read_bytes() == (CONTENT_SHIPPED / names[0]).read_bytes()
    assert (folder / "notes.txt").read_text() == "mine"
