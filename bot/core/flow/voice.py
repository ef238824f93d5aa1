"""Saying the service's own sentences, and putting buttons, signposts and waits behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from bot.core.facts import MessageHeard, WaitBegan
from bot.core.flow import calendar
from bot.core.library import CONSENTS, Group, Library, Module
from bot.core.pen import Button, Pen
from bot.core.safety import signposting
from bot.core.shown import Progress, Question, Shown, Signpost, Urgent
from bot.core.state import Conversation, ForNothing, ForPatient

Talk = Pen[Conversation]
Kind = Literal["crisis", "emergency", "safeguarding", "advice"]
Card = Literal[Kind, "young"]

# Where a fixed button's label stands in the texts.
FIXED = {
    "back": "back",
    "skip": "skip",
    "does_not_apply": "does_not_apply",
    "not_sure": "not_sure",
    "later": "check_in_later",
    "send": "check_in_send",
    "change": "check_in_change",
    "resume": "resume_yes",
    "leave": "resume_no",
    "yes": "yes",
    "no": "no",
    "rather": "rather_not_say",
    "done": "exercise_done_button",
    "stop": "exercise_stop",
    "enough": "answer_enough",
    "own": "goal_own",
    "on": "carry_on",
    "join": "group_join_yes",
    "not_now": "group_join_no",
    "phone": "crisis_contact_phone",
    "message": "crisis_contact_message",
    "either": "crisis_contact_any",
    "fine": "third_person_fine_button",
    "hard": "third_person_hard_button",
    "safe_phone": "safeguarding_contact_phone",
    "safe_message": "safeguarding_contact_message",
    "safe_visit": "safeguarding_contact_visit",
    "plan.keep": "plan_keep",
    "plan.clear": "plan_clear",
    "plan.later": "plan_later",
    "plan.share": "plan_share",
    "plan.unshare": "plan_unshare",
    "plan.done": "plan_done",
    "diary.sure": "diary_sure_yes",
    "diary.again": "diary_sure_no",
    "diary.leave": "diary_leave",
    "diary:activity": "diary_activity",
    "diary:pain": "diary_pain",
    "diary:glucose": "diary_glucose",
    "diary:ketones": "diary_ketones",
    "diary:peak_flow": "diary_peak_flow",
    "diary:oxygen": "diary_oxygen",
    "diary:weight": "diary_weight",
    "diary:temperature": "diary_temperature",
    "diary:note": "diary_note",
    "diary:more": "diary_more",
    "diary:list": "diary_list",
    "goal.rate": "goal_rate_button",
    "goal.words": "goal_words_button",
    "goal.later": "goal_later_button",
    "goal.done": "goal_done_button",
    "goal.go": "goal_let_go_button",
    "goal.back": "goal_back",
    "plan:flare": "plan_flare_button",
    "plan:well": "plan_well_button",
    "about:asthma": "about_asthma",
    "about:cancer": "about_cancer",
    "about:copd": "about_copd",
    "about:diabetes": "about_diabetes",
    "about:fatigue": "about_fatigue",
    "about:heart": "about_heart",
    "about:pain": "about_pain",
    "about:unexplained": "about_unexplained",
    "about:phq9": "about_mood",
    "about:gad7": "about_worry",
    "wrong": "did_i_get_that_wrong",
    "not_safe": "not_safe",
    "daily.done": "daily_done",
    "daily.change": "daily_change",
    "sugar_checked": "sugar_checked",
    "menu:again": "menu_again",
    "helped.yes": "yes",
    "helped.little": "did_it_help_little",
    "helped.no": "no",
    "helped.skip": "did_it_help_skip",
    "menu:check_in": "menu_check_in",
    "menu:module": "menu_module",
    "menu:group": "menu_group",
    "people:else": "people_something_else",
    "people:no": "group_join_no",
    "menu:progress": "menu_progress",
    "menu:team": "menu_talk_to_team",
    "menu:plan": "menu_plan",
    "menu:goal": "menu_goal",
    "menu:more": "menu_more",
    "menu:reminders": "menu_reminders",
    "remind:check_in": "reminders_check_in_button",
    "remind:daily": "reminders_daily_button",
    "remind:pause": "reminders_pause_button",
    "remind:resume": "reminders_resume_button",
    "remind:stop": "reminders_stop_button",
    "remind:on": "reminders_on_button",
    "menu:record": "menu_record",
    "record:wrong": "record_wrong",
    "record:name": "record_name",
    "record:score": "record_score",
    "record:condition": "record_condition",
    "record:other": "record_other",
    "record:erase": "record_erase",
    "record:later": "record_erase_later",
    "record:now": "record_erase_now",
    "record:sure": "record_erase_sure",
    "record:keep": "record_erase_keep",
    "menu:menu": "menu_back",
    "menu:library": "menu_library",
    "menu:modules": "library_modules_button",
    "menu:answers": "library_answers_button",
    "menu:about": "library_about_button",
    "menu:back_again": "wants_back_button",
    "menu:diary": "menu_diary",
    "menu:goals": "menu_goals",
    "menu:keep": "kept_button",
    "menu:kept": "menu_kept",
    "menu:let_go": "kept_let_go",
    "menu:not_these": "module_not_these",
    "menu:not_this": "module_not_this",
    "menu:plans": "menu_plans",
    "menu:easy": "menu_easy",
    "menu:usual": "menu_usual",
    "menu:choices": "menu_choices",
    **{f"give:{name}": f"choice_give_{name}" for name in CONSENTS},
    **{f"stop:{name}": f"choice_stop_{name}" for name in CONSENTS},
    "withdraw:yes": "withdraw_yes",
    "withdraw:no": "withdraw_no",
    "words:easy": "yes",
    "words:usual": "no",
}


_NAMED = re.compile(r",? ?\{name\}")


def language_of(pen: Talk) -> str:
    return pen.state.profile.language


def sentence(pen: Talk, key: str, **values: str) -> str:
    """Who gave no name is called by none: it goes with the comma or the space before it."""
    text = pen.moment.library.say(key, language_of(pen))
    if "{name}" in text and "name" not in values and not first_name(pen):
        text = _NAMED.sub("", text)
    return text.format_map(_Known(pen, key, values)) if "{" in text else text


class _Known(dict[str, str]):
    """The values that a sentence may name, in its own language; our own are worked out only where it does."""

    def __init__(self, pen: Talk, key: str, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self._pen, self._key = pen, key

    def __missing__(self, name: str) -> str:
        moment = self._pen.moment
        service, language = moment.service, moment.library.tongue(self._key, language_of(self._pen))
        match name:
            case "when":
                return calendar.when(moment.library, service, moment.now, language)
            case "hours":
                return calendar.hours(moment.library, service.hours, language)
            case "service":
                return service.name
            case "name":
                return first_name(self._pen)
            case _:
                raise KeyError(name)


def first_name(pen: Talk) -> str:
    return pen.read(pen.state.profile.first_name) or ""


def speak(pen: Talk, key: str, *, urgent: Urgent | None = None, **values: str) -> int:
    """One of the texts as a bubble of its own; returns its seq."""
    lang = pen.moment.library.tongue(key, language_of(pen))
    shown = Shown(text=sentence(pen, key, **values), lang=lang, urgent=urgent)
    return pen.show(shown, step=f"texts:{key}", urgent=urgent is not None)


def offer_fixed(pen: Talk, *keys: str) -> int:
    """Hang fixed buttons on the last bubble."""
    library, language = pen.moment.library, language_of(pen)
    return pen.offer(
        *(Button(key, fixed_label(pen, key), library.tongue(FIXED[key], language)) for key in keys)
    )


def offer(pen: Talk, buttons: tuple[Button, ...], *fixed: str) -> None:
    """Under what was said last; what is open is offered to go on with."""
    pen.offer(*buttons)
    fixed = (("resume",) if pen.state.runs else ()) + fixed
    seq = offer_fixed(pen, *fixed)
    keys = (*(button.key for button in buttons), *fixed)
    if pen.state.runs:
        theirs = pen.moment.now if pen.count(MessageHeard) else None
        pen.write(WaitBegan(wait=ForPatient(seq=seq, keys=keys, resume=True, since=theirs)))
    else:
        pen.write(WaitBegan(wait=ForNothing(seq=seq, keys=keys)))


def fixed_label(pen: Talk, key: str) -> str:
    return sentence(pen, FIXED[key])


def ask(
    pen: Talk,
    question: Question,
    *,
    lang: str,
    keys: tuple[str, ...] = (),
    progress: Progress | None = None,
    at: int | None = None,
    step: str | None = None,
    release: str | None = None,
) -> None:
    """Put a question on the screen and wait for the patient. ``lang``: what it is asked in."""
    pen.show(
        Shown(text=question.text, lang=lang, question=question, progress=progress), step=step, release=release
    )
    seq = offer_fixed(pen, *keys) if keys else pen.last_seq
    wait = ForPatient(seq=seq, keys=keys, item=question.item, since=pen.moment.now)
    pen.write(WaitBegan(wait=wait, at=at))


def wait_for_choice(pen: Talk, *keys: str, resume: bool = False, item: str | None = None) -> None:
    """Fixed buttons on the last bubble, and wait for one of them."""
    seq = offer_fixed(pen, *keys)
    wait = ForPatient(seq=seq, keys=keys, resume=resume, item=item, since=pen.moment.now)
    pen.write(WaitBegan(wait=wait))


def where_to_turn(pen: Talk, card: Card, *, most: int | None = None) -> Urgent:
    """``most``: the first lines only, for somebody who has had the whole card."""
    moment = pen.moment
    profile = pen.state.profile
    nation = profile.nation or moment.service.nation
    whole = where_to_turn_in(moment.library, nation, card, profile.language)
    return whole.but(lines=whole.lines[:most]) if most else whole


# Which lines a card holds, in this order: what one needs in that hour, not all there is.
PURPOSES: dict[Card, tuple[str, ...]] = {
    "crisis": ("emergency", "crisis"),
    "emergency": ("emergency", "no_voice"),
    "safeguarding": ("emergency", "no_voice", "domestic_abuse"),
    "advice": ("emergency", "crisis", "domestic_abuse", "no_voice", "under_18"),
    "young": ("emergency", "under_18"),
}


def where_to_turn_in(library: Library, nation: str, card: Card, language: str = "en") -> Urgent:
    """The nation's own lines as a card, from the bundle in force."""
    posts = signposting(library.safety, nation, language)
    lang = None if posts.language == "en" else posts.language
    wanted = [line for purpose in PURPOSES[card] for line in posts.lines if line.purpose == purpose]
    return Urgent(
        kind="crisis" if card == "young" else card,
        lines=tuple(Signpost(text=line.text, number=line.number, lang=lang) for line in wanted),
    )


def library_of(pen: Talk, release: str) -> Library:
    """The release a Run names; the current one where that release is gone."""
    return pen.moment.libraries.get(release, pen.moment.library)


# -- in whose language ------------------------------------------------------------------------------------


def form_of(pen: Talk, module: str, library: Library | None = None) -> str:
    """The key of the form of a module that this patient reads: in their language, in easier words if they like."""
    profile = pen.state.profile
    return (library or pen.moment.library).module_key(module, profile.language, easy=bool(profile.easy))


def module_for(pen: Talk, module: str) -> Module | None:
    return pen.moment.library.modules.get(form_of(pen, module))


def group_for(pen: Talk, group: str, library: Library | None = None) -> Group | None:
    return (library or pen.moment.library).group(group, language_of(pen))


def titled(pen: Talk, kind: Literal["start", "group"], *ids: str) -> tuple[Button, ...]:
    """Buttons that start modules or lead into groups, in the patient's language where there is one."""
    found = [(i, module_for(pen, i) if kind == "start" else group_for(pen, i)) for i in ids]
    return tuple([Button(f"{kind}:{i}", held.title, held.language) for i, held in found if held is not None])
