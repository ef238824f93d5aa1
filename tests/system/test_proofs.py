"""A small sample of each long experiment, on durable servers; and that the reckoning sees what it must see."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bot.authoring import CONTENT_SHIPPED, shipped_library
from bot.cli.proofs.audit import prove_audit
from bot.cli.proofs.content import prove_content
from bot.cli.proofs.doors import Frame
from bot.cli.proofs.erasure import prove_erasure
from bot.cli.proofs.evening import bars_of, prove_evening
from bot.cli.proofs.evening_reckoned import (
    Kept,
    PostKept,
    compared,
    reckon_acts,
    reckon_past,
    reckon_record,
    reckon_screen,
)
from bot.cli.proofs.findings import Bar, Findings, Task
from bot.cli.proofs.kill import prove_kill
from bot.cli.proofs.patient import Patient, Sent
from bot.cli.proofs.preview import prove_preview
from bot.cli.proofs.publish import prove_publish
from bot.cli.proofs.reckoning import reckon
from bot.cli.proofs.screens import Act, Device
from bot.cli.proofs.start import prove_start
from bot.cli.proofs.torn import Editions, reckon_texts
from bot.core.facts import Fact, MessageHeard, MessageShown, RunEnded
from bot.core.library import Library
from bot.core.shown import Shown
from bot.core.values import WordId

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Task]:
    """One data folder for all samples: making a cluster takes seconds."""
    folder = tmp_path_factory.mktemp("proofs")
    yield Task(folder, quick=True, tell=lambda what, done, of: None)
    shutil.rmtree(folder)


def broken(found: Findings) -> list[str]:
    """What falls short, but for speed: other people use this machine too."""
    return [bar.name for bar in found.short if "seconds" not in bar.name]


async def test_it_starts_from_nothing_and_again_and_stops_in_order(task: Task) -> None:
    found = await prove_start(task)
    assert broken(found) == []
    assert found.figures["exit_codes"] == [0]


async def test_a_look_that_is_changed_by_hand_is_named_and_nothing_else(task: Task) -> None:
    found = await prove_audit(task)
    assert broken(found) == [], found.line()
    assert sum(found.figures["changes_named"].values()) == 24


async def test_nothing_that_somebody_said_is_found_once_they_were_erased(tmp_path: Path) -> None:
    found = await prove_erasure(Task(tmp_path, quick=True, tell=lambda what, done, of: None))
    assert broken(found) == [], found.line()


async def test_kill_9_loses_nothing_doubles_nothing_and_forgets_no_alert(task: Task) -> None:
    found = await prove_kill(task, kills=2)
    assert broken(found) == [], found.line()
    assert found.figures["acknowledged"] > 20


async def test_an_evening_in_a_room_loses_nothing_while_its_processes_are_killed(tmp_path: Path) -> None:
    found = await prove_evening(Task(tmp_path, quick=True, tell=lambda what, done, of: None), kills=2)
    assert broken(found) == [], found.line()
    assert found.figures["acknowledged"]["post"] > 20


async def test_publishing_under_readers_tears_no_message_and_a_broken_folder_changes_nothing(
    task: Task,
) -> None:
    found = await prove_publish(task)
    assert broken(found) == [], found.line()
    assert found.figures["messages_on_another_release_than_the_one_before"] > 0


async def test_a_save_is_shown_in_the_preview_and_the_chat_keeps_its_place(task: Task) -> None:
    found = await prove_preview(task)
    assert broken(found) == [], found.line()


async def test_hostile_content_crashes_no_checker(tmp_path: Path) -> None:
    found = await prove_content(Task(tmp_path, quick=True, tell=lambda what, done, of: None), inputs=44)
    assert broken(found) == [], found.line()
    assert found.figures["inputs"] == 44
    assert {"C0", "C1", "C2", "C3", "C4"} <= found.figures["problems_by_family"].keys()


# -- the reckoning


def told(*answers: int) -> tuple[Patient, list[Frame]]:
    """A patient who filled in GAD-7 while all went well, and the history of it."""
    patient = Patient(0, "token", "socket", random.Random(1))
    history: list[Frame] = [_bot(1, choices=["menu"])]

    def say(kind: Any, reply: Callable[[int], Frame], **what: Any) -> None:
        seq = len(history) + 1
        id_ = f"00000000-0000-4000-8000-{seq:012}"
        patient.sent.append(Sent(len(patient.sent), {"id": id_, **what}, kind, seq))
        text = what.get("text", "as its button says")
        history.extend(
            [{"type": "msg", "seq": seq, "from": "patient", "id": id_, "text": text}, reply(seq + 1)]
        )

    say("words", lambda seq: _bot(seq), text="Hello.")
    say("check_in", lambda seq: _bot(seq, question={"item": "gad7.1"}), choice="1.menu:check_in")
    for n, value in enumerate(answers, 1):
        follows: dict[str, Any] = {"read_back": [1]} if n == 7 else {"question": {"item": f"gad7.{n + 1}"}}
        say("answer", lambda seq, f=follows: _bot(seq, **f), answer={"item": f"gad7.{n}", "value": value})
    total = sum(answers)
    say("send", lambda seq: _bot(seq, text=f"what you told us came to {total} out of 21."), choice="9.send")
    patient.seen = {m["seq"]: dict(m) for m in history}
    return patient, history


def _bot(seq: int, **more: Any) -> Frame:
    return {"type": "msg", "seq": seq, "from": "bot", "text": "", **more}


ANSWERS = (1, 0, 2, 0, 3, 0, 1)


def test_a_history_in_which_all_went_well_shows_no_slip() -> None:
    assert reckon(*told(*ANSWERS)) == {}


def _lose(history: list[Frame]) -> None:
    del history[1]


def _double(history: list[Frame]) -> None:
    history.append(dict(history[1]))


def _swap(history: list[Frame]) -> None:
    history[1], history[3] = history[3], history[1]


def _invent(history: list[Frame]) -> None:
    history[1] = history[1] | {"id": "nobody's"}


def _miscount(history: list[Frame]) -> None:
    history[-1] = _bot(history[-1]["seq"], text="what you told us came to 8 out of 21.")


def _skip_a_question(history: list[Frame]) -> None:
    history[6] = _bot(7, question={"item": "gad7.4"})


def _change_words(history: list[Frame]) -> None:
    history[1] = history[1] | {"text": "Hullo."}


def _leave_unanswered(history: list[Frame]) -> None:
    del history[-1]


@pytest.mark.parametrize(
    ("harm", "slip"),
    [
        (_lose, "lost"),
        (_double, "duplicated"),
        (_swap, "out of order"),
        (_invent, "invented"),
        (_miscount, "wrong effects"),
        (_skip_a_question, "wrong effects"),
        (_change_words, "words changed"),
        (_leave_unanswered, "unanswered"),
    ],
)
def test_the_reckoning_sees_a_harmed_history(harm: Callable[[list[Frame]], None], slip: str) -> None:
    patient, history = told(*ANSWERS)
    harm(history)
    assert slip in reckon(patient, history)


def test_the_reckoning_sees_a_message_that_was_never_shown() -> None:
    patient, history = told(*ANSWERS)
    del patient.seen[4]
    assert "replies missing" in reckon(patient, history)


# -- the reckoning of an evening


def an_evening() -> tuple[Kept, Device]:
    """Member 0 posted and pressed a heart under member 1's post, whose second post a host hid."""
    device = Device(0, "a", "token", "room", (), random.Random(1))
    device.sent = [
        Act("post", {"type": "post", "id": "m1", "text": "Hello"}, 0.0, seq=5),
        Act("react", {"type": "react", "id": "m2", "seq": 2, "kind": "heart"}, 0.0, seq=6),
        Act("report", {"type": "report", "id": "m3", "seq": 3}, 0.0, seq=7),
    ]
    posts = {
        1: PostKept(1, "p1", 0, "Hello"),
        2: PostKept(2, "p2", 1, "Hello you", reactions={"heart": frozenset({0})}),
        3: PostKept(3, "p3", 1, "Unkind", "hidden"),
        4: PostKept(4, "p4", 1, "Was never seen", "hidden", seen=False),
    }
    device.posts = {
        1: {"text": "Hello", "mine": True},
        2: {"text": "Hello you", "reactions": {"heart": 1}},
        3: {"text": "", "hidden": True},
    }
    return Kept(posts, {"m1": "p1"}, {}, {(0, 3): 1}, frozenset({3})), device


def slips_of(kept: Kept, device: Device) -> dict[str, int]:
    found = reckon_screen(kept, device) + reckon_past(kept, device)
    found += reckon_acts(kept, [device], {3: "hide"}) + reckon_record(kept, [device], [])
    return dict(found)


def test_an_evening_in_which_all_went_well_shows_no_slip() -> None:
    assert slips_of(*an_evening()) == {}


@pytest.mark.parametrize(
    ("harmed", "slip"),
    [
        ({"posts": {}}, "missing on a screen"),
        ({"posts": {3: {"text": "Unkind"}}}, "hidden and still shown"),
        ({"posts": {2: {"text": "Hello you", "reactions": {}}}}, "reactions differ"),
        ({"posts": {4: {"text": "Nobody's"}}}, "not there for this reader"),
        ({"posts": {4: {"text": "", "hidden": True}}}, "not there for this reader"),
    ],
)
def test_the_reckoning_sees_a_harmed_screen(harmed: dict[str, Any], slip: str) -> None:
    kept, device = an_evening()
    device.posts = {} if not harmed["posts"] else device.posts | harmed["posts"]
    assert slip in slips_of(kept, device)


@pytest.mark.parametrize(
    ("harmed", "slip"),
    [
        ({"offered": {}}, "posts lost"),
        ({"offered": {"m1": "p9"}}, "posts lost"),
        ({"reported": {}}, "reports lost"),
        ({"told": frozenset()}, "reports without an alert"),
        ({"reported": {(0, 3): 2}}, "reports twice"),
        ({"case_rows": frozenset({4})}, "rows without a case"),
    ],
)
def test_the_reckoning_sees_a_harmed_record(harmed: dict[str, Any], slip: str) -> None:
    kept, device = an_evening()
    assert slip in slips_of(replace(kept, **harmed), device)


@pytest.mark.parametrize("kept_as", [("", "hidden"), ("", "shown"), ("Hullo", "shown"), ("Hullo", "held")])
def test_the_reckoning_sees_acknowledged_words_that_are_gone_or_others(kept_as: tuple[str, str]) -> None:
    """A post whose sealed words are gone is read as a hidden one without words, by the record and by the screens alike."""
    kept, device = an_evening()
    text, status = kept_as
    device.posts[1] = {"text": text, "mine": True} | ({"hidden": True} if status == "hidden" else {})
    posts = dict(kept.posts) | {1: PostKept(1, "p1", 0, text, status)}
    assert slips_of(replace(kept, posts=posts), device)["words lost"] == 1


def test_words_of_a_post_that_a_host_hid_are_kept_and_lose_nothing() -> None:
    kept, device = an_evening()
    device.posts[1] = {"text": "", "mine": True, "hidden": True}
    posts = dict(kept.posts) | {1: PostKept(1, "p1", 0, "Hello", "hidden")}
    assert slips_of(replace(kept, posts=posts), device) == {}


@pytest.mark.parametrize(
    ("why", "paused", "slips"),
    [
        ("left", set(), {"posts not placed": 1}),
        ("closed", set(), {"posts not placed": 1}),
        ("paused", {1}, {"posts not placed": 1}),
        ("paused", {0}, {}),
    ],
)
def test_a_post_that_is_not_placed_is_lost_unless_reports_paused_its_author(
    why: str, paused: set[int], slips: dict[str, int]
) -> None:
    """A membership that is gone after a kill looks like one that was left."""
    kept, device = an_evening()
    device.sent[0].frame["id"] = "m0"
    offered, not_placed = dict(kept.offered) | {"m0": "p0"}, {"p0": why}
    kept = replace(kept, offered=offered, not_placed=not_placed, paused=frozenset(paused))
    assert slips_of(kept, device) == slips
    assert all(bar.found == sum(slips.values()) for bar in bars_of(Counter(slips)) if bar.name == "lost")


def looked_from_5_on() -> tuple[Kept, Device]:
    """What stood above was shown on an earlier connection, which ended when 4 was the last post; 2 was held at first."""
    _, device = an_evening()
    device.sent = []
    posts = {n: PostKept(n, f"p{n}", 1, f"Words {n}", at_once=n != 2) for n in range(1, 7)}
    device.ever = {n: {"text": f"Words {n}"} for n in posts if n != 2}
    device.posts = {n: device.ever[n] for n in (5, 6)}
    device.first, device.stretches = 5, [(1, 3), (1, 4), (5, 6)]
    return Kept(posts), device


def of_the_past(kept: Kept, device: Device) -> dict[str, int]:
    return dict(+(reckon_screen(kept, device) + reckon_past(kept, device)))


def test_what_a_device_showed_and_let_go_of_is_compared_and_counted() -> None:
    kept, device = looked_from_5_on()
    assert of_the_past(kept, device) == {}
    assert compared(kept, [device]) == {"posts_for_screens": 6, "posts_on_screens_compared": 5}


def test_a_post_that_came_and_went_while_a_device_was_away_is_not_counted_as_compared() -> None:
    kept, device = looked_from_5_on()
    del device.ever[4]
    device.stretches = [(1, 3), (5, 6)]
    assert of_the_past(kept, device) == {}
    assert compared(kept, [device]) == {"posts_for_screens": 6, "posts_on_screens_compared": 4}


@pytest.mark.parametrize(
    ("was_shown", "slip"),
    [
        ({}, "missing on a screen"),
        ({3: {"text": "Others"}}, "words differ"),
        ({3: {"text": ""}}, "words differ"),
        ({3: {"text": "Words 3"}, 0: {"text": "Nobody's"}}, "not there for this reader"),
    ],
)
def test_the_reckoning_sees_a_screen_that_was_harmed_before_its_window(
    was_shown: dict[int, Any], slip: str
) -> None:
    kept, device = looked_from_5_on()
    del device.ever[3]
    device.ever |= was_shown
    assert of_the_past(kept, device) == {slip: 1}


def test_a_device_remembers_what_it_showed_on_each_connection() -> None:
    _, device = an_evening()
    device._shown({"seq": 9, "text": "Nine", "at": "t", "shown_at": "t"})
    assert device.ever[9]["text"] == device.posts[9]["text"] == "Nine"


def test_the_reckoning_sees_a_reaction_that_is_gone_and_a_post_that_stands_twice() -> None:
    kept, device = an_evening()
    posts = dict(kept.posts) | {2: PostKept(2, "p2", 1, "Hello you"), 4: PostKept(4, "p4", 0, "Hello")}
    slips = slips_of(replace(kept, posts=posts), device)
    assert {"reactions missing", "posts twice"} <= slips.keys()


@pytest.mark.parametrize("overtook", [False, True])
def test_one_devices_order_is_told_from_that_of_two(overtook: bool) -> None:
    """The post of seq 1 was written after the one of seq 4, and taken up before it where another device sent it, too."""
    kept, device = an_evening()
    earlier = Act("post", {"type": "post", "id": "m0", "text": "Earlier"}, 0.0, seq=4)
    device.open = [earlier, device.sent[0]]
    device.sent = [earlier, *device.sent]
    if overtook:
        device.sent_elsewhere(device.sent[1].frame)
    device.posts[4] = {"text": "Earlier", "mine": True}
    posts = dict(kept.posts) | {4: PostKept(4, "p0", 0, "Earlier")}
    as_taken_up = {"m1": "p1", "m0": "p0"} if overtook else {"m0": "p0", "m1": "p1"}
    slips = slips_of(replace(kept, posts=posts, offered=as_taken_up), device)
    out_of_order = {"posts of a device out of order": 1, "posts not in the order of their author's Line": 1}
    assert slips == ({} if overtook else out_of_order)


def test_what_is_sent_elsewhere_while_nothing_waits_before_it_overtakes_nothing() -> None:
    _, device = an_evening()
    device.open = [device.sent[0]]
    device.sent_elsewhere(device.sent[0].frame)
    assert not device.sent[0].overtook


def test_what_has_no_bar_of_its_own_counts_all_the_same() -> None:
    found = Findings("evening", {}, bars_of(Counter({"no answer": 1, "posts lost": 2})))
    assert [(bar.name, bar.found) for bar in found.short] == [("lost", 2), ("unanswered or refused", 1)]


# -- the reckoning of texts


@pytest.fixture(scope="module")
def editions() -> tuple[Library, Library, Editions]:
    shipped = shipped_library(CONTENT_SHIPPED)
    a, b = (
        shipped.model_copy(update={"texts": {"en": {"hello": f"Hello {{name}}. Edition {e}."}}})
        for e in ("A", "B")
    )
    return a, b, Editions({"A": a, "B": b})


def shown(*texts: tuple[str, str], step: str = "texts:hello") -> tuple[list[Fact], dict[int, Shown]]:
    """One turn that showed these texts, each recorded under this release."""
    facts: list[Fact] = [MessageHeard(seq=0, client_id=UUID(int=1), how="text", word=WordId(UUID(int=2)))]
    facts += [
        MessageShown(seq=n, sender="bot", word=WordId(UUID(int=3)), release=release, step=step)
        for n, (release, _) in enumerate(texts, 1)
    ]
    return facts, {n: Shown(text=text) for n, (_, text) in enumerate(texts, 1)}


def test_messages_of_one_edition_show_no_slip(editions: tuple[Library, Library, Editions]) -> None:
    a, _, both = editions
    said = (a.release, "Hello Sam. Edition A.")
    assert +reckon_texts(*shown(said, said), both)[0] == {}


def test_the_reckoning_sees_a_text_of_two_editions(editions: tuple[Library, Library, Editions]) -> None:
    a, _, both = editions
    slips, _ = reckon_texts(*shown((a.release, "Hello Edition B. Edition A.")), both)
    assert slips["two editions in one text at texts:hello"] == 1


@pytest.mark.parametrize("text", ["Hello Sam. Edition B.", "Hullo Sam. Edition A.", ""])
def test_the_reckoning_sees_a_text_that_its_release_does_not_hold(
    editions: tuple[Library, Library, Editions], text: str
) -> None:
    a, _, both = editions
    slips, _ = reckon_texts(*shown((a.release, text)), both)
    assert slips["not of its release at texts:hello"] == 1


def test_the_reckoning_sees_a_step_of_two_releases(editions: tuple[Library, Library, Editions]) -> None:
    a, b, both = editions
    slips, _ = reckon_texts(
        *shown((a.release, "Hello Sam. Edition A."), (b.release, "Hello Sam. Edition B.")), both
    )
    assert +slips == {"two releases in one step at texts:hello": 1}


def test_the_reckoning_sees_a_lost_module(editions: tuple[Library, Library, Editions]) -> None:
    lost = RunEnded(kind="module", name="copd/breathing", how="lost")
    assert reckon_texts([lost], {}, editions[2])[0]["module lost"] == 1


# -- figures


def test_figures_are_one_line_and_name_what_falls_short() -> None:
    found = Findings("kill", {"kills": 2}, [Bar("lost", 1, 0), Bar("duplicated", 0, 0)])
    assert "\n" not in found.line()
    assert found.verdict() == "kill: FALLS SHORT: lost 1 (at most 0)"
