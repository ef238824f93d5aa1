"""Why an alert was raised, piece by piece: the rule and its version, the numbers, and the arithmetic in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo

from bot.core.facts import Evidence
from bot.core.library import Library
from bot.core.safety import second_net
from bot.core.safety.content import Rule, Threshold
from bot.core.safety.second_net import RULES
from bot.ports import EvidenceSeen
from bot.web.desk import evidence_check_ins
from bot.web.desk.evidence_scores import n as _n
from bot.web.desk.evidence_scores import worsened
from bot.web.desk.words import CONDITIONS, measure_name

CATEGORIES = {
    "suicidal_active": "thoughts of ending their life",
    "suicidal_plan": "a plan or means to end their life",
    "suicidal_goodbye": "saying goodbye",
    "suicidal_passive": "not wanting to be here",
    "self_harm": "self-harm",
    "eating": "eating",
    "overdose": "having taken too much of something",
    "abuse": "abuse",
    "safeguarding": "somebody being hurt or neglected",
    "safeguarding_children": "a child at risk",
    "third_person": "somebody else in danger",
    "harm_to_others": "harming somebody else",
    "under_18": "being under 18",
    "emergency": "a medical emergency",
    "breathing": "trouble breathing",
    "chest": "chest pain",
    "stroke": "signs of a stroke",
    "low_sugar": "low blood sugar",
    "high_sugar": "high blood sugar",
    "sepsis": "signs of sepsis",
    "back": "red flags of back pain",
}
ANSWERS = {
    "yes": "They said yes.",
    "rather": "They would rather not say, which counts as a yes.",
    "unclear": "Their answer was not a plain no, which counts as a yes.",
    "hard": "They said that it is hard for them too, so they were asked directly.",
}
QUESTIONS = {"direct": "crisis_question", "right_now": "crisis_right_now_question"}
UNITS = {
    "glucose": "mmol/L",
    "ketones": "mmol/L",
    "temperature": "°C",
    "oxygen": "%",
    "weight": "kg",
    "weight_gain": "kg",
    "weight_gain_week": "kg in a week",
    "blood_pressure": "mmHg",
    "blood_pressure_lower": "mmHg",
    "pulse": "a minute",
}
NET = {
    second_net.RULES["risk"]: "thoughts of suicide or self-harm",
    second_net.RULES["emergency"]: "a medical emergency",
    second_net.RULES["safeguarding"]: "somebody who may not be safe",
}
GROUPS = {
    "first_post": "A new member's first post waits for a host.",
    "held_post": "A post was held, because of its words or because it may hold contact details.",
    "distress": "A post sounds as if its author may be in distress. Their own team is told as well.",
    "unscreened": "A post could not be checked for safety. Nobody knows yet what is in it: please read it.",
    "contact": "A post may hold contact details.",
    "link": "A post may hold a link.",
    "private_name": "A post may name somebody.",
    "method": "A post may describe a way to hurt oneself.",
    "advice": "A post may give medical advice to somebody else.",
    "selling": "A post may be selling or collecting something.",
    "unkind": "A post may be unkind.",
    "suspected_contact": "No rule fitted, but a model thought that this post may hold a way to reach somebody.",
    "suspected_link": "No rule fitted, but a model thought that this post may send others to a site.",
    "suspected_private_name": "No rule fitted, but a model thought that this post may name somebody.",
    "suspected_advice": "No rule fitted, but a model thought that this post may be medical advice to somebody else.",
    "suspected_selling": "No rule fitted, but a model thought that this post may be selling or collecting something.",
    "suspected_method": "No rule fitted, but a model thought that this post may describe a way to hurt oneself.",
    "suspected_unkind": "No rule fitted, but a model thought that this post may be unkind.",
    "night": "A post was written at night, while no host was there, and waits for the morning.",
    "no_host": "A post was written in a session while no host was there.",
    "reported": "A member reported a post.",
    "paused": "Several members reported posts of one member, who is paused until a host has looked.",
    "appeal": "A member asks for another look at what a host decided.",
    "complaint": "A member complains about the group.",
    "joining": "Somebody wants to join who may have been paused before, under another record.",
    "recap": "A session is over, and waits for a few words about it.",
    "host_worried": "A host of a group is worried about what they wrote there, and asks their own team to look.",
}


@dataclass(frozen=True)
class Reason:
    """``text``: the sentence for a clinician. ``rule``: the rule's own name and version, for whoever asks."""

    text: str
    rule: str


def reason_of(piece: Evidence | EvidenceSeen, library: Library, zone: tzinfo = UTC) -> Reason:
    """``zone``: the team's own, for the days that a sentence names."""
    version = f", version {piece.version}" if piece.version else ""
    return Reason(_sentence(piece, library, zone), f"{piece.rule}{version}")


def _sentence(piece: Evidence | EvidenceSeen, library: Library, zone: tzinfo) -> str:
    kind, _, rest = piece.rule.partition(":")
    numbers = piece.numbers
    match kind:
        case "unscreened":
            return (
                "A message could not be checked for safety. Nobody knows yet what is in it: please read it."
            )
        case "worsening":
            measure, _, why = rest.partition(":")
            return worsened(measure, why, numbers, library)
        case "check_in":
            return evidence_check_ins.told(rest, numbers, zone)
        case "item":
            return _answered(rest, numbers, library)
        case "item_changed":
            return _changed(rest, numbers, library)
        case "asked":
            key, _, answer = rest.partition(":")
            return f"Asked “{library.say(key)}” {ANSWERS.get(answer, ANSWERS['unclear'])}"
        case "safety_question":
            return _asked(rest, library)
        case "red_flag_question":
            return _red_flag(rest, library)
        case "patient":
            return {
                "asked": "They asked for a person from the team.",
                "withdrew": "They have taken back that the team looks after them here.",
                "not_safe": f"They pressed “{library.say('not_safe')}” beside their check-in.",
                "wants_back": "Their care has ended, and they would like to come back.",
                "need_help": f"They pressed “{library.say('did_i_get_that_wrong')}”.",
            }.get(rest, "The patient asked for it.")
        case "plain_question":
            said = {"yes": "yes", "rather": "that they would rather not say"}.get(rest, "something unclear")
            return f"Asked “{library.say('safety_plain_question')}” they said {said}."
        case "gate":
            rated, points = measure_name(library, rest), numbers.get("points", 0)
            return f"{rated}: {points:g}, far above their usual. They were asked about an emergency first."
        case "content":
            return _content(rest, numbers, library)
        case "staff":
            return "A colleague read this message and marked it: the screen should have spoken."
        case "group":
            return GROUPS.get(rest, "A post needs a host.")
        case _:
            return _screened(piece.rule, numbers, library)


def _answered(place: str, numbers: Mapping[str, float], library: Library) -> str:
    """``phq9.9``: the answer to one question, in the questionnaire's own words."""
    measure_id, _, item_id = place.partition(".")
    measure = library.measures.get(measure_id)
    points = numbers.get("points", 0)
    item = measure.item(item_id) if measure else None
    label = measure.in_words(item, int(points)) if measure and item else ""
    text = f"{measure_name(library, measure_id)} question {item_id}"
    if item is not None:
        text += f" (“{item.text}”)"
    worth = f"{_n(points)} point{'' if points == 1 else 's'}"
    text += f" was answered “{label}”, {worth}" if label else f" has {worth}"
    return f"{text}; the last time {_n(numbers['last'])}." if "last" in numbers else f"{text}."


def _changed(place: str, numbers: Mapping[str, float], library: Library) -> str:
    """Both answers, in the questionnaire's own words: a change stays visible."""
    measure_id, _, item_id = place.partition(".")
    measure = library.measures.get(measure_id)
    item = measure.item(item_id) if measure else None

    def named(name: str) -> str:
        if name not in numbers:
            return "no answer"
        label = measure.in_words(item, int(numbers[name])) if measure and item else ""
        return f"“{label}” ({_n(numbers[name])})" if label else _n(numbers[name])

    text = f"{measure_name(library, measure_id)} question {item_id}"
    return f"{text} was first answered {named('was')} and then changed to {named('points')}."


def _asked(rest: str, library: Library) -> str:
    phase, _, answer = rest.partition(":")
    if phase == "silence":
        minutes = library.policy.ladder.gentle_question_minutes
        return f"The safety question had no answer for {minutes} minutes, which counts as a yes."
    question = library.say(QUESTIONS.get(phase, "crisis_question"))
    return f"Asked “{question}” {ANSWERS.get(answer, ANSWERS['unclear'])}"


def _red_flag(answer: str, library: Library) -> str:
    if answer == "silence":
        minutes = library.policy.ladder.gentle_question_minutes
        return f"The question whether it is an emergency had no answer for {minutes} minutes, which counts as a yes."
    return f"Asked “{library.say('red_flag_question')}” {ANSWERS.get(answer, ANSWERS['unclear'])}"


def _content(rest: str, numbers: Mapping[str, float], library: Library) -> str:
    place, _, reason = rest.partition(": ")
    module_id, _, step = place.partition("#")
    module = library.modules.get(module_id)
    text = f"The module “{module.title if module else module_id}”, at “{step}”, asks the team to look"
    seen = ", ".join(f"{measure_name(library, name)} {_n(value)}" for name, value in numbers.items())
    return f"{text}{f', because {reason}' if reason else ''}{f' ({seen})' if seen else ''}."


def _screened(rule_id: str, numbers: Mapping[str, float], library: Library) -> str:
    if rule_id in RULES.values():
        return "No rule fitted a message, but the second net was worried about it, so a question was asked."
    rules: dict[str, Rule] = {r.id: r for r in library.safety.rules}
    limits: dict[str, Threshold] = {t.id: t for t in library.safety.numbers.thresholds}
    if (limit := limits.get(rule_id)) is not None:
        return _over(limit, numbers)
    if rule_id in NET:
        return f"No rule spoke, but the second net took a message to be about {NET[rule_id]}."
    rule = rules.get(rule_id)
    about = CATEGORIES.get(rule.category, rule.category.replace("_", " ")) if rule else "safety"
    if rule is not None and rule.category == "emergency":
        what = CONDITIONS.get(rule.concern.partition(":")[2])
        about = f"a medical emergency ({what})" if what else about
    unsure = rule is not None and rule.tier == "check"
    how = "may be" if unsure else "were taken to be"
    return f"Words in a message {how} about {about}."


def _over(limit: Threshold, numbers: Mapping[str, float]) -> str:
    name = limit.kind.replace("_", " ")
    unit = UNITS.get(limit.kind, "")
    given = numbers.get(limit.kind)
    bounds = []
    if limit.below is not None:
        bounds.append(f"below {_n(limit.below)}")
    if limit.at_least is not None:
        bounds.append(f"{_n(limit.at_least)} or more")
    said = (
        f"They gave a {name} of {_n(given)} {unit}".rstrip() if given is not None else f"They gave a {name}"
    )
    return f"{said}; the team hears of {' and '.join(bounds)}." if bounds else f"{said}."
