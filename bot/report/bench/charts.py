"""The pictures of each scenario, as numbers: the page draws them, the terminal prints the same numbers as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Found = Mapping[str, Any]  # one scenario's figures, as its JSON has them
Number = float | int | None

PERCENTILES = ("p50", "p95", "p99")


@dataclass(frozen=True)
class Row:
    """One group of bars. ``values`` has one for each series; None where there is none."""

    name: str
    values: tuple[Number, ...]


@dataclass(frozen=True)
class Chart:
    """``drawn``: how many of the series, from the first, the picture shows; the table shows all."""

    title: str
    sentence: str
    unit: str
    series: tuple[str, ...]
    rows: tuple[Row, ...]
    drawn: int

    def said(self, value: Number) -> str:
        return "–" if value is None else f"{short(value)} {self.unit}"


def short(value: float) -> str:
    """Three digits that count, thousands apart."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def charts_of(found: Found) -> list[Chart]:
    """None where the scenario ``failed``."""
    drawer = _DRAWERS.get(str(found["experiment"]))
    return drawer(found) if drawer and "failed" not in found else []


def _chart(
    title: str,
    sentence: str,
    unit: str,
    series: Sequence[str],
    rows: Iterable[tuple[str, Sequence[Number]]],
    drawn: int | None = None,
) -> Chart:
    made = tuple(Row(name, tuple(values)) for name, values in rows)
    return Chart(title, sentence, unit, tuple(series), made, len(series) if drawn is None else drawn)


def at(found: Found) -> list[tuple[str, Found]]:
    """``at_8`` and its like, in order."""
    numbered = [
        (int(key[3:]), value) for key, value in found.items() if key[:3] == "at_" and key[3:].isdigit()
    ]
    return [(f"{n:,}", value) for n, value in sorted(numbered, key=lambda pair: pair[0])]


def _spread(of: Found) -> list[Number]:
    return [of[p] for p in PERCENTILES]


# -- the scenarios ------------------------------------------------------------------------------------


def _turns(found: Found) -> list[Chart]:
    loads = [(f"{n} at once", load) for n, load in at(found)]
    last_name, last = loads[-1]
    return [
        _chart(
            "Throughput",
            f"With {last_name}: {short(last['turns']['per_s'])} whole turns a second. The record alone takes "
            f"{short(last['commits']['together']['per_s'])} when turns are written together, and "
            f"{short(last['commits']['a transaction each']['per_s'])} in a transaction each. "
            f"{sum(load['turns']['turned_away'] for _, load in loads)} times somebody was asked to come again.",
            "/s",
            (
                "Whole turns",
                "Record alone, written together",
                "Record alone, a transaction each",
                "Plain echo",
            ),
            (
                (
                    name,
                    (
                        load["turns"]["per_s"],
                        load["commits"]["together"]["per_s"],
                        load["commits"]["a transaction each"]["per_s"],
                        load["echo"]["per_s"],
                    ),
                )
                for name, load in loads
            ),
            drawn=3,
        ),
        _chart(
            "Time of a turn",
            f"From the message to its acknowledgement and the whole reply. With {last_name}, half of them take at "
            f"most {short(last['turns']['turn_ms']['p50'])} ms and 99 of 100 at most "
            f"{short(last['turns']['turn_ms']['p99'])} ms.",
            "ms",
            PERCENTILES,
            ((name, _spread(load["turns"]["turn_ms"])) for name, load in loads),
        ),
        _chart(
            "Time to the acknowledgement, beside the least there is",
            "The acknowledgement leaves when the turn is on the disk. One row committed and one sync of the disk were "
            "measured in the same minute.",
            "ms",
            ("Acknowledgement, p50", "One row committed, p50", "One fdatasync, p50"),
            (
                (
                    name,
                    (
                        load["turns"]["ack_ms"]["p50"],
                        load["one_row_commit_ms"]["p50"],
                        load["fdatasync_ms"]["p50"],
                    ),
                )
                for name, load in loads
            ),
        ),
        _chart(
            "CPU of a turn",
            "What one turn costs the server and PostgreSQL. The load generator ran on the same machine.",
            "µs",
            ("Server", "PostgreSQL", "Load generator"),
            ((name, tuple(load["turns"]["cpu_us"].values())) for name, load in loads),
        ),
        _chart(
            "Syncs of the log for an acknowledgement",
            "One patient alone needs a sync each; many share one.",
            "",
            ("Syncs",),
            ((name, (load["turns"]["wal_syncs_an_ack"],)) for name, load in loads),
        ),
        _memory(("at rest", found["memory_at_rest_mib"]), ("after all loads", found["memory_after_mib"])),
    ]


def _memory(*moments: tuple[str, Found]) -> Chart:
    who = ("server", "postgresql", "valkey")
    return _chart(
        "Memory",
        "Each process's own share (PSS). PostgreSQL's includes the shared buffers that it has touched.",
        "MiB",
        ("Our own processes", "PostgreSQL", "Valkey"),
        ((name, [now[f"{one}_pss_mib"] for one in who]) for name, now in moments),
    )


def _long(found: Found) -> list[Chart]:
    moments = [
        (f"message {key.removeprefix('at_message_')}", value)
        for key, value in found.items()
        if key.startswith("at_message_")
    ]
    (_, early), (_, late) = moments
    return [
        _chart(
            "Time of a turn as the conversation grows",
            f"Half of the turns took {short(early['turn_ms']['p50'])} ms at the beginning and "
            f"{short(late['turn_ms']['p50'])} ms at the end.",
            "ms",
            PERCENTILES,
            ((name, _spread(m["turn_ms"])) for name, m in moments),
        ),
        _chart(
            "CPU of a turn as the conversation grows",
            "A turn must not cost more because much was said before.",
            "µs",
            ("Server", "PostgreSQL"),
            ((name, (m["cpu_us"]["server"], m["cpu_us"]["postgresql"])) for name, m in moments),
        ),
        _chart(
            "Size of the conversation's row",
            "What is read and written with each turn.",
            "bytes",
            ("The row as stored", "Its state as text"),
            ((name, (m["row_bytes"], m["state_bytes"])) for name, m in moments),
        ),
    ]


def _idle(found: Found) -> list[Chart]:
    loads = [(f"{n} sockets", load) for n, load in at(found)]
    last_name, last = loads[-1]
    return [
        _chart(
            "Memory of an idle socket",
            f"With {last_name} each holds {short(last['kib_each'])} KiB of the server.",
            "KiB",
            ("Each socket",),
            ((name, (load["kib_each"],)) for name, load in loads),
        ),
        _memory(
            ("before", found["memory_before_mib"]), *((name, load["memory_mib"]) for name, load in loads)
        ),
        _chart(
            "CPU while nobody says anything",
            "Share of one core.",
            "%",
            ("Server", "PostgreSQL"),
            ((name, (load["server_cpu_percent"], load["postgresql_cpu_percent"])) for name, load in loads),
        ),
    ]


def _storm(found: Found) -> list[Chart]:
    back = found["back_after_ms"]
    return [
        _chart(
            "Back after a dropped network",
            f"{found['sockets']:,} sockets came back at once; the last was welcomed after {short(back['all'])} ms.",
            "ms",
            (*PERCENTILES, "the last"),
            (("welcomed again", [*_spread(back), back["all"]]),),
        ),
        _chart(
            "Others who kept talking",
            "From their message to its acknowledgement.",
            "ms",
            PERCENTILES,
            (
                ("in calm", _spread(found["others_calm"]["ack_ms"])),
                ("in the storm", _spread(found["others_in_the_storm"]["ack_ms"])),
            ),
        ),
    ]


_ROOMS = (("many", "Many rooms"), ("rush", "Many rooms in a rush"), ("big", "One big room"))


def _rooms(found: Found) -> list[Chart]:
    charts = []
    for part, title in _ROOMS:
        sizes, ours, bare = found[part], found[part]["ours"], found[part]["bare"]
        charts.append(
            _chart(
                f"{title}: from a post to its readers",
                f"{sizes['rooms']:,} × {sizes['members_of_a_room']:,} members on two web processes; "
                f"{ours['posts']:,} posts, {short(ours['arrivals_per_s'])} arrivals a second, which keeps "
                f"{short(ours['busy_cores'])} cores busy with those who read here. Beside it, by turns, two "
                "processes that keep nothing and forward over the same bus what is said. "
                f"Of our posts {ours['unread']:,} went on without the models, which would have come too late; "
                f"99 in 100 left less than {short(ours['sent_late_ms']['p99'])} ms after their moment.",
                "ms",
                PERCENTILES,
                (
                    ("post to acknowledgement", _spread(ours["ack_ms"])),
                    ("post to each member", _spread(ours["post_to_arrival_ms"])),
                    ("acknowledgement to each member", _spread(ours["ack_to_arrival_ms"])),
                    ("only forwarded: post to each member", _spread(bare["post_to_arrival_ms"])),
                ),
            )
        )
    return [
        *charts,
        _chart(
            "Times what forwarding alone takes",
            "The same posts at the same pace to as many sockets, in the same minute.",
            "×",
            tuple(title for _, title in _ROOMS),
            ((what, [found[part]["ratio"][what] for part, _ in _ROOMS]) for what in found["many"]["ratio"]),
        ),
        _chart(
            "CPU of an arrival",
            "What one post at one of its readers costs the processes of each kind.",
            "µs",
            tuple(title for _, title in _ROOMS),
            (
                (name, [found[part][side]["cpu_us_an_arrival"].get(kind) for part, _ in _ROOMS])
                for name, side, kind in (
                    ("Web", "ours", "web"),
                    ("Worker", "ours", "worker"),
                    ("PostgreSQL", "ours", "postgresql"),
                    ("Valkey", "ours", "valkey"),
                    ("Only forwarded", "bare", "bare"),
                    ("Only forwarded, Valkey", "bare", "valkey"),
                )
            ),
        ),
        _chart(
            "Memory of each process",
            "Its own share (PSS), with all sockets open.",
            "MiB",
            tuple(title for _, title in _ROOMS),
            (
                (name, [found[part]["memory_mib"][kind] for part, _ in _ROOMS])
                for name, kind in (
                    ("Web", "web"),
                    ("Worker", "worker"),
                    ("PostgreSQL", "postgresql"),
                    ("Valkey", "valkey"),
                    ("Only forwarding", "bare"),
                )
            ),
        ),
        _open_rooms(found["open_rooms"]),
        *_cost(found["cost"]),
    ]


def _open_rooms(found: Found) -> Chart:
    return _chart(
        "Memory of a web process with open rooms",
        f"{found['rooms']:,} rooms with {found['listeners_of_a_room']} listeners and {found['posts_of_a_room']} posts "
        "each, over two web processes.",
        "MiB",
        ("A web process",),
        ((moment, (mib,)) for moment, mib in found["web_mib"].items()),
    )


def _cost(found: Found) -> list[Chart]:
    sizes = [(f"{n} members", cost) for n, cost in at(found)]
    parts = sizes[0][1]["parts_us"]
    return [
        _chart(
            "What a post costs its room",
            "One turn of the room's own Line, by how many are in the room.",
            "µs",
            ("CPU of the process", "CPU of PostgreSQL"),
            ((name, (cost["cpu_us"]["server"], cost["cpu_us"]["postgresql"])) for name, cost in sizes),
        ),
        _chart(
            "What a post writes",
            "Into the log of the record, and how long the room's state is.",
            "bytes",
            ("Log", "State as text"),
            ((name, (cost["wal_bytes"], cost["state_bytes"])) for name, cost in sizes),
        ),
        _chart(
            "What a post's turn does in its process",
            "Half of the times took longer.",
            "µs",
            tuple(name for name, _ in sizes),
            ((part, [cost["parts_us"].get(part) for _, cost in sizes]) for part in parts),
        ),
    ]


def _alarm(found: Found) -> list[Chart]:
    stages = {
        "acknowledged": "ack_ms",
        "told where to turn": "signposted_ms",
        "alert in the record": "alert_in_the_record_ms",
        "first letter accepted": "first_letter_ms",
    }
    return [
        _chart(
            "A burst of alarms",
            f"{found['patients']} people wrote words of crisis at the same moment.",
            "ms",
            PERCENTILES,
            ((name, _spread(found[key])) for name, key in stages.items()),
        )
    ]


def _profile(found: Found) -> list[Chart]:
    shares = found["share_percent"]
    return [
        _chart(
            "Where a turn's time goes",
            f"Shares of the server's own time under Python's profiler; one turn makes {short(found['calls_a_turn'])} calls. "
            "The profiler makes small functions look dearer than they are.",
            "%",
            ("Share",),
            ((part, (share,)) for part, share in shares.items()),
        )
    ]


def _screen(found: Found) -> list[Chart]:
    return [
        _chart(
            "Reading a text for danger",
            f"Time of the processor for one text. 4,000 characters take {short(found['ratio_4000_to_400'])} times as long as 400.",
            "µs",
            ("half", "99 of 100"),
            ((name, (spent["p50"], spent["p99"])) for name, spent in found["cpu_us"].items()),
        )
    ]


_DRAWERS: Mapping[str, Callable[[Found], list[Chart]]] = {
    "turns": _turns,
    "long": _long,
    "idle": _idle,
    "storm": _storm,
    "rooms": _rooms,
    "alarm": _alarm,
    "profile": _profile,
    "screen": _screen,
}
