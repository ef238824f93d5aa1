"""What a member does in a group by a form: each is one frame of the protocol, like any other."""

from __future__ import annotations

from aiohttp import web

from bot.core.errors import Refused
from bot.web.frames import (
    Acted,
    AppealFrame,
    LeaveFrame,
    MuteWordFrame,
    PostFrame,
    ReactFrame,
    ReportFrame,
    RestFrame,
    ShowTypingFrame,
    UnmuteWordFrame,
    WithdrawFrame,
)
from bot.web.plain.forms import Fields, whole
from bot.web.plain.saying import frame_of_kind, sent

DONE = {ReportFrame: "reported", LeaveFrame: "left", PostFrame: "kept"}


async def post(request: web.Request) -> web.StreamResponse:
    """Words to a group, or whatever else its forms ask for; then on to the page where it was asked for."""
    group = request.match_info["id"]
    at = f"/plain/groups/{group}"

    def onward(fields: Fields, frame: Acted) -> str:
        if isinstance(frame, LeaveFrame):
            return "/plain?said=left#now"
        if isinstance(frame, AppealFrame):
            return f"{at}?said={'told' if frame.complaint else 'looked'}"
        page = f"/posts/{whole(fields['page'])}" if whole(fields["page"]) else ""
        if isinstance(frame, MuteWordFrame | UnmuteWordFrame | ShowTypingFrame) or fields["page"] == "me":
            page = "/me"
        if isinstance(frame, RestFrame):
            page = ""
        mark = f"#p{frame.seq}" if isinstance(frame, ReactFrame | WithdrawFrame) else ""
        return f"{at}{page}?said={DONE.get(type(frame), 'done')}{mark}"

    return await sent(request, lambda fields: _frame(fields, group), onward)


def _frame(fields: Fields, group: str) -> Acted:
    """By ``do``. Raises Refused('bad_frame')."""
    said: dict[str, object] = {"group": group}
    seq = whole(fields["seq"])
    do = fields["do"] or "post"
    match do:
        case "post":
            said |= {"text": fields["text"], **_besides(fields)}
        case "report":
            said |= {"seq": seq, "why": fields["why"] or "other"}
        case "react":
            kind, _, on = fields["kind"].partition(":")
            said |= {"seq": seq, "kind": kind, "on": on == "on"}
        case "withdraw":
            said |= {"seq": seq}
        case "appeal":
            said |= {"text": fields["text"], "complaint": fields["about"] == "group"}
            said |= {"seq": seq} if seq else {}
        case "mute":
            said |= {"member": fields["member"], "on": fields["on"] == "yes"}
        case "rest":
            days = whole(fields["days"])
            said |= {"on": fields["on"] == "yes", **({"days": days} if days else {})}
        case "leave":
            said |= {"take_posts": fields["along"] == "yes"}
        case "mute_word":
            said = {"text": fields["text"]}
        case "unmute_word":
            said = {"word": fields["word"]}
        case "show_typing":
            said = {"on": fields["on"] == "yes"}
        case _:
            raise Refused("bad_frame")
    return frame_of_kind(fields, do, said)


def _besides(fields: Fields) -> dict[str, object]:
    """What goes with the words of a post."""
    found: dict[str, object] = {}
    if whole(fields["reply_to"]):
        found["reply_to"] = whole(fields["reply_to"])
    if fields["warning"]:
        found["warning"] = fields["warning"]
    if fields.every("mention"):
        found["mentions"] = list(fields.every("mention"))
    return found
