"""Into a peer group: read its rules, choose a pseudonym, and the room's own Line admits."""

from __future__ import annotations

import re
from typing import Literal

from bot.core.facts import MembershipAnswered, MembershipAsked, PhaseReached, RunEnded, WaitBegan
from bot.core.flow.voice import (
    Talk,
    ask,
    first_name,
    group_for,
    language_of,
    library_of,
    offer,
    sentence,
    speak,
    wait_for_choice,
)
from bot.core.library import Group
from bot.core.posts import fit_for_name, held_for, seen_alike
from bot.core.shown import Question, Shown
from bot.core.state import ForRoom, GroupRun
from bot.core.values import LineId


def go_on(pen: Talk) -> None:
    run = _run(pen)
    group = group_for(pen, run.group, library_of(pen, run.release))
    membership = pen.state.rooms.get(run.group)
    if pen.state.profile.consents.get("groups") is False:
        speak(pen, "choice_groups_needed", about=sentence(pen, "consent_groups_about"))
        _ended(pen, "stopped")
        offer(pen, (), "give:groups", "menu:menu")
    elif group is None or run.group not in pen.moment.service.rooms:
        speak(pen, "group_not_here")
        _ended(pen, "lost")
    elif pen.state.barred_at(pen.moment.now) is not None:
        speak(pen, "group_barred")
        _ended(pen, "stopped")
    elif membership is not None and membership.status == "waiting":
        speak(pen, "group_waiting_still")
        _ended(pen, "finished")
    elif membership is not None and membership.status == "member":
        _show_room(pen, group)
        _ended(pen, "finished")
    elif run.phase == "rules":
        _rules(pen, group)
    elif run.phase == "pseudonym":
        _ask_name(pen, "group_pseudonym_ask")
    else:
        pen.write(WaitBegan(wait=ForRoom(group=run.group)))


def _rules(pen: Talk, group: Group) -> None:
    lang = group.language
    pen.show(Shown(text=group.welcome, lang=lang), step=f"group:{group.id}")
    speak(pen, "group_rules_intro")
    for rule in _bubbles(group.rules):
        pen.show(Shown(text=rule, lang=lang), step=f"group:{group.id}")
    speak(pen, "group_join_ask")
    wait_for_choice(pen, "join", "not_now")


def _bubbles(rules: tuple[str, ...]) -> list[str]:
    """House rules in bubbles of a few, so that nobody faces a wall."""
    return ["\n".join(f"• {rule}" for rule in rules[n : n + 4]) for n in range(0, len(rules), 4)]


def _ask_name(pen: Talk, key: str) -> None:
    library, language = pen.moment.library, language_of(pen)
    question = Question(item="pseudonym", text=library.say(key, language), kind="text")
    ask(pen, question, lang=library.tongue(key, language), keys=("not_now",), step=f"texts:{key}")


def choose(pen: Talk, key: str) -> None:
    if key == "join":
        pen.write(PhaseReached(phase="pseudonym"))
    else:
        speak(pen, "group_not_joined")
        _ended(pen, "stopped")


def named(pen: Talk, text: str) -> None:
    """The pseudonym they typed. All will read it, so it may hold nothing for which a post would wait; nor may it pretend
    to be staff, or hold their own name."""
    if not fit_for_name(text) or held_for(text, pen.moment.library.safety.held) or _holds_own_name(pen, text):
        _ask_name(pen, "group_pseudonym_taken")
        return
    run = _run(pen)
    word = pen.keep("pseudonym", " ".join(text.split()))
    room = pen.moment.service.rooms[run.group]
    pen.write(MembershipAsked(group=run.group, room=room, pseudonym=word))
    pen.write(PhaseReached(phase="room"))
    speak(pen, "group_joining")


def _holds_own_name(pen: Talk, text: str) -> bool:
    own, made_up = ({seen_alike(word) for word in _WORD.findall(name)} for name in (first_name(pen), text))
    return not own.isdisjoint(made_up | {seen_alike(text)})


_WORD = re.compile(r"[^\W_]{2,}")


def name_taken(pen: Talk, group_id: str) -> None:
    """Whoever stands before the door is asked again; whoever went on to something else asks again themselves."""
    pen.write(MembershipAnswered(group=group_id, status="left"))
    run = pen.state.top
    if isinstance(run, GroupRun) and run.group == group_id:
        pen.write(PhaseReached(phase="pseudonym"))
        _ask_name(pen, "group_pseudonym_taken")
    else:
        speak(pen, "group_pseudonym_taken")


def turned_away(pen: Talk, group_id: str) -> None:
    """A host has looked. They may ask again another day."""
    pen.write(MembershipAnswered(group=group_id, status="left"))
    group = group_for(pen, group_id)
    speak(pen, "group_turned_away", group=group.title if group else group_id)


def waits(pen: Talk, group_id: str, why: str) -> None:
    """On the list: they hear by themselves when there is a place."""
    group = group_for(pen, group_id)
    speak(pen, f"group_waiting_{why}", group=group.title if group else group_id)
    run = pen.state.top
    if isinstance(run, GroupRun) and run.group == group_id:
        _ended(pen, "finished")


def admitted(pen: Talk, group_id: str, room: LineId | None) -> None:
    pen.write(MembershipAnswered(group=group_id, status="member", room=room))
    run = pen.state.top
    group = group_for(pen, group_id)
    if group is not None:
        _show_room(pen, group)
    if isinstance(run, GroupRun) and run.group == group_id:
        _ended(pen, "finished")


def _show_room(pen: Talk, group: Group) -> None:
    membership = pen.state.rooms[group.id]
    pseudonym = pen.read(membership.pseudonym)
    text = sentence(pen, "group_joined", group=group.title, pseudonym=pseudonym)
    lang = pen.moment.library.tongue("group_joined", language_of(pen))
    pen.show(Shown(text=text, lang=lang, room=str(membership.room)), step="texts:group_joined")


def _ended(pen: Talk, how: Literal["finished", "stopped", "lost"]) -> None:
    pen.write(RunEnded(kind="group", name=_run(pen).group, how=how))


def _run(pen: Talk) -> GroupRun:
    run = pen.state.top
    assert isinstance(run, GroupRun)
    return run
