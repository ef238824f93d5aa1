"""rasa-sdk's stock action server as a real process."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_S = 30


@contextlib.contextmanager
def action_server(package: str) -> Iterator[str]:
    """The address of a stock server's webhook, running ``package`` until the block ends."""
    port = _free_port()
    path = os.pathsep.join((str(ROOT), str(Path(__file__).parent)))
    environment = os.environ | {"SANIC_HOST": "127.0.0.1", "PYTHONPATH": path, "SANIC_WORKERS": "1"}
    server = subprocess.Popen(
        [sys.executable, "-m", "rasa_sdk", "--actions", package, "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_until_healthy(server, f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}/webhook"
    finally:
        # It ignores SIGTERM for long, and has children.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def _wait_until_healthy(server: subprocess.Popen[bytes], health: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    give_up = time.monotonic() + START_S
    while time.monotonic() < give_up:
        assert server.poll() is None, "the action server ended at once"
        with contextlib.suppress(urllib.error.URLError, OSError), opener.open(health, timeout=1) as answer:
            if answer.status == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"the action server was not healthy within {START_S} s")
