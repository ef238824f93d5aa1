"""Valkey in the data folder: a hint, never the record, so nothing of it is kept."""

import signal
from pathlib import Path

from bot.embedded import processes
from bot.embedded.places import Place, bus_program
from bot.embedded.processes import Account, Users, ask, end, ended, living, moments
from bot.embedded.troubles import EmbeddedFailed, explained

_SOCKET = "valkey.sock"
_START_S = 30.0
_STOP_S = 10.0


def url(place: Place) -> str:
    return f"unix://{place.sockets / _SOCKET}"


def ensure(place: Place, account: Account, *, users: Users) -> int | None:
    """Make this folder's Valkey run and answer. Gives back its process when it had to be started."""
    if _answers_in_time(place, account, users):
        return None
    end(place.bus, account)
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
    # Told so it goes at once; a signal alone takes it a tenth of a second to notice.
    processes.answer(place.sockets / _SOCKET, b"SHUTDOWN NOSAVE\r\n")
    ask(living(place.bus, account), signal.SIGTERM)
    end(place.bus, account, _STOP_S)


def answers(place: Place) -> bool:
    return processes.answer(place.sockets / _SOCKET, b"PING\r\n") == b"+PONG\r\n"


def _answers_in_time(place: Place, account: Account, users: Users) -> bool:
    if users is not Users.ELSEWHERE and not living(place.bus, account):
        return False
    if any(answers(place) for _ in moments(processes.SILENCE_S)):
        return True
    users.must_be_in_view(place.home)
    return False
