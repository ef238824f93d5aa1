"""The desk's own words: how fast a person must look (never a grade of risk), what is asked of them, what came of it."""

from __future__ import annotations

from typing import Any, get_args

from bot.core.facts import CaseKind, Decision, ReportReason, Warning
from bot.core.inputs import ReferralReason
from bot.core.library import CONSENTS as CONSENT_NAMES
from bot.core.library import Library
from bot.core.library.limits import CONDITIONS as CONDITION_IDS
from bot.core.roles import ROLES as ROLE_NAMES
from bot.core.room.cases import HIDING as HIDING_CODES
from bot.core.room.urgency import ORDER
from bot.usecases.alerts import OUTCOMES as OUTCOME_CODES
from bot.usecases.alerts import REASONS_TO_SNOOZE as SNOOZE_CODES
from bot.usecases.marking import CONCERNS as MISSED_CODES
from bot.web.desk.team_clock import TeamClock

__all__ = ["TeamClock"]

LEVELS = {"now": "Now", "soon": "Within one working day", "routine": "Digest"}

STATES = {
    "open": "Nobody has acknowledged it",
    "acknowledged": "Acknowledged",
    "snoozed": "Put off",
    "resolved": "Resolved",
}

OUTCOMES = {
    "contacted": "I have been in contact with them",
    "seen_in_person": "They have been seen in person",
    "emergency_services": "Emergency services were called",
    "safety_plan_made": "We made or went through a safety plan",
    "handed_to_other_team": "Handed over to another team, and they have taken it",
    "no_answer_followed_up": "No answer; the agreed follow-up is in place",
    "nothing_needed": "I have looked at it, and nothing was needed",
    "false_alarm": "The alert was mistaken",
}
assert tuple(OUTCOMES) == OUTCOME_CODES
BY_ITSELF = {"decided": "Everything that waited in the group was decided"}
"""What came of an alert that nobody closed by hand: read, and never offered."""

SNOOZE_REASONS = {
    "contact_agreed": "We have agreed when I will be in contact",
    "appointment_made": "They have an appointment",
    "other_team_acts": "Another team is acting, and I will check",
    "patient_asked": "They asked for time",
}
assert tuple(SNOOZE_REASONS) == SNOOZE_CODES

LOOKS = {
    "alerts.list": "The list of alerts",
    "caseload.list": "The list of patients",
    "inbox.list": "The inbox: who waits for an answer",
    "alert.open": "An alert",
    "patient.open": "The patient's page",
    "patient.print": "The patient's page, to print",
    "patient.export": "All of their record, to hand over",
    "record.erase": "Erased what may be erased",
    "moderation.delete": "Deleted what hosts had decided and noted, whose time was over",
    "record.delete": "Deleted the record, whose time was over",
    "record.hold": "Had the record kept by law",
    "record.hold_lifted": "Lifted what kept the record by law",
    "record.correction": "Answered what they said is wrong",
    "room.open": "A group",
    "queue.list": "What waits in groups",
    "room.members": "The members of a group, by their made-up names",
    "room.member": "One member of a group, by their made-up name",
    "evaluation.groups": "What groups may have done for people, in numbers",
    "sample.open": "A message of the sample",
    "mark.open": "A marked message",
    "return.link": "A new link for them",
    "invite.link": "A new link for an invitation",
    "patient.number": "Kept a number for their reminders",
    "patient.number_off": "Took the number for their reminders out",
    "referral.accept": "Took on somebody who came by themselves",
    "referral.decline": "Did not take on somebody who came by themselves",
    "screen.mark": "Marked what the screen did",
    "screen.unmark": "Took a mark back",
    "audit.open": "Who looked",
    "care.end": "Noted the end of their care",
    "care.resume": "Took them back",
    "care.team": "Changed who answers for them",
    "staff.add": "Added a colleague, or changed their password",
    "staff.invite": "Invited a colleague",
    "staff.join": "Became a colleague",
    "staff.roles": "Changed a colleague's roles",
    "staff.sign_out": "Signed a colleague out everywhere",
    "webhook.add": "Had alerts told to a webhook",
    "webhook.remove": "Took a webhook out",
    "staff.leave": "Noted that a colleague has left",
    "staff.password": "Changed their own password",
    "rota.leave": "Entered leave",
    "rota.leave_end": "Ended leave",
    "rota.shift": "Entered a shift",
    "rota.shift_drop": "Took a shift out",
    "rota.calendar": "Added a calendar to the rota",
    "rota.calendar_drop": "Took a calendar out of the rota",
}
LOOKERS = {"operator": "Whoever runs this service", "patient": "They themselves"}

HOW_SOON = {
    "now": "somebody must look now",
    "soon": "somebody must look within one working day",
    "routine": "it waits for the digest",
}
REOPENED = {
    "left": "Nobody came back to it in time",
    "snoozed_long_enough": "The time it was put off for is over",
    "patient_wrote": "They wrote again",
}

# What a message that was missed should have rung for.
MISSED = {
    "risk": "Thoughts of suicide or self-harm",
    "emergency": "A medical emergency",
    "safeguarding": "Safeguarding",
}
assert tuple(MISSED) == tuple(MISSED_CODES)

CONDITIONS = {
    "asthma": "asthma",
    "cancer": "cancer",
    "copd": "COPD",
    "diabetes": "diabetes",
    "fatigue": "ME/CFS or long fatigue",
    "heart": "heart condition",
    "pain": "long-term pain",
    "unexplained": "symptoms without a clear cause",
}
assert {"everybody", *CONDITIONS} == set(CONDITION_IDS)

ROLES = {
    "therapist": "therapist",
    "clinician": "physical-health clinician",
    "duty": "duty worker",
    "lead": "team lead",
    "clinical_lead": "clinical lead",
    "service_lead": "service lead",
    "host": "group host",
    "editor": "content editor",
    "admin": "administrator (staff only, no patients)",
}
assert tuple(ROLES) == ROLE_NAMES

STATUSES = {
    "invited": "Invited, not joined yet",
    "joined": "Joined",
    "declined": "Did not join",
    "discharged": "Discharged",
    "transferred": "Handed over to another service",
    "died": "Has died",
    "withdrawn": "Left the service",
    "waiting": "Came by themselves, waits for an answer",
    "not_accepted": "Not accepted",
    "erased": "Erased",
}
TALKS = frozenset({"joined", "discharged", "transferred", "withdrawn", "waiting", "not_accepted"})

PLANS = {
    "safety": "Their safety plan",
    "flare": "Their flare-up plan",
    "well": "Their plan for staying well",
}

_AFTER_CARE = (
    "Check-ins, modules, reminders and follow-ups stop. What was begun is left.",
    "The chat says so, and where to turn.",
    "What they write is still screened. If it rings, duty hears, and you can still answer in the chat.",
    "A lead can take them back.",
)
FINISHED = (
    "Check-ins, reminders and follow-ups stop. What was begun is left.",
    "The chat looks back with them, says what stays, and how to come back: one button asks duty.",
    "They may go on reading and keep their own plans, unless the service has switched that off. Nobody reads along.",
    "What they write is still screened. If it rings, duty hears, and you can still answer in the chat.",
    "A lead can take them back.",
)
ENDS = {
    "discharged": _AFTER_CARE,
    "transferred": (*_AFTER_CARE, "Nothing of theirs is sent to the other service."),
    "died": (
        "Nothing more is sent or said to them: no reminder, no follow-up, no link.",
        "Nothing is said in the chat now. If somebody writes there, it says that it is closed; the screen goes on.",
        "A lead can undo it, if it was a mistake.",
    ),
}

LEAVES_GROUPS = "They leave the groups that they are in; nobody there is told why. What they wrote stays under their made-up name."
LEAVES_GROUPS_AND_POSTS = "They leave the groups that they are in; nobody there is told why. What they wrote there is taken down, as they wish."

LEFT = frozenset({*ENDS, "withdrawn", "not_accepted"})
"""Whose care has ended, or never began."""
TAKEN_BACK = frozenset({*ENDS, "withdrawn"})

CONSENTS = {
    "care": "care",
    "reminders": "reminders",
    "groups": "groups",
    "evaluation": "counting their scores",
    "linkage": "linking with their health record",
}
assert set(CONSENTS) == set(CONSENT_NAMES)
REFERRAL_REASONS = {
    "other_help": "Another kind of help suits them better",
    "not_here": "They live where another service is responsible",
    "condition": "The service is not for what they live with",
    "known_elsewhere": "Another team looks after them already",
    "could_not_reach": "They could not be reached",
}
assert tuple(REFERRAL_REASONS) == get_args(ReferralReason)
ABOUT = {"score": "A score or an answer", "condition": "Their condition", "other": "Something else"}
FILES = {"html": "A page to read", "json": "JSON, fact by fact", "fhir": "FHIR R4 bundle"}
REASONS_TO_KEEP = {
    "complaint": "A complaint",
    "legal_claim": "A legal claim",
    "inquest": "An inquest",
    "investigation": "An investigation",
    "regulator": "A regulator asks for it",
}
ERASES = (
    "Everything that they and the team wrote, also in groups and plans, their name and their address: gone for good.",
    "They are signed out everywhere, and no link brings them back.",
    "When things happened, answers and scores as numbers, and who looked at the record stay, without a name.",
    "Copies that are kept in case something breaks hold the rest until they are thrown away.",
)

CHANNELS = {"push": "Device", "webhook": "Webhook", "apprise": "Other channel"}
NOTICE_STATES = {
    "accepted": "Accepted",
    "failed": "Failed, will be tried again",
    "given_up": "Failed, and given up: somebody had acknowledged it, or was told anew",
    "gone": "The device was no longer there",
}

DELIVERY_STATES = {
    "accepted": "Accepted by the mail server",
    "failed": "Failed, will be tried again",
    "uncertain": "May have arrived, will be tried again",
    "likely": "Has probably arrived",
    "planned": "On its way",
}

SCOPE = (
    "These are your patients: those whom you answer for or cover, those for whom nobody answers, and those of whose "
    "alert you were told. Duty and leads see everybody."
)

SAID = {
    "acknowledged": "You have acknowledged this alert. It stays yours until it is resolved.",
    "snoozed": "You have put this alert off. It comes back then, or as soon as they write.",
    "handed_over": "Handed over. Your colleague is told now, and it climbs until they acknowledge it.",
    "handed_over_quietly": "Handed over. No letter goes out now: it is in your colleague's next digest, and in their list.",
    "resolved": "The alert is resolved.",
    "team": "Who answers for them is changed. Open alerts have gone with it.",
    "digest_on": "The digest is on again.",
    "digest_off": "The digest is off. Letters about alerts that need somebody sooner still come.",
    "taken": "You have taken over. The bot steps back; safety screening goes on.",
    "handed": "You have handed the conversation back to the bot.",
    "written": "Your message is in the chat.",
    "hidden": "The post is hidden. Its author is told why, and how to ask for another look.",
    "released": "The post is shown to the group.",
    "released_later": "You have let the post through. It is shown later: few posts about hard things are shown in one hour.",
    "left_alone": "It is left as it is. Nothing waits about this post any more.",
    "worried": "Their own team is asked to look at what they wrote, and they are told so. You still decide about the post.",
    "struck": "They are paused, and told why and how to ask for another look.",
    "may_write": "They may write again.",
    "let_in": "They are let in.",
    "turned_away": "They are not let in. Their chat tells them.",
    "upheld": "What was decided stays. Whoever asked is told.",
    "overturned": "What was decided is taken back. Whoever asked is told.",
    "dealt_with": "It is noted as dealt with. Whoever complained is told.",
    "recapped": "It is noted that there is nothing to write down.",
    "course_began": "The course has begun. Its first week is in the room, and members are told.",
    "decided_before": "A colleague had decided that already. Nothing was changed.",
    "here": "You are here. The room says that a host is there.",
    "away": "You have left the room. It says so, unless another host is there.",
    "room_handed_over": "You have handed the room over. Your colleague finds it on their page of what waits, and on their list of groups.",
    "noted": "Your note is kept. Hosts see it, members never do.",
    "posted": "Your post is in the group, with your staff badge.",
    "out": "You have signed out.",
    "idle": "You were signed out because nothing was done here for 30 minutes.",
    "expired": "You were signed out because 12 hours had passed. Please sign in again.",
    "ended": "Your session here was ended: you signed out or in elsewhere, or a colleague ended all your sessions.",
    "saved": "Your draft is saved. Patients see it once it is published.",
    "withdrawn": "The draft is withdrawn. It stays in the history below.",
    "signed": "You have signed this text as it stands. An edit undoes it.",
    "published": "Published. New conversations have it within a second.",
    "marked": "Your mark is kept. You can take it back.",
    "unmarked": "Your mark is taken back. An alert that it raised stays until somebody resolves it.",
    "missed": "Marked as missed. This is the alert that stands for it: acknowledge it if you look after it.",
    "leave_kept": "The leave is entered. Who covers hears from its first day on.",
    "leave_ended": "The leave is ended. They hear again from now on.",
    "ended_there": "You are signed out there.",
    "password_changed": "The password is changed. You are signed out everywhere else.",
    "shift_kept": "The shift is entered.",
    "shift_dropped": "The shift is taken out.",
    "calendar_kept": "The calendar is read. It will be read again every 15 minutes.",
    "calendar_dropped": "The calendar is taken out, with the shifts that it brought.",
    "discharged": "They are discharged. The chat has told them so.",
    "transferred": "They are handed over. The chat has told them so.",
    "died": "Their death is noted. Nothing more is sent or said to them.",
    "accepted": "They are accepted. The chat has told them so.",
    "not_accepted": "They are not accepted. The chat has told them so, and where to turn.",
    "erased": "What may be erased is erased.",
    "held": "It is held. Nothing of it is erased or deleted.",
    "lifted": "It is not held any more.",
    "corrected": "Your answer is in the chat, and beside what it is about.",
    "taken_back": "They are back. The chat has told them so.",
    "asked": "The invitation is on its way. It works once, for 7 days.",
    "not_mailed": "The invitation was made, but the mail server did not take it. Please invite them again in a minute.",
    "welcome": "Welcome. Your password is set, and you are signed in.",
    "roles": "The roles are changed, from their next page on.",
    "signed_out": "They are signed out everywhere.",
    "left": "They have left: they can no longer sign in, and what was theirs is handed over.",
    "number_kept": "Reminders also go to this number from now on.",
    "number_gone": "No text messages go to them any more.",
    "number_refused": "Nothing was changed. The number must begin with + and the country, like +44 7700 900123, and they must have said yes to reminders.",
    "device_on": "This device is told from now on. Try it out with its test.",
    "device_off": "This device is told nothing any more.",
    "device_refused": "This device was not added: its browser\u2019s push service is none that is allowed here, or you have too many devices.",
    "device_lost": "Its browser has given up this address, so it was removed. Turn it on again there.",
    "channel_tested": "The test was taken. A device shows it within a few seconds.",
    "channel_silent": "The test was not taken. What was wrong stands below.",
    "gone": "This alert had been resolved already. Nothing was changed.",
}

MESSAGES: dict[str, dict[str, Any]] = {
    "not_found": {
        "title": "Page not found",
        "text": "There is nothing here that you can open. The address may be wrong, or it belongs to somebody else.",
    },
    "no_pages": {
        "title": "No pages for you here",
        "text": "Your account has no role at this desk. Your team lead can give you one.",
    },
    "stale_form": {
        "title": "That form has expired",
        "text": "Nothing was changed. Go back, load the page again, and send it once more.",
    },
    "unavailable": {
        "title": "The record is not answering",
        "text": "Nothing was changed. Please try again in a minute. Patients still see where to turn for help.",
    },
    "alert_gone": {
        "title": "Already resolved",
        "text": "Somebody has resolved this alert. Nothing was changed.",
    },
    "snooze_too_long": {
        "title": "Not put off",
        "text": "An alert of this kind cannot be put off for so long. Nothing was changed. Choose a shorter time.",
    },
    "care_ended": {
        "title": "Their care has ended already",
        "text": "A colleague may have noted it meanwhile. Nothing was changed.",
    },
    "legal_hold": {
        "title": "This record is held by law",
        "text": "Nothing was erased. A lead lifts that first.",
    },
    "open_alerts": {
        "title": "An alert is still open",
        "text": "Nothing was erased. Somebody has to resolve it first: erasing never closes one.",
    },
    "care_goes_on": {
        "title": "Their care has not ended",
        "text": "A colleague may have taken them back meanwhile. Nothing was changed.",
    },
    "not_waiting": {
        "title": "This has been answered already",
        "text": "A colleague has accepted or declined them meanwhile. Nothing was changed.",
    },
    "not_yourself": {
        "title": "Not for yourself",
        "text": "Somebody else has to change your own roles, or note that you leave. Nothing was changed.",
    },
    "admins_only": {
        "title": "Only an administrator can do this",
        "text": "Administrators are made and unmade by administrators. Nothing was changed.",
    },
    "expired_invite": {
        "title": "This code does not work any more",
        "text": "It works once, for 7 days, and an invitation that was sent later takes its place. "
        "Ask the colleague who invited you for a new one, or sign in if you have a password already.",
    },
    "post_gone": {
        "title": "This post cannot be changed any more",
        "text": "It is too old, or it is gone. Nothing was changed.",
    },
    "own_decision": {
        "title": "Somebody else has to answer this",
        "text": "You decided what they ask to be looked at again. A colleague answers. Nothing was changed.",
    },
    "already_decided": {
        "title": "This has been decided already",
        "text": "A colleague may have done it meanwhile. Nothing was changed.",
    },
    "decide_first": {
        "title": "Nobody has decided this yet",
        "text": "Nothing was changed. Decide about the post or the member, under To decide: it answers them as well.",
    },
    "cases_wait": {
        "title": "Something still waits in this group",
        "text": "Nothing was changed. This alert closes by itself once a host has decided all that waits, under To decide.",
    },
    "show_or_hide": {
        "title": "Show it or hide it",
        "text": "Nothing was changed. Nobody but its author sees this post, and they wait to hear whether others may.",
    },
    "no_reason": {
        "title": "Choose a reason",
        "text": "Nothing was changed. Whoever it is about is told why, so a reason is needed.",
    },
    "empty_note": {
        "title": "There is nothing in your note",
        "text": "Nothing was changed. Go back, and write a few words.",
    },
    "same_person": {
        "title": "Choose a colleague",
        "text": "You cannot hand a room over to yourself. Nothing was changed.",
    },
    "rate_limited": {
        "title": "Too many tries",
        "text": "Please wait a minute, then try to sign in again.",
    },
    "too_many_sockets": {
        "title": "Too many open pages",
        "text": "Close some of them. This page still works; load it again to see what is new.",
    },
    "draft_moved": {
        "title": "Somebody else has changed this",
        "text": "Nothing was lost: their text stands, and yours is still in the page before this one. "
        "Go back, copy your text, load the page again, and put it in.",
    },
    "content_broken": {
        "title": "This cannot be published yet",
        "text": "Something in it has to be corrected first. Nothing was changed for patients.",
    },
    "not_signed": {
        "title": "This is not signed off yet",
        "text": "A clinical lead has to sign each text as it stands; safety and policy files need two people. "
        "Nothing was changed for patients.",
    },
    "too_long": {
        "title": "This text is too long",
        "text": "A file can be at most 256 KiB. Nothing was saved: go back, and split it.",
    },
    "marked_by_another": {
        "title": "A colleague has marked this",
        "text": "Only whoever made a mark can change it. Nothing was changed.",
    },
    "refused": {
        "title": "That was not possible",
        "text": "Nothing was changed. Please go back and load the page again.",
    },
}


# -- groups -------------------------------------------------------------------------------------------

HIDING = {
    "off_topic": "Off topic: not about living with this",
    "contact": "Contact details, or a link",
    "unkind": "Unkind",
    "advice": "Medical advice to somebody else",
    "selling": "Selling or collecting something",
    "distress": "Too hard for the others to read now",
    "private_name": "Names somebody",
    "method": "A way to hurt oneself",
    "other": "Another house rule",
    "illegal": "May be against the law",
}
"""In the order of the keys 1 to 9 and 0."""
assert tuple(HIDING) == HIDING_CODES
REPORTED = {
    "unkind": "A member finds it unkind.",
    "worried": "A member is worried about whoever wrote it.",
    "contact": "A member says that it holds contact details.",
    "advice": "A member says that it gives medical advice.",
    "other": "A member reported it.",
}
assert set(REPORTED) == set(get_args(ReportReason))
DECISIONS = {
    "show": "Shown",
    "hide": "Hidden",
    "leave": "Left as it was",
    "strike": "Member paused",
    "restore": "Member may write again",
    "uphold": "What was decided stays",
    "overturn": "What was decided was taken back",
    "let_in": "Let in",
    "turn_away": "Not let in",
    "done": "Dealt with",
}
assert set(DECISIONS) == set(get_args(Decision))
KINDS = {
    "held": "Held",
    "reported": "Reported",
    "paused": "Paused by reports",
    "joining": "Asked to join",
    "appeal": "Asked for another look",
    "complaint": "Complaint",
    "recap": "A few words after a session",
    "decided": "A host acted unasked",
}
assert set(KINDS) == set(get_args(CaseKind))
CLASSES = {
    "worried": "Somebody may be in distress",
    "reported": "Reported by members",
    "paused": "Members paused by reports",
    "appeals": "Appeals and complaints",
    "rules": "May go against a house rule",
    "night": "Written while no host was there",
    "first_post": "First posts",
    "joining": "Want to join",
    "recap": "A few words after a session",
}
assert tuple(CLASSES) == ORDER
WARNINGS = {
    "hard": "hard things",
    "dying": "dying",
    "body": "the body",
    "food": "food",
}
assert set(WARNINGS) == set(get_args(Warning))


def outcome(code: str | None) -> str:
    """What came of an alert, also of one that was closed by itself."""
    return OUTCOMES.get(code or "") or BY_ITSELF.get(code or "") or (code or "")


def strike_lasts(strikes: tuple[str, ...], before: int) -> str:
    """``for 14 days``, ``for good``: how long the next one lasts, after so many."""
    said = strikes[before] if before < len(strikes) else "for good"
    return said if said.startswith("for ") else f"for {said}"


# -- what alerts are about ----------------------------------------------------------------------------


def conditions_of(ids: tuple[str, ...]) -> str:
    """``COPD, heart condition``"""
    return ", ".join(CONDITIONS.get(c, c) for c in ids) or "no condition given"


def measure_name(library: Library, measure: str) -> str:
    """As clinicians say it: the short name in brackets of the full title, where it is no span of numbers."""
    known = library.measures.get(measure)
    full, _, short = (known.title if known else measure.upper()).rpartition(" (")
    if not full or not short.endswith(")"):
        return full + short
    return full if short[:1].isdigit() else short[:-1]


def concern_in_words(library: Library, concern: str) -> str:
    """What the alert is about, in a clinician's plain words."""
    kind, _, about = concern.partition(":")
    match kind:
        case "risk":
            return "Thoughts of suicide or self-harm"
        case "emergency":
            what = CONDITIONS.get(about)
            return f"Possible medical emergency ({what})" if what else "Possible medical emergency"
        case "safeguarding":
            return "Safeguarding"
        case "worsening":
            name = measure_name(library, about)
            rated = name.removesuffix(", today")
            return (
                f"{name} score needs a look" if rated == name else f"Rating of {rated.lower()} needs a look"
            )
        case "no-contact":
            return "A check-in that did not come"
        case "withdrew":
            return "They have left the service"
        case "asked-for-a-person":
            return "Asked for a person"
        case "content":
            module = library.modules.get(about)
            return f"Flag from the module “{module.title if module else about}”"
        case "correction":
            return "They say that something in their record is wrong"
        case "group-report":
            return "A group post needs a host"
        case _:
            return concern
