"""What can keep our own servers from starting, in sentences that say what to do next."""

from pathlib import Path

OWN_SERVERS = (
    "set BOUNCEBACK_DATABASE_URL and BOUNCEBACK_REDIS_URL to a PostgreSQL and a Redis or Valkey of your own"
)

# The first fragment found in what a program printed decides; so the more particular ones stand first.
_KNOWN = (
    (
        "unshare failed",
        "This machine grants no user namespace, so PostgreSQL cannot run as this user: use an ordinary one",
    ),
    ("setpriv: ", "The servers could not be run as the owner of the data folder"),
    ("No space left on device", "The disk is full: make room in {where}, then start again"),
    ("Disk quota exceeded", "The disk quota is used up: make room in {where}, then start again"),
    ("Read-only file system", "{where} is on a read-only file system: choose another data folder"),
    ("Permission denied", "The servers may not use {where}: check who owns it and the folders above it"),
    (
        "Operation not permitted",
        "The servers may not use {where}: check who owns it and the folders above it",
    ),
    ("Cannot allocate memory", "There is not enough free memory for PostgreSQL: free some, then start again"),
    (
        "could not create shared memory",
        "There is not enough shared memory for PostgreSQL (kernel.shmmni, shmall)",
    ),
)


class EmbeddedFailed(RuntimeError):
    """Our own servers cannot run here. The message is for the person who started us."""


def explained(output: str, where: Path) -> EmbeddedFailed:
    """Turn what a server or the system said into one sentence and the next step."""
    known = (sentence for fragment, sentence in _KNOWN if fragment in output)
    sentence = next(known, "The servers in {where} did not start")
    said = " ".join(output.split()[-60:])
    return EmbeddedFailed(f"{sentence.format(where=where)}; or {OWN_SERVERS}. (It said: {said or 'nothing'})")
