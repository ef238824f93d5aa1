"""At rest: the menu, and what a free message is taken for. It asks rather than guesses."""

from __future__ import annotations

from bot.core.alerts import concern_raised
from bot.core.facts import (
    ConversationPaused,
    EasyWordsAnswered,
    Evidence,
    MessageNotUnderstood,
    MessageUnderstood,
    RunEnded,
    WaitBegan,
)
from bot.core.flow import (
    alarm,
    choosing,
    diary,
    finding,
    goals,
    graduating,
    guided,
    my_record,
    my_reminders,
    people_like_me,
    plans,
    safety_plan,
    walk,
)
from bot.core.flow.intents import ABOUT, ANSWERED, FIRST, LEADS_TO
from bot.core.flow.leaving import leave_all
from bot.core.flow.voice import Talk, fixed_label, module_for, offer, offer_fixed, sentence, speak, titled
from bot.core.inputs import Said, Understood
from bot.core.library import is_quick
from bot.core.state import ForNothing, ForPatient, SafetyRun

SURE = 0.55
LIKELY = 0.3
MENU = (
    "menu:check_in",
    "menu:module",
    "menu:library",
    "menu:group",
    "menu:progress",
    "menu:plan",
    "menu:team",
    "menu:more",
)
MORE = (
    "menu:diary",
    "menu:goals",
    "menu:plans",
    "menu:kept",
    "menu:record",
    "menu:reminders",
    "menu:choices",
    "menu:menu",
)
"""What one needs less often: a menu of its own."""
READING = ("menu:library", "menu:modules", "menu:answers", "menu:about", "menu:kept", "menu:plans")
"""What may still be opened by somebody who has finished, besides the pages themselves."""
AFTER_CARE = ("menu:plan", "menu:record", "wrong")
"""What is left to press when their care has ended: their own plan, their record, and help."""

# What is said where the bot could not do or did not understand something: help is one press away there.
FALLBACKS = frozenset(
    f"texts:{key}"
    for key in (
        "action_failed",
        "action_slow",
        "group_not_here",
        "group_pseudonym_taken",
        "module_none",
        "old_question",
        "overran",
        "resume_changed",
    )
)


def rest(pen: Talk) -> None:
    """Offer the menu under whatever was said last, or with a prompt of its own."""
    if pen.messages == 0:
        speak(pen, "menu_prompt")
    offer(pen, (), *(_after_care(pen) if pen.state.gone else (*MENU, *_words(pen), *_to_keep(pen))))


def _after_care(pen: Talk) -> tuple[str, ...]:
    """Who has finished may ask to come back, and reads on where the service leaves them that. Of somebody who has died
    nobody opens the record here."""
    theirs = tuple(key for key in AFTER_CARE if key != "menu:record" or my_record.may_after_care(pen, key))
    if not pen.state.finished:
        return theirs
    reads = graduating.READING if pen.moment.service.reading_after else ()
    return (*reads, "menu:back_again", *theirs)


def _to_keep(pen: Talk) -> tuple[str, ...]:
    return choosing.to_keep(pen) if pen.count(RunEnded) else ()


def _may_still(pen: Talk, key: str) -> bool:
    """What somebody may press whose care has ended."""
    kind, _, name = key.partition(":")
    if my_record.may_after_care(pen, key):
        return True
    if key in ("menu:plan", "menu:menu", "plan:flare", "plan:well"):
        return True
    if key == "menu:back_again":
        return pen.state.finished
    if not pen.state.finished or not pen.moment.service.reading_after:
        return False
    page = pen.moment.library.modules.get(name) if kind == "start" else None
    return (
        key in READING or kind in ("browse", "about") or (page is not None and finding.may_be_read(pen, page))
    )


def after_care(pen: Talk) -> None:
    """Nothing begins any more: who reads this, and where to turn instead."""
    speak(pen, f"after_{pen.state.status}")
    rest(pen)


def _words(pen: Talk) -> tuple[str, ...]:
    """Who has been asked about easier words may change their mind."""
    easy = pen.state.profile.easy
    return () if easy is None else ("menu:usual",) if easy else ("menu:easy",)


def choose_words(pen: Talk, *, easy: bool) -> None:
    """What is open stays open, and goes on in those words at its next step; a question that stood there stands there again."""
    asked = isinstance(pen.state.wait, ForPatient) and not pen.state.wait.resume and pen.state.runs
    pen.write(EasyWordsAnswered(easy=easy))
    speak(pen, "easy_chosen" if easy else "easy_not_chosen")
    if asked:
        pen.write(WaitBegan(wait=ForNothing()))
    else:
        rest(pen)


def choose(pen: Talk, key: str) -> None:
    """A menu button, or one of the suggestions that an action or a follow-up offered."""
    if pen.state.gone and not _may_still(pen, key):
        after_care(pen)
        return
    kind, _, name = key.partition(":")
    match kind, name:
        case "menu", "menu":
            speak(pen, "menu_prompt")
            rest(pen)
        case "menu", "more":
            speak(pen, "menu_more_prompt")
            offer(pen, (), *MORE)
        case "menu", "check_in":
            guided.begin(pen)
        case "menu", "again":
            guided.again(pen)
        case "menu", "module":
            leave_all(pen)
            walk.ask_action(pen, "action_suggest_module")
        case "menu", "library":
            finding.look_around(pen)
        case "menu", "modules" | "answers":
            finding.browse(pen, name, 0)
        case "browse", _:
            held, _, start = name.partition(":")
            finding.browse(pen, held, int(start))
        case ("people", "no"):
            speak(pen, "people_not_now")
            rest(pen)
        case ("menu", "group") | ("people", _) if pen.state.profile.consents.get("groups") is False:
            speak(pen, "choice_groups_needed", about=sentence(pen, "consent_groups_about"))
            offer(pen, (), "give:groups", "menu:menu")
        case "menu", "group":
            leave_all(pen)
            people_like_me.show(pen)
        case "people", _:
            people_like_me.choose(pen, key)
        case "menu", "progress":
            leave_all(pen)
            walk.ask_action(pen, "action_show_progress")
        case "menu", "not_this" | "not_these":
            choosing.put_aside(pen, pen.state.wait.keys if isinstance(pen.state.wait, ForNothing) else ())
            walk.ask_action(pen, "action_suggest_module")
        case "menu", "keep":
            choosing.keep(pen)
            rest(pen)
        case "menu", "kept":
            choosing.look_at_kept(pen)
        case "menu", "let_go":
            choosing.ask_which_to_let_go(pen)
        case "unkeep", page:
            choosing.let_go(pen, page)
        case "menu", "about":
            finding.choose_what_about(pen)
        case "about", _:
            finding.browse(pen, f"{finding.ABOUT}{name}", 0)
        case "menu", "diary":
            diary.open_it(pen)
        case "diary", _:
            diary.choose(pen, name)
        case "menu", "goals":
            goals.open_them(pen)
        case "goals", _:
            goals.look_at(pen, name)
        case "rate", _:
            goals.look_at(pen, name, "rate")
        case "menu", "plans":
            plans.choose_one(pen)
        case "plan", "flare" | "well":
            plans.take_out(pen, "flare" if name == "flare" else "well")
        case "menu", "back_again":
            graduating.wants_back(pen)
            rest(pen)
        case "menu", "goal":
            leave_all(pen)
            walk.ask_action(pen, "action_set_goal")
        case "menu", "record":
            my_record.take_out(pen)
        case "record", _:
            my_record.choose(pen, name)
        case "menu", "plan":
            safety_plan.take_out(pen)
        case "menu", "reminders":
            my_reminders.show(pen)
        case "remind" | "days" | "hour", _:
            my_reminders.choose(pen, key)
        case "menu", "team":
            asked_for_a_person(pen, pen.state.seq)
        case "start", answer if is_quick(answer) and answer in pen.moment.library.modules:
            walk.look_up(pen, answer)
        case "start", module if module in pen.moment.library.modules:
            leave_all(pen)
            walk.begin(pen, module)
        case "suit", condition:
            _suit(pen, condition)
        case _:
            speak(pen, "old_question")
            rest(pen)


def _suit(pen: Talk, condition: str) -> None:
    modules = [m for m in pen.moment.library.modules_for((condition,)) if m.id.startswith(condition)]
    leave_all(pen)
    if not modules:
        walk.ask_action(pen, "action_suggest_module")
        return
    buttons = titled(pen, "start", *(m.id for m in modules[:3]))
    speak(pen, "module_offer", title=buttons[0].label)
    offer(pen, buttons, "menu:menu")


def asked_for_a_person(pen: Talk, seq: int) -> None:
    concern_raised(pen, "asked-for-a-person", "soon", Evidence(rule="patient:asked", seq=seq))
    speak(pen, "asked_for_person")
    rest(pen)


def stop(pen: Talk) -> None:
    leave_all(pen, "stopped")
    pen.write(ConversationPaused())
    speak(pen, "stopped")
    rest(pen)


def pause(pen: Talk) -> None:
    """Later: what is open stays open, and is offered first when they come back."""
    pen.write(ConversationPaused())
    speak(pen, "paused_later")
    rest(pen)


# -- free messages ------------------------------------------------------------------------------------


def hear(pen: Talk, said: Said, seq: int) -> None:
    """A message that answers no open question."""
    if pen.state.gone:
        after_care(pen)
        return
    understood = said.understood
    if understood is not None and understood.intent in FIRST and understood.confidence >= LIKELY:
        speak(pen, FIRST[understood.intent])
    if understood is not None and surely(understood, "stop", "later"):
        _took(pen, understood, seq)
        stop(pen) if understood.intent == "stop" else pause(pen)
    elif not _sure(understood) and (pages := finding.fitting(pen, understood)):
        finding.offer_found(pen, pages, seq)
    elif understood is None or understood.confidence < LIKELY or understood.intent == "out_of_scope":
        not_understood(pen, seq)
    elif understood.confidence < SURE:
        _did_you_mean(pen, understood, seq)
    else:
        _took(pen, understood, seq)
        _do(pen, understood.intent, seq)


def surely(understood: Understood | None, *intents: str) -> bool:
    """Whether it is one of these, surely enough to act upon."""
    return understood is not None and understood.confidence >= SURE and understood.intent in intents


def _sure(understood: Understood | None) -> bool:
    """Of something to do, and not only of what it is about: a page says more on that than a menu."""
    return surely(understood, *LEADS_TO, *ANSWERED, "easier_words", "say_again") and not surely(
        understood, *ABOUT
    )


def _took(pen: Talk, understood: Understood, seq: int) -> None:
    pen.write(
        MessageUnderstood(
            seq=seq, intent=understood.intent, confidence=round(understood.confidence, 3), by=understood.by
        )
    )


def _do(pen: Talk, intent: str, seq: int) -> None:
    if intent in ANSWERED:
        speak(pen, ANSWERED[intent])
        rest(pen)
    elif intent in LEADS_TO:
        choose(pen, LEADS_TO[intent])
    elif intent == "easier_words":
        choose_words(pen, easy=True)
    elif intent == "say_again":
        speak(pen, "say_again_reply")
        rest(pen)
    else:
        not_understood(pen, seq)


def _did_you_mean(pen: Talk, understood: Understood, seq: int) -> None:
    likely = (understood.intent, *understood.also)
    keys = tuple(dict.fromkeys(LEADS_TO[i] for i in likely if LEADS_TO.get(i) in MENU))[:3]
    if not keys:
        not_understood(pen, seq)
        return
    pen.write(MessageNotUnderstood(seq=seq))
    speak(pen, "did_you_mean")
    offered = (*keys, "menu:menu", "wrong")
    shown = offer_fixed(pen, *offered)
    resume = bool(pen.state.runs)
    wait = ForPatient(seq=shown, keys=offered, resume=True) if resume else ForNothing(seq=shown, keys=offered)
    pen.write(WaitBegan(wait=wait))


def not_understood(pen: Talk, seq: int) -> None:
    pen.write(MessageNotUnderstood(seq=seq))
    speak(pen, "not_understood")
    offer(pen, (), *(_after_care(pen) if pen.state.gone else (*MENU[:3], "menu:team", "wrong")))


def way_to_help(pen: Talk) -> None:
    """Under whatever the turn ends with, where it fell back; the button counts whatever is waited for."""
    if not pen.spoken & FALLBACKS or isinstance(pen.state.top, SafetyRun) or pen.offers("wrong"):
        return
    seq, wait = offer_fixed(pen, "wrong"), pen.state.wait
    if isinstance(wait, ForPatient | ForNothing) and wait.seq == seq:
        pen.write(WaitBegan(wait=wait.but(keys=(*wait.keys, "wrong"))))


def need_help(pen: Talk) -> None:
    alarm.asked_for_help(pen, pen.state.seq)


def label(pen: Talk, key: str) -> str:
    if key.startswith("browse:"):
        return finding.more_label(pen)
    if key.startswith(("goals:", "rate:")):
        return goals.label_of(pen, key)
    if key.startswith(("start:", "unkeep:")):
        module = module_for(pen, key.partition(":")[2])
        return module.title if module else key
    if key.startswith(people_like_me.KEYS):
        return people_like_me.label(pen, key)
    return fixed_label(pen, key)
