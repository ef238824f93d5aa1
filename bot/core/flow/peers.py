"""A patient among peers, on their own Line: what they post, report and ask for there, and what each room answers."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core import alerts
from bot.core.errors import Refused
from bot.core.facts import (
    AppealOffered,
    BackInGroup,
    BreakFromGroup,
    Evidence,
    GroupsBarred,
    GroupsOpenAgain,
    MemberMuted,
    MembershipAnswered,
    MembershipEnded,
    PostOffered,
    ReportOffered,
    TypingShown,
    WordHeardAgain,
    WordMuted,
)
from bot.core.flow import alarm, calendar, home, joining, reminding
from bot.core.flow.voice import (
    Talk,
    group_for,
    language_of,
    module_for,
    offer,
    sentence,
    speak,
    titled,
)
from bot.core.groups import verdict_on
from bot.core.inputs import (
    HostWorried,
    LeaveGroup,
    MuteMember,
    MuteWord,
    OfferAppeal,
    OfferPost,
    OfferReport,
    RestFromGroup,
    RoomAnswered,
    Said,
    ShowTyping,
    UnmuteWord,
)
from bot.core.room import post_id
from bot.core.safety import Tier
from bot.core.state import Membership
from bot.core.values import LineId, WordId

MEETS = "meets"
"""The reminder of an hour in a group, whichever: nothing outside the chat says of which."""
MOST_MUTED_WORDS = 20
LONGEST_MUTED_WORD = 40
HELD_IN_SILENCE = ("distress", "unscreened")
"""Their author is being talked to in the chat, which says it all."""


# -- what they do -------------------------------------------------------------------------------------


def may_offer(pen: Talk, heard: OfferPost | OfferAppeal) -> bool:
    """Whether there is a room that it may go to."""
    if isinstance(heard, OfferAppeal):
        return any(m.room == heard.room for m in pen.state.rooms.values())
    return pen.state.may_write_in(heard.room, pen.moment.now)


def offer_post(pen: Talk, heard: OfferPost) -> None:
    """Screened and kept here with its alert (I2, I3); the room decides in a commit of its own."""
    group, membership = _in_room(pen, heard.room)
    if pen.state.barred_at(pen.moment.now) is not None:
        raise Refused("barred")
    verdict, why = verdict_on(heard.text, heard.screen, pen.moment.library, heard.suspicion)
    if verdict == "refuse":
        raise Refused(why)
    word = pen.keep("post", heard.text.strip())
    pen.write(
        PostOffered(
            room=membership.room,
            post=post_id(pen.moment.line, heard.client_id),
            client_id=heard.client_id,
            word=word,
            verdict=verdict,
            reply_to=heard.reply_to,
            why=why,
            warning=heard.warning,
            mentions=heard.mentions,
        )
    )
    if membership.resting:
        pen.write(BackInGroup(group=group))
    if heard.screen is None or heard.screen.tier > Tier.NONE:
        speak(pen, "group_post_author_distress")
        _ring(pen, heard, word)


def offer_report(pen: Talk, heard: OfferReport) -> None:
    """Whoever was in the room when they saw it may say so; what comes of it the room decides."""
    pen.write(ReportOffered(room=heard.room, seq=heard.seq, client_id=heard.client_id, why=heard.why))
    speak(pen, "group_reported")


def offer_appeal(pen: Talk, heard: OfferAppeal) -> None:
    """Whoever was ever in the group may ask; nobody's words are lost because a rule says no."""
    group, membership = _ever_in_room(pen, heard.room)
    if not heard.text.strip():
        raise Refused("empty")
    word = pen.keep("appeal", heard.text.strip())
    pen.write(
        AppealOffered(
            group=group,
            room=membership.room,
            client_id=heard.client_id,
            word=word,
            seq=heard.seq,
            complaint=heard.complaint,
        )
    )
    speak(pen, "group_complaint_sent" if heard.complaint else "group_appeal_sent")
    if heard.screen is None or heard.screen.tier > Tier.NONE:
        _ring(pen, heard, word)


def leave(pen: Talk, heard: LeaveGroup) -> None:
    group, membership = _in_room(pen, heard.room, waiting=True)
    pen.write(MembershipEnded(group=group, room=membership.room, took_posts=heard.take_posts))
    speak(pen, "group_left_with_posts" if heard.take_posts else "group_left")


def leave_all(pen: Talk, *, take_posts: bool = False) -> bool:
    """Whether there was a group to leave, or a list."""
    ended = [(group, m.room) for group, m in pen.state.rooms.items() if m.status != "left"]
    for group, room in ended:
        pen.write(MembershipEnded(group=group, room=room, took_posts=take_posts))
    return bool(ended)


def rest(pen: Talk, heard: RestFromGroup) -> None:
    group, membership = _in_room(pen, heard.room)
    if not heard.on:
        if membership.resting:
            pen.write(BackInGroup(group=group))
        return
    until = None if heard.days is None else pen.moment.now + timedelta(days=heard.days)
    pen.write(BreakFromGroup(group=group, until=until))


def mute_member(pen: Talk, heard: MuteMember) -> None:
    group, membership = _in_room(pen, heard.room)
    if heard.on != (heard.handle in membership.muted):
        pen.write(MemberMuted(group=group, handle=heard.handle, on=heard.on))


def mute_word(pen: Talk, heard: MuteWord) -> None:
    text = " ".join(heard.text.split())
    if not text:
        raise Refused("empty")
    if len(text) > LONGEST_MUTED_WORD:
        raise Refused("too_long")
    if len(pen.state.muted_words) >= MOST_MUTED_WORDS:
        raise Refused("too_many_words")
    pen.write(WordMuted(word=pen.keep("muted_word", text)))


def unmute_word(pen: Talk, heard: UnmuteWord) -> None:
    if heard.word in pen.state.muted_words:
        pen.write(WordHeardAgain(word=heard.word))


def show_typing(pen: Talk, heard: ShowTyping) -> None:
    if heard.on != pen.state.shows_typing:
        pen.write(TypingShown(on=heard.on))


def _ring(pen: Talk, heard: OfferPost | OfferAppeal, word: WordId) -> None:
    said = Said(client_id=heard.client_id, text=heard.text, screen=heard.screen)
    alarm.rang(pen, said, None, word)


def _in_room(pen: Talk, room: LineId, *, waiting: bool = False) -> tuple[str, Membership]:
    group, membership = _ever_in_room(pen, room)
    if membership.status != "member" and not (waiting and membership.status == "waiting"):
        raise Refused("not_a_member")
    return group, membership


def _ever_in_room(pen: Talk, room: LineId) -> tuple[str, Membership]:
    found = next(((g, m) for g, m in pen.state.rooms.items() if m.room == room), None)
    if found is None:
        raise Refused("not_a_member")
    return found


# -- what a room answers ------------------------------------------------------------------------------


def answered(pen: Talk, heard: RoomAnswered) -> None:
    """What it holds about them is kept wherever they are by now. It is told in their own chat while somebody looks after
    them, in words that fit; a check-in that goes on is not disturbed by more than that."""
    match heard.what:
        case "member" | "waiting" | "name_taken" | "turned_away":
            _about_joining(pen, heard)
        case "paused":
            _paused(pen, heard)
        case "restored":
            _restored(pen, heard)
        case _ if not pen.state.gone:
            _told(pen, heard)


def _told(pen: Talk, heard: RoomAnswered) -> None:
    match heard.what:
        case "held":
            if heard.why not in HELD_IN_SILENCE:
                speak(pen, _known(pen, f"group_held_{heard.why}", "group_post_held"))
        case "not_placed":
            speak(pen, f"group_not_placed_{heard.why}")
        case "hidden":
            speak(pen, "group_post_refused", reason=reason_for(pen, heard.why))
        case "answered":
            speak(pen, f"group_answered_{heard.why}")
        case "week" | "meets_soon":
            _comes(pen, heard)


def _about_joining(pen: Talk, heard: RoomAnswered) -> None:
    membership = pen.state.rooms.get(heard.group)
    if membership is None:
        return
    if membership.status == "left" or pen.state.gone:
        if heard.what in ("member", "waiting") and heard.room is not None:
            # They left while a room was letting them in: it hears so, too.
            pen.write(MembershipEnded(group=heard.group, room=heard.room))
        return
    if membership.status == "member":
        return
    if heard.what == "member":
        joining.admitted(pen, heard.group, heard.room)
    elif heard.what == "name_taken":
        joining.name_taken(pen, heard.group)
    elif heard.what == "turned_away":
        joining.turned_away(pen, heard.group)
    elif membership.status == "asked" or membership.room != heard.room:
        pen.write(MembershipAnswered(group=heard.group, status="waiting", room=heard.room))
        joining.waits(pen, heard.group, heard.why)
    if not pen.state.runs:
        home.rest(pen)


def _comes(pen: Talk, heard: RoomAnswered) -> None:
    """A course's module of the week, or a session that comes. Whoever takes a break hears nothing of it."""
    membership, group = pen.state.rooms.get(heard.group), group_for(pen, heard.group)
    if (
        membership is None
        or membership.status != "member"
        or membership.rests(pen.moment.now)
        or group is None
    ):
        return
    if heard.what == "meets_soon":
        assert heard.until is not None
        seq = speak(
            pen,
            "group_meets_soon",
            group=group.title,
            day=_day(pen, heard.until),
            time=_hour(pen, heard.until),
        )
        reminding.leaves(pen, MEETS, seq)
        return
    module = module_for(pen, heard.why)
    if module is None:
        return
    speak(pen, "group_week_ready", group=group.title, title=module.title)
    if not pen.state.runs and pen.state.hold is None:
        offer(pen, titled(pen, "start", heard.why), "menu:menu")


def _paused(pen: Talk, heard: RoomAnswered) -> None:
    if heard.why == "flags":
        if not pen.state.gone:
            speak(pen, "group_paused_flags")
        return
    assert heard.room is not None
    pen.write(
        GroupsBarred(
            group=heard.group,
            room=heard.room,
            case=heard.case,
            reason=heard.why,
            until=heard.until,
            strike=heard.strike,
        )
    )
    if pen.state.gone:
        return
    reason = reason_for(pen, heard.why)
    if heard.until is None:
        speak(pen, "group_paused_for_good", reason=reason)
    else:
        speak(pen, "group_paused_until", reason=reason, date=_day(pen, heard.until))
    speak(pen, "group_how_to_appeal")


def _restored(pen: Talk, heard: RoomAnswered) -> None:
    if any((bar.room, bar.case) == (heard.room, heard.case) for bar in pen.state.barred):
        assert heard.room is not None
        pen.write(GroupsOpenAgain(room=heard.room, case=heard.case))
    if pen.state.barred_at(pen.moment.now) is None and not pen.state.gone:
        speak(pen, f"group_restored_{heard.why}")


def host_worried(pen: Talk, heard: HostWorried) -> None:
    """Their own team looks at what they posted, or duty where they have none any more. They are told that it was asked, and
    when their team reads; after a death nothing is said."""
    evidence = Evidence(rule="group:host_worried", client_id=heard.post, word=heard.word)
    alerts.concern_raised(pen, "risk", "soon", evidence)
    if pen.state.status != "died":
        speak(pen, "group_host_worried_gone" if pen.state.gone else "group_host_worried")


def reason_for(pen: Talk, reason: str) -> str:
    """Why a host decided so, as a sentence."""
    return sentence(pen, _known(pen, f"group_reason_{reason}", "group_reason_other"))


def _known(pen: Talk, key: str, otherwise: str) -> str:
    return key if key in pen.moment.library.texts["en"] else otherwise


def _hour(pen: Talk, at: datetime) -> str:
    return calendar.clock(pen.moment.service.on_its_clock(at).time(), language_of(pen))


def _day(pen: Talk, at: datetime) -> str:
    moment = pen.moment
    return calendar.day(moment.library, moment.service.on_its_clock(at).date(), language_of(pen))
