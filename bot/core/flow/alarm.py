"""An alarm, and what it opens: the alert with its cause first, then the safety dialogue that fits, over whatever goes on."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from bot.core.alerts import concern_raised, in_particular
from bot.core.facts import Evidence, RunEnded
from bot.core.flow import safety_talk
from bot.core.flow.dialogues import ASKING, FAMILIES, SAID_UNDER_A_HOLD, SCRIPTS, opened_by
from bot.core.flow.safety_answers import ANSWER
from bot.core.flow.safety_talk import GENTLE, OPEN, SHORT
from bot.core.flow.voice import Talk, speak, where_to_turn
from bot.core.inputs import Said
from bot.core.library import Level
from bot.core.safety import Hit, Screen, Tier
from bot.core.state import Dialogue, SafetyRun
from bot.core.values import WordId


def rang(pen: Talk, said: Said, seq: int | None, word: WordId | None = None) -> None:
    """The screen spoke (or failed): the alert with its cause first, then the words to the patient. ``word``: what they
    wrote to peers, which is no message of the chat."""
    if said.screen is None:
        evidence = Evidence(rule="unscreened", seq=seq, client_id=said.client_id, word=word)
        concern_raised(pen, "risk", "now", evidence)
    else:
        said = structs.replace(said, screen=replace(said.screen, hits=in_particular(said.screen.hits)))
    for hit in said.screen.hits if said.screen else ():
        evidence = Evidence(
            rule=hit.rule, seq=seq, client_id=said.client_id, numbers=_numbers(said.screen), word=word
        )
        concern_raised(pen, hit.concern, _level(hit), evidence)
    screen = _of_its_words(said.screen)
    dialogue, concern = opened_by(screen)
    run = pen.state.top
    if pen.state.hold is not None:
        _under_a_hold(pen, SAID_UNDER_A_HOLD.get(dialogue, dialogue), screen)
    elif not isinstance(run, SafetyRun):
        safety_talk.begin(pen, dialogue, concern, screen)
    elif _takes_over(run, dialogue, concern):
        # Its timer stays where its question had no answer: silence is still read as a yes.
        pen.write(RunEnded(kind="safety", name=run.dialogue, how="left"))
        safety_talk.begin(pen, dialogue, concern, screen)
    elif run.phase not in OPEN:
        safety_talk.rang_again(pen, run)
    else:
        if _has_more_to_say(run, dialogue, screen):
            safety_talk.signpost(pen, dialogue, screen)
        if dialogue == run.dialogue == "third_person":
            # More about the other person is no answer to how they are themselves.
            safety_talk.rang_again(pen, run)
        else:
            safety_talk.go_on(pen, said)


def _under_a_hold(pen: Talk, dialogue: Dialogue, screen: Screen | None) -> None:
    """Where to turn, and nothing is asked: whole at first, then in fewer and other words. A person is there to talk."""
    told = pen.state.hold.urgent if pen.state.hold else 0
    if told == 0 or screen is None:
        safety_talk.signpost(pen, dialogue, screen)
    else:
        safety_talk.say_more(pen, dialogue, told)


def _of_its_words(screen: Screen | None) -> Screen | None:
    """Without what it is only as an answer to a question, where its words ring by themselves."""
    hits = tuple(h for h in screen.hits if h.category != ANSWER) if screen else ()
    return replace(screen, hits=hits) if screen and hits else screen


def _has_more_to_say(run: SafetyRun, dialogue: Dialogue, screen: Screen | None) -> bool:
    """Something else rang than what is being asked about: its own first words, and the numbers, come before the answer."""
    own = screen.gravest.says if screen and screen.gravest else None
    return FAMILIES[dialogue] != FAMILIES[run.dialogue] and bool(SCRIPTS[dialogue].card or own)


def _numbers(screen: Screen | None) -> dict[str, float]:
    return {r.kind: r.value for r in screen.readings} if screen else {}


def _level(hit: Hit) -> Level:
    return "now" if hit.tier == Tier.ALERT else "soon"


def _takes_over(run: SafetyRun, dialogue: Dialogue, concern: str) -> bool:
    """A new dialogue over a running one only where it says or asks something that has not been said or answered."""
    if run.phase not in OPEN:
        if dialogue in ASKING:
            return run.phase == "after" or FAMILIES[dialogue] != FAMILIES[run.dialogue]
        return (dialogue, concern) != (run.dialogue, run.concern)
    if dialogue == run.dialogue or dialogue in ASKING:
        return False
    return dialogue == "emergency" or run.dialogue in ASKING or run.dialogue == "emergency"


def is_not_safe(pen: Talk, seq: int) -> None:
    """'I am not safe': the direct question at once, the numbers with it, and somebody hears that it was pressed."""
    _pressed(pen, seq, "patient:not_safe", "not_safe", held="not_safe")


def asked_for_help(pen: Talk, seq: int) -> None:
    """'Did I get that wrong? I need help': the gentle question, and somebody sees that it was pressed."""
    _pressed(pen, seq, "patient:need_help", "gentle", held="crisis")


def _pressed(pen: Talk, seq: int, rule: str, dialogue: Dialogue, *, held: Dialogue) -> None:
    """``held``: by which dialogue it is signposted while a colleague has taken over."""
    concern_raised(pen, GENTLE, "soon", Evidence(rule=rule, seq=seq))
    run = pen.state.top
    if pen.state.hold is not None:
        safety_talk.signpost(pen, held, Screen(Tier.CHECK))
    elif isinstance(run, SafetyRun) and run.phase != "after":
        speak(pen, "crisis_more_2", urgent=where_to_turn(pen, "crisis", most=SHORT))
        safety_talk.ask_again(pen)
    else:
        if isinstance(run, SafetyRun):
            safety_talk.ended(pen, "left")
        safety_talk.begin(pen, dialogue, GENTLE)
