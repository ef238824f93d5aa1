"""What a message of the patient means against what is on the screen, and handing it to whom it concerns."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.errors import Refused
from bot.core.facts import WaitBegan
from bot.core.flow import (
    acting,
    alarm,
    check_in,
    choices,
    daily,
    diary,
    finding,
    follow_up,
    goals,
    guided,
    home,
    joining,
    my_record,
    my_reminders,
    plans,
    questions,
    rating,
    safety_plan,
    safety_talk,
    walk,
)
from bot.core.flow.intents import INTERRUPTS
from bot.core.flow.leaving import leave_all
from bot.core.flow.voice import FIXED, Talk, fixed_label, group_for, speak
from bot.core.inputs import Said
from bot.core.library import Ask, Given, is_quick
from bot.core.reading import read_choice
from bot.core.state import (
    CheckInRun,
    DiaryRun,
    ForAction,
    ForNothing,
    ForPatient,
    ForRoom,
    GoalRun,
    GroupRun,
    GuidedRun,
    ModuleRun,
    PlanRun,
    RatingRun,
    SafetyRun,
    Slot,
)

ALWAYS = frozenset({"wrong", "not_safe", "menu:plan"})
"""Help and one's own safety plan are there whatever stands on the screen, from any button that was ever shown."""
WORDS = ("menu:easy", "menu:usual")
"""Chosen among the settings, which may be opened whatever stands on the screen."""


@dataclass(frozen=True)
class Reply:
    """``shown``: the patient's message as the history shows it. At most one of ``key``, ``number``, ``slot`` and ``given``
    is set. ``number``: from the form of the diary or of a goal.

    ``given``: (answer,) to a measure's item, where None skips. All unset: free words.
    """

    shown: str
    key: str | None = None
    number: bool = False
    slot: Slot | None = None
    given: tuple[Given] | None = None


def meant(pen: Talk, said: Said) -> Reply:
    """Read the message against the wait. Raises Refused('not_asked') for a button or answer that is not on the screen."""
    if said.choice is not None:
        key = _key(pen, said.choice)
        return Reply(shown=label_of(pen, key), key=key)
    if said.item is not None:
        return _answer(pen, said)
    return _typed(pen, said)


def _key(pen: Talk, choice: str) -> str:
    wait = pen.state.wait
    seq, _, key = choice.partition(".")
    at_rest = isinstance(wait, ForNothing) or isinstance(pen.state.top, RatingRun)
    if at_rest and key in home.MENU:
        return key  # at rest an older menu is as good as the newest
    if key in ALWAYS or key in WORDS:
        return key
    if not isinstance(wait, ForPatient | ForNothing) or seq != str(wait.seq) or key not in wait.keys:
        raise Refused("not_asked")
    return key


def _answer(pen: Talk, said: Said) -> Reply:
    wait, run = pen.state.wait, pen.state.top
    if not isinstance(wait, ForPatient) or wait.item is None or wait.item != said.item:
        raise Refused("not_asked")
    if isinstance(run, CheckInRun):
        if isinstance(said.value, tuple):
            raise Refused("not_an_option")
        return Reply(shown=check_in.label_on_screen(pen, said.value), given=(said.value,))
    if isinstance(run, GuidedRun):
        if isinstance(said.value, tuple):
            raise Refused("not_an_option")
        return Reply(shown=daily.label_on_screen(pen, said.value), given=(said.value,))
    if isinstance(run, DiaryRun | GoalRun):
        if not isinstance(said.value, int) or not _takes_number(pen, run, said):
            raise Refused("not_an_option")
        return Reply(shown=f"{said.value}", number=True)
    part = _asked(pen)
    if part is None:
        raise Refused("not_asked")
    slot = questions.read_value(part, said.value)
    return Reply(shown=_shown(pen, part, slot), slot=slot)


def _takes_number(pen: Talk, run: DiaryRun | GoalRun, said: Said) -> bool:
    if isinstance(run, GoalRun):
        return goals.points_in(pen, said) is not None
    kind = diary.kind_of(pen)
    return kind is not None and kind.possible is not None and not diary.wants_words(pen)


def _shown(pen: Talk, part: Ask, slot: Slot) -> str:
    if slot.skipped:
        return fixed_label(pen, "skip")
    if slot.options is not None:
        return ", ".join(part.options[n] for n in slot.options)
    if part.how == "yes or no":
        return fixed_label(pen, "yes" if slot.number else "no")
    return f"{slot.number:g}"


def _typed(pen: Talk, said: Said) -> Reply:
    """Typed words: an answer to the question that was on the screen when they were typed, or free words."""
    text = said.text or ""
    wait = pen.state.wait
    if not isinstance(wait, ForPatient | ForNothing) or (said.re is not None and said.re != wait.seq):
        return Reply(shown=text)
    if isinstance(wait, ForPatient) and wait.item is not None:
        read = _read(pen, text)
        if read is not None:
            return read
    labels = [label_of(pen, key) for key in wait.keys]
    chosen = read_choice(text, labels) if labels and _may_choose_by_typing(wait) else None
    return Reply(shown=text, key=None if chosen is None else wait.keys[chosen])


def _may_choose_by_typing(wait: ForPatient | ForNothing) -> bool:
    """A question in their own words takes the words; its buttons are pressed, not typed."""
    return isinstance(wait, ForNothing) or wait.item is None


def _read(pen: Talk, text: str) -> Reply | None:
    if isinstance(pen.state.top, CheckInRun):
        given = check_in.read(pen, text)
        return None if given is None else Reply(shown=text, given=given)
    if isinstance(pen.state.top, GuidedRun):
        given = daily.read(pen, text)
        return None if given is None else Reply(shown=text, given=given)
    part = _asked(pen)
    if part is None:
        return None
    if part.how in ("pick one", "pick any"):
        chosen = read_choice(text, part.options)
        return None if chosen is None else Reply(shown=text, slot=Slot(options=(chosen,)))
    slot = questions.read_text(pen, part, text)
    return None if slot is None else Reply(shown=text, slot=slot)


def _asked(pen: Talk) -> Ask | None:
    """The module's own question on the screen."""
    run = pen.state.top
    part = walk.part_waiting(pen, run) if isinstance(run, ModuleRun) else None
    return part if isinstance(part, Ask) else None


def label_of(pen: Talk, key: str) -> str:
    """What stands on a button, worked out again from the library."""
    run = pen.state.top
    if key in FIXED:
        return fixed_label(pen, key)
    if key.startswith("change.plan."):
        return plans.label(pen, key)
    if key.startswith("change."):
        return fixed_label(pen, "change")
    if key.startswith("link:"):
        found = follow_up.link(pen, key)
        return found[0].label if found else key
    if key.startswith("group:"):
        group = group_for(pen, key.removeprefix("group:"))
        return group.title if group else key
    if key.startswith("goal.") and isinstance(run, ModuleRun):
        return questions.goal_label(walk.part_waiting(pen, run), key)
    if key.startswith(my_reminders.KEYS):
        return my_reminders.label(pen, key)
    if isinstance(run, ModuleRun) and not key.startswith(("start:", "browse:")):
        link = walk.links_at(walk.part_waiting(pen, run)).get(key)
        return link.label if link else key
    return home.label(pen, key)


# -- handing it on ------------------------------------------------------------------------------------


def take(pen: Talk, said: Said, reply: Reply, seq: int) -> None:
    """Do what the message means."""
    if reply.key in rating.KEYS:
        rating.answered(pen, reply.key)
        return
    rating.pass_over(pen)
    if reply.key is None:
        daily.leave_old_words(pen)
    wait, run = pen.state.wait, pen.state.top
    if reply.key in ALWAYS:
        _chosen(pen, reply.key)
    elif isinstance(wait, ForAction | ForRoom):
        # It is kept, and never taken as the answer to a question that was not on the screen yet.
        speak(pen, "action_slow")
    elif reply.key is not None:
        _chosen(pen, reply.key)
    elif isinstance(wait, ForPatient) and wait.item == my_reminders.ITEM and said.re in (None, wait.seq):
        my_reminders.typed(pen, said.text or "")
    elif isinstance(wait, ForPatient) and wait.resume:
        home.hear(pen, said, seq)
    elif isinstance(run, SafetyRun):
        safety_talk.go_on(pen, said)
    elif reply.given is not None and isinstance(run, GuidedRun):
        daily.answer(pen, reply.given[0])
    elif reply.number and isinstance(run, DiaryRun):
        diary.heard(pen, said)
    elif reply.number and isinstance(run, GoalRun):
        goals.heard(pen, said)
    elif reply.given is not None:
        check_in.answer(pen, reply.given[0])
    elif isinstance(run, ModuleRun) and reply.slot is not None and (part := _asked(pen)):
        questions.given(pen, run, part, reply.slot)
    else:
        _free(pen, said, seq)


def _chosen(pen: Talk, key: str) -> None:
    wait, run = pen.state.wait, pen.state.top
    if key == "wrong":
        home.need_help(pen)
    elif key == "not_safe":
        alarm.is_not_safe(pen, pen.state.seq)
    elif key == "menu:plan":
        safety_plan.take_out(pen)
    elif key in choices.KEYS:
        choices.choose(pen, key)
    elif key in WORDS:
        home.choose_words(pen, easy=key == "menu:easy")
    elif key == "resume":
        if isinstance(run, SafetyRun):
            safety_talk.choose(pen, key)
        pen.write(WaitBegan(wait=ForNothing()))
    elif key == "leave":
        leave_all(pen)
        home.rest(pen)
    elif isinstance(run, SafetyRun):
        safety_talk.choose(pen, key)
        if not isinstance(pen.state.top, SafetyRun):
            home.rest(pen)
    elif key.startswith("link:"):
        _followed_up(pen, key)
    elif isinstance(wait, ForPatient) and wait.resume:
        home.choose(pen, key)
    elif key.startswith(("start:", "group:")) or key == "on":
        acting.chosen(pen, key)
    elif isinstance(run, CheckInRun):
        check_in.choose(pen, key)
    elif isinstance(run, GuidedRun):
        guided.choose(pen, key)
    elif isinstance(run, GroupRun):
        joining.choose(pen, key)
    elif isinstance(run, PlanRun):
        plans.choose(pen, key)
    elif isinstance(run, DiaryRun):
        diary.pressed(pen, key)
    elif isinstance(run, GoalRun):
        goals.pressed(pen, key)
    elif isinstance(run, ModuleRun):
        _in_module(pen, run, key)
    elif isinstance(wait, ForPatient) and wait.item == "goal":
        home.rest(pen)
    else:
        home.choose(pen, key)


def _in_module(pen: Talk, run: ModuleRun, key: str) -> None:
    part = walk.part_waiting(pen, run)
    if key.startswith("goal."):
        questions.goal_set(pen, questions.goal_label(part, key), run.module)
        walk.choose(pen, run, key)
    elif key.startswith("words:"):
        walk.choose_words(pen, run, easy=key == "words:easy")
    elif key == "own":
        questions.ask_own_goal(pen, at=run.at)
    elif key == "skip" and isinstance(part, Ask):
        questions.given(pen, run, part, Slot(skipped=True))
    else:
        walk.choose(pen, run, key)


def _followed_up(pen: Talk, key: str) -> None:
    found = follow_up.link(pen, key)
    if found is None:
        speak(pen, "old_question")
        home.rest(pen)
        return
    link, module = found
    leave_all(pen)
    step = link.to.removeprefix("#")
    answer = link.to.removeprefix("module:")
    if is_quick(answer):
        walk.look_up(pen, answer)
    elif pen.moment.library.modules[module].step(step) is not None:
        walk.begin(pen, module, step)
    else:
        walk.begin(pen, module, counted=False)
        walk.follow(pen, link.to)


def _free(pen: Talk, said: Said, seq: int) -> None:
    """Words that fit no button: the answer to a question in their own words, or something new."""
    wait, run = pen.state.wait, pen.state.top
    on_screen = said.re is None or (isinstance(wait, ForPatient) and said.re == wait.seq)
    if isinstance(wait, ForPatient) and on_screen and wait.item is not None:
        if wait.item == "goal":
            questions.goal_set(pen, said.text or "", run.module if isinstance(run, ModuleRun) else None)
            questions.went_on(pen, run)
            return
        if my_record.asks(pen):
            my_record.heard(pen, wait.item, said.text or "")
            return
        if isinstance(run, GroupRun):
            joining.named(pen, said.text or "")
            return
        if isinstance(run, PlanRun):
            plans.heard(pen, said.text or "")
            return
        if isinstance(run, DiaryRun) and diary.heard(pen, said):
            return
        if isinstance(run, GoalRun) and goals.heard(pen, said):
            return
        if daily.takes_words(pen):
            daily.heard(pen, seq)
            return
        part = _asked(pen)
        if part is not None and part.how == "in your own words" and isinstance(run, ModuleRun):
            questions.heard_in_words(pen, run, part, said)
            return
    if not pen.state.runs:
        home.hear(pen, said, seq)
    else:
        _not_an_answer(pen, said, seq)


def _not_an_answer(pen: Talk, said: Said, seq: int) -> None:
    """Something else in the middle of a Run: what is clear is done, else the question stays, with a way to help."""
    understood = said.understood
    if home.surely(understood, *INTERRUPTS):
        home.hear(pen, said, seq)
        return
    if home.surely(understood, "say_again"):
        pen.write(WaitBegan(wait=ForNothing()))
    elif not pen.state.gone and (pages := finding.fitting(pen, understood)):
        finding.offer_found(pen, pages, seq)
    else:
        home.not_understood(pen, seq)


def keep_own_words(pen: Talk, said: Said, reply: Reply) -> None:
    """Words that rang an alarm and also answer a question in their own words: the answer is kept, then safety comes."""
    run = pen.state.top
    part = _asked(pen)
    if isinstance(run, ModuleRun) and part is not None and part.how == "in your own words":
        questions.heard_in_words(pen, run, part, said)
    elif daily.takes_words(pen) and reply.key is None:
        daily.keep(pen, pen.state.seq)
    elif isinstance(run, GuidedRun) and run.phase == "safety":
        guided.checked(pen, "words")
    elif isinstance(run, DiaryRun) and reply.key is None:
        diary.keep_what_rang(pen, said)
    elif _writes_plan(pen, said, reply):
        plans.heard(pen, said.text or "")
    elif my_record.asks(pen) and reply.key is None and said.text is not None:
        my_record.keep(pen, said.text)


def is_of_their_plan(pen: Talk, said: Said, reply: Reply) -> bool:
    return pen.state.hold is None and _writes_plan(pen, said, reply)


def _writes_plan(pen: Talk, said: Said, reply: Reply) -> bool:
    """A part of their own safety plan, in their own words."""
    wait = pen.state.wait
    if not isinstance(pen.state.top, PlanRun) or not isinstance(wait, ForPatient) or wait.item is None:
        return False
    return said.text is not None and reply.key is None and said.re in (None, wait.seq)
