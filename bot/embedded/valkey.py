"""Valkey in the data folder: a hint, never the record, so nothing of it is kept."""

import signal
import socket
from pathlib import Path

from bot.embedded.places import Place, bus_program
from bot.embedded.processes import Account, end, ended, living, moments
from bot.embedded.troubles import EmbeddedFailed, explained

_SOCKET = "valkey.sock"
_START_S = 30.0
_STOP_S = 10.0
SILENCE_S = 5.0


def url(place: Place) -> str:
    return f"unix://{place.sockets / _SOCKET}"


def ensure(place: Place, account: Account, *, alone: bool) -> int | None:
    """Make this folder's Valkey run and answer. Gives back its process when it had to be started."""
    if answers(place) or _answers_in_time(place, account, alone=alone):
        return None
    end(place.bus, account, signal.SIGKILL, 0.0)
    (place.sockets / _SOCKET).unlink(missing_ok=True)
    options: dict[str, str | Path] = {
        "--dir": place.bus,
        "--port": "0",
        "--unixsocket": place.sockets / _SOCKET,
        "--unixsocketperm": "700",
        "--save": "",
        "--appendonly": "no",
        "--daemonize": "no",
        "--loglevel": "warning",
    }
    log = place.home / "valkey.log"
    words = [word for option in options.items() for word in option]
    pid = account.spawn(bus_program(), *words, log=log)
    for _ in moments(_START_S):
        if answers(place):
            return pid
        if ended(pid):
            raise explained(log.read_text(errors="replace"), place.home)
    raise EmbeddedFailed(f"Valkey does not answer {_START_S:.0f} seconds after its start: see {log}.")


def stop(place: Place, account: Account) -> None:
    end(place.bus, account, signal.SIGTERM, _STOP_S)


def answers(place: Place) -> bool:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(1.0)
        try:
            caller.connect(str(place.sockets / _SOCKET))
            caller.sendall(b"PING\r\n")
            return caller.recv(5) == b"+PONG"
        except OSError:
            return False


def _answers_in_time(place: Place, account: Account, *, alone: bool) -> bool:
    if alone and not living(place.bus, account):
        return False
    return any(answers(place) for _ in moments(SILENCE_S))
