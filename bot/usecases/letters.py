"""What letters to staff say: that something waits and where, and nothing about anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from bot.core.canary import keeper_of
from bot.core.escalation import Hearer, Why
from bot.core.library import Level
from bot.core.values import ServiceId, StaffId
from bot.ports import AlertStanding, Letter, Link, StaffMember, Task
from bot.usecases.house import House

# How a level is named to staff: how fast a person must look, never a grade of risk.
URGENCY: Mapping[Level, str] = {
    "now": "needs somebody now",
    "soon": "needs somebody within one working day",
    "routine": "is for the digest",
}
# Why somebody gets a letter, in words that say nothing about the patient.
WHY: Mapping[Why, str] = {
    "owner": "It comes to you because you answer for this patient.",
    "team": "It comes to you because you are in the patient's team.",
    "copied": "This is a copy for you: a colleague is asked to look first.",
    "duty": "It comes to you because you are on duty.",
    "lead": "It comes to you because you lead the team.",
    "host": "It comes to you because you look after the group.",
    "on_call": "It comes to you because you are on call.",
    "had_it": "It comes to you because you had taken it on before.",
    "handed": "It is yours now.",
    "nobody_else": "It comes to you because nobody who should hear of it first is there.",
    "role": "It comes to you because of your role in the service.",
}
NO_DETAILS = "This e-mail holds no details on purpose."
AUTOMATIC = {"Auto-Submitted": "auto-generated"}


def alert_letter(
    house: House, service: ServiceId, task: Task, alert: AlertStanding, to: StaffMember, why: str
) -> Letter:
    name, rung = house.shelf.service(service).name, int(task.payload["rung"])
    if to.id == keeper_of(service):
        return _canary_letter(house, task, alert, to, name)
    again = f" ({reason})" if (reason := _why_again(task, alert)) else ""
    return Letter(
        to=to.email,
        subject=f"{name}: an alert {URGENCY[alert.level]}",
        parts=(
            f"There is an alert in {name} that {URGENCY[alert.level]}{again}.",
            Link("Open it here, after signing in", f"{house.outside.public_url}/desk/alerts/{alert.id}"),
            why,
            NO_DETAILS,
        ),
        # The same for every retry of one telling, another for the next: mail systems drop a known one.
        message_id=f"<{alert.id}.{rung}.{task.payload['told']}.{to.id}@{house.outside.mail_domain}>",
        headers={"X-Alert-Id": str(alert.id), **AUTOMATIC},
    )


def fold_id(house: House, fold: UUID, to: StaffId) -> str:
    return f"<fold.{fold}.{to}@{house.outside.mail_domain}>"


def fold_letter(
    house: House, service: ServiceId, task: Task, alerts: Sequence[AlertStanding], to: StaffMember
) -> Letter:
    """One letter about many alerts that wait for the same person at once."""
    name, count = house.shelf.service(service).name, len(alerts)
    level = task.payload["level"]
    many = f"{count} alerts need" if count > 1 else "1 alert needs"
    return Letter(
        to=to.email,
        subject=f"{name}: {many} {URGENCY[level].removeprefix('needs ')}",
        parts=(
            f"{many} {URGENCY[level].removeprefix('needs ')} in {name}.",
            "They came almost together: this one letter stands for one letter each.",
            Link("See them in the list, after signing in", f"{house.outside.public_url}/desk"),
            NO_DETAILS,
        ),
        message_id=fold_id(house, task.id, to.id),
        headers={"X-Alert-Id": ", ".join(str(alert.id) for alert in alerts), **AUTOMATIC},
    )


def with_link(text: str, url: str) -> tuple[str | Link, ...]:
    """A content's sentence that names a link, as the parts of a letter.

    >>> with_link("Here it is: https://x.example/#a Nothing else.", "https://x.example/#a")
    ('Here it is:', Link(label='', url='https://x.example/#a'), 'Nothing else.')
    """
    before, _, after = text.partition(url)
    return tuple(part for part in (before.strip(), Link("", url), after.strip()) if part)


def digest_letter(
    house: House, service: ServiceId, to: StaffMember, count: int, fresh: int, message_id: str, way_out: str
) -> Letter:
    """Two numbers and the way to the list. ``way_out``: with one click, as RFC 8058 has it."""
    name = house.shelf.service(service).name
    waiting = f"{count} routine alert{'s wait' if count > 1 else ' waits'} for you"
    return Letter(
        to=to.email,
        subject=f"{name}: {waiting}, {fresh} new",
        parts=(
            f"{waiting} in {name}. {fresh} of them {'are' if fresh > 1 else 'is'} new since your last digest.",
            Link("See the list, after signing in", f"{house.outside.public_url}/desk"),
            "This comes at most once a working day, and not at all when nothing is new. What needs somebody sooner comes "
            "in letters of its own.",
            Link("Stop this digest", way_out),
            NO_DETAILS,
        ),
        message_id=message_id,
        headers={
            "List-Unsubscribe": f"<{way_out}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            **AUTOMATIC,
        },
    )


def handed_over_letter(house: House, service: ServiceId, task: Task, to: StaffMember) -> Letter:
    name = house.shelf.service(service).name
    return Letter(
        to=to.email,
        subject=f"{name}: a group was handed over to you",
        parts=(
            f"A colleague has handed a group in {name} over to you. What they wrote to you about it stands with what waits.",
            Link("See it here, after signing in", f"{house.outside.public_url}/desk/moderation"),
            "Nobody counts as there until you open the group.",
            NO_DETAILS,
        ),
        message_id=f"<handed.{task.id}@{house.outside.mail_domain}>",
        headers=AUTOMATIC,
    )


def why_of(hearer: Hearer, staff: Mapping[StaffId, StaffMember]) -> str:
    covered = f" You stand in for {staff[hearer.covers].name}, who is away." if hearer.covers else ""
    return f"{WHY[hearer.why]}{covered}"


def _why_again(task: Task, alert: AlertStanding) -> str:
    if rung := int(task.payload["rung"]):
        return f"nobody has acknowledged it yet, step {rung + 1}"
    if "only" in task.payload:
        return "a colleague has handed it to you"
    if alert.reopened:
        return "it was taken on before, and is open again"
    return "nobody has acknowledged it yet" if alert.told > 1 else ""


def _canary_letter(house: House, task: Task, alert: AlertStanding, to: StaffMember, name: str) -> Letter:
    told = f"{alert.id}.{task.payload['rung']}.{task.payload['told']}"
    return Letter(
        to=to.email,
        subject=f"{name}: CANARY, the daily test of the alarm",
        parts=(
            "This is the daily test: nobody is in danger and nobody has to do anything.",
            f"A made-up patient of {name} said a fixed sentence of crisis, and this letter is what became of it. "
            "Have a machine watch this mailbox and call somebody when a day's letter is missing.",
        ),
        message_id=f"<{told}.canary@{house.outside.mail_domain}>",
        headers={"X-Canary": str(task.payload["told"]), **AUTOMATIC},
    )
