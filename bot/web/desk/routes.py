"""Every address of the desk, and whose it is."""

from __future__ import annotations

from aiohttp import web

from bot.core.errors import Refused
from bot.core.roles import LEADS
from bot.web.desk import (
    alert_acts,
    alerts,
    audit,
    contents,
    groups,
    inbox,
    leaving,
    letters,
    links,
    live,
    marking,
    me,
    moderation,
    module_steps,
    notifications,
    one_patient,
    patient_print,
    patients,
    people,
    quality,
    record,
    rehearsing,
    reminders,
    room_acts,
    room_health,
    room_members,
    rota,
    rule_quality,
    signing_in,
    team,
    waiting,
    writing,
)
from bot.web.desk.seat import (
    ANSWERS,
    ANYBODY,
    AUDITORS,
    CONTENT,
    EDITORS,
    ENDS_CARE,
    HOSTS,
    PEOPLE,
    QUALITY,
    SIGNERS,
    Seat,
    seated,
)
from bot.web.limits import Seats

ID = r"{id:[0-9a-f-]{36}}"
HANDLE = r"{handle:[0-9a-f-]{36}}"
"""By which a room knows one of its members: never the id of their record."""


async def nowhere(seat: Seat) -> web.StreamResponse:
    raise Refused("not_found")


def add_desk_routes(app: web.Application) -> None:
    app[live.STREAMS] = set()
    app[live.TAKEN] = Seats(live.MOST_STREAMS)
    app.on_shutdown.append(live.end_streams)
    app[rehearsing.PLAYING] = set()
    app[rehearsing.TAKEN] = Seats(rehearsing.MOST_OF_ONE)
    app.on_shutdown.append(rehearsing.end_rehearsals)
    get, post = app.router.add_get, app.router.add_post
    get("/desk/sign-in", signing_in.show)
    post("/desk/sign-in", signing_in.sign_in)
    post("/desk/sign-out", seated(signing_in.sign_out, ANYBODY, form=True))

    get("/desk", seated(alerts.show_list, ANYBODY))
    get("/desk/events", seated(live.events))
    get(f"/desk/alerts/{ID}", seated(alerts.show))
    post(f"/desk/alerts/{ID}/acknowledge", seated(alert_acts.acknowledge, form=True))
    post(f"/desk/alerts/{ID}/snooze", seated(alert_acts.snooze, form=True))
    post(f"/desk/alerts/{ID}/hand-over", seated(alert_acts.hand_over, form=True))
    post(f"/desk/alerts/{ID}/resolve", seated(alert_acts.resolve, form=True))

    post(f"/desk/alerts/{ID}/mark", seated(marking.mark_hit, form=True))

    get("/desk/inbox", seated(inbox.show))
    get("/desk/inbox/events", seated(live.events_of_inbox))

    get("/desk/patients", seated(patients.show_list))
    get(f"/desk/patients/{ID}", seated(one_patient.show))
    get(f"/desk/patients/{ID}/print", seated(patient_print.show))
    get(f"/desk/patients/{ID}/events", seated(live.events_of_patient))
    post(f"/desk/patients/{ID}/take-over", seated(one_patient.take_over, form=True))
    post(f"/desk/patients/{ID}/hand-back", seated(one_patient.hand_back, form=True))
    post(f"/desk/patients/{ID}/write", seated(one_patient.write, form=True))
    post(rf"/desk/patients/{ID}/messages/{{seq:\d+}}/mark", seated(marking.mark_message, form=True))
    post(f"/desk/patients/{ID}/number", seated(reminders.keep_number, form=True))
    post(f"/desk/patients/{ID}/link", seated(links.way_back, form=True))
    get(f"/desk/patients/{ID}/team", seated(team.show, ANSWERS))
    post(f"/desk/patients/{ID}/team", seated(team.change, ANSWERS, form=True))
    get(f"/desk/patients/{ID}/end", seated(leaving.show, ENDS_CARE))
    post(f"/desk/patients/{ID}/end", seated(leaving.end, ENDS_CARE, form=True))
    post(f"/desk/patients/{ID}/take-back", seated(leaving.back, LEADS, form=True))
    get("/desk/waiting", seated(waiting.show_list))
    get(f"/desk/patients/{ID}/referral", seated(waiting.show))
    post(f"/desk/patients/{ID}/referral", seated(waiting.answer, form=True))
    post(f"/desk/patients/{ID}/invite", seated(links.invite_again, form=True))
    get(f"/desk/patients/{ID}/record", seated(record.show, ANSWERS))
    post(f"/desk/patients/{ID}/record/answer", seated(record.answer, ANSWERS, form=True))
    post(f"/desk/patients/{ID}/record/export", seated(record.hand_over, LEADS, form=True))
    post(f"/desk/patients/{ID}/record/hold", seated(record.hold, LEADS, form=True))
    post(f"/desk/patients/{ID}/record/lift", seated(record.lift, LEADS, form=True))
    post(f"/desk/patients/{ID}/record/erase", seated(record.erase, LEADS, form=True))
    get("/desk/invite", seated(links.show_invite))
    post("/desk/invite", seated(links.invite, form=True))

    get("/desk/quality", seated(quality.show, QUALITY))
    get("/desk/quality/rules", seated(rule_quality.show, QUALITY))
    get("/desk/quality/sample", seated(quality.show_sample, QUALITY))
    post("/desk/quality/sample", seated(quality.mark_sampled, QUALITY, form=True))

    get("/desk/audit", seated(audit.show, AUDITORS))
    get(f"/desk/patients/{ID}/looks", seated(audit.show_of_patient, AUDITORS))

    get("/desk/welcome", people.show_welcome)
    post("/desk/welcome", people.welcome)
    get("/desk/people", seated(people.show_list, PEOPLE))
    post("/desk/people/invite", seated(people.invite, PEOPLE, form=True))
    get(f"/desk/people/{ID}", seated(people.show, PEOPLE))
    post(f"/desk/people/{ID}/roles", seated(people.roles, PEOPLE, form=True))
    post(f"/desk/people/{ID}/sign-out", seated(people.sign_out, PEOPLE, form=True))
    post(f"/desk/people/{ID}/leave", seated(people.leave, PEOPLE, form=True))

    get("/desk/push-worker.js", notifications.worker)
    get("/desk/notifications", seated(notifications.show, ANYBODY))
    post("/desk/notifications/add", seated(notifications.add, ANYBODY, form=True))
    post(f"/desk/notifications/{ID}/test", seated(notifications.test, ANYBODY, form=True))
    post(f"/desk/notifications/{ID}/remove", seated(notifications.remove, ANYBODY, form=True))

    get("/desk/moderation", seated(moderation.show, HOSTS))
    get("/desk/moderation/events", seated(live.events_of_moderation, HOSTS))
    get("/desk/groups", seated(groups.show_list, HOSTS))
    get("/desk/groups/health", seated(room_health.show_all, HOSTS))
    get(f"/desk/groups/{ID}", seated(groups.show, HOSTS))
    get(f"/desk/groups/{ID}/health", seated(room_health.show, HOSTS))
    get(f"/desk/groups/{ID}/members", seated(room_members.show_list, HOSTS))
    get(f"/desk/groups/{ID}/members/{HANDLE}", seated(room_members.show, HOSTS))
    for act, does in (
        ("write", groups.write),
        ("acknowledge", groups.acknowledge),
        ("resolve", groups.resolve),
        ("here", room_acts.here),
        ("away", room_acts.away),
        ("hand-over", room_acts.hand_over),
        ("notes", room_acts.note),
        (r"posts/{seq:\d+}/hide", room_acts.hide),
        (r"posts/{seq:\d+}/release", room_acts.release),
        (r"posts/{seq:\d+}/leave", room_acts.leave),
        (r"posts/{seq:\d+}/worried", room_acts.worried),
        (f"members/{HANDLE}/strike", room_acts.strike),
        (f"members/{HANDLE}/restore", room_acts.restore),
        (f"members/{HANDLE}/let-in", room_acts.let_in),
        (f"members/{HANDLE}/turn-away", room_acts.turn_away),
        (r"cases/{case:\d+}/uphold", room_acts.uphold),
        (r"cases/{case:\d+}/overturn", room_acts.overturn),
        (r"cases/{case:\d+}/done", room_acts.dealt_with),
        (r"cases/{case:\d+}/recapped", room_acts.recapped),
        ("begin", room_acts.begin_course),
    ):
        post(f"/desk/groups/{ID}/{act}", seated(does, HOSTS, form=True))

    get("/desk/me", seated(me.show, ANYBODY))
    post("/desk/me/sessions/end", seated(me.end_one, ANYBODY, form=True))
    post("/desk/me/sessions/end-others", seated(me.end_others, ANYBODY, form=True))
    post("/desk/me/password", seated(me.change_password, ANYBODY, form=True))
    get("/desk/rota", seated(rota.show, HOSTS))
    post("/desk/rota/leave", seated(rota.add_leave, HOSTS, form=True))
    post(f"/desk/rota/leave/{ID}/end", seated(rota.end_leave, HOSTS, form=True))
    post("/desk/rota/shifts", seated(rota.add_shift, AUDITORS, form=True))
    post(f"/desk/rota/shifts/{ID}/drop", seated(rota.drop_shift, AUDITORS, form=True))
    post("/desk/rota/calendars", seated(rota.add_calendar, AUDITORS, form=True))
    post(f"/desk/rota/calendars/{ID}/drop", seated(rota.drop_calendar, AUDITORS, form=True))

    get("/desk/letters", seated(letters.show, ANYBODY))
    post("/desk/letters/digest", seated(letters.set_digest, ANYBODY, form=True))

    get("/desk/content", seated(contents.show_list, CONTENT))
    get("/desk/content/file", seated(writing.show, CONTENT))
    post("/desk/content/new", seated(writing.begin, EDITORS, form=True))
    post("/desk/content/check", seated(writing.check, CONTENT, form=True, most=writing.MOST_BYTES))
    post("/desk/content/save", seated(writing.save, EDITORS, form=True, most=writing.MOST_BYTES))
    post("/desk/content/withdraw", seated(writing.withdraw, EDITORS, form=True))
    post("/desk/content/sign", seated(writing.sign, SIGNERS, form=True))
    get("/desk/content/rehearsal", seated(rehearsing.play, CONTENT))
    get("/desk/content/publish", seated(contents.show_publish, EDITORS))
    post("/desk/content/publish", seated(contents.publish, EDITORS, form=True))
    get("/desk/content/reading", seated(module_steps.show, EDITORS))

    app.router.add_route("*", "/desk/{rest:.*}", seated(nowhere, ANYBODY))
