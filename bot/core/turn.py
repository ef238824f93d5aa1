"""One input of a patient's Line, decided: screen's answer first, then reading, flow and concerns. Pure (I7)."""

from __future__ import annotations

from typing import TypeVar, assert_never

from msgspec import structs

from bot.core import alerts, erasing, leaving, measured
from bot.core.errors import Refused
from bot.core.facts import (
    ConversationResumed,
    Evidence,
    HoldBegan,
    HoldEnded,
    How,
    InvitationDeclined,
    PatientInvited,
    PatientJoined,
    PatientReferred,
    RunEnded,
)
from bot.core.flow import (
    acting,
    agreeing,
    alarm,
    answering,
    check_in,
    choices,
    diary,
    directory,
    expecting,
    follow_up,
    goals,
    graduating,
    guided,
    home,
    joining,
    my_record,
    opting,
    peers,
    plans,
    rating,
    safety_talk,
    walk,
    weeks,
)
from bot.core.flow.leaving import leave_all
from bot.core.flow.voice import Talk, speak, where_to_turn
from bot.core.inputs import (
    Acknowledge,
    ActionReturned,
    AnswerCorrection,
    AnswerReferral,
    AnswerReminders,
    ChangeClinician,
    ChangeOwner,
    Decline,
    EndCare,
    Erase,
    HandBack,
    HandOver,
    HostWorried,
    Invite,
    Join,
    LeaveGroup,
    LiftLegalHold,
    LookAtGroup,
    MarkMissed,
    MuteMember,
    MuteWord,
    NobodyReached,
    OfferAppeal,
    OfferPost,
    OfferReport,
    PatientInput,
    Refer,
    Resolve,
    RestFromGroup,
    RoomAnswered,
    Said,
    SetLegalHold,
    ShowTyping,
    Snooze,
    TakeBack,
    TakeOver,
    TeamSaid,
    TimerFired,
    UnmuteWord,
)
from bot.core.pen import Moment, Pen, Turn
from bot.core.safety import Screen, Tier, with_second_net
from bot.core.safety.second_net import CATEGORY as SECOND_NET
from bot.core.shown import Shown
from bot.core.state import (
    CheckInRun,
    Conversation,
    DiaryRun,
    ForNothing,
    GoalRun,
    GroupRun,
    GuidedRun,
    ModuleRun,
    PlanRun,
    RatingRun,
    SafetyRun,
)
from bot.core.values import StaffId

Heard = TypeVar("Heard", Said, OfferPost, OfferAppeal)


def decide(state: Conversation, heard: PatientInput, moment: Moment) -> Turn[Conversation]:
    """Facts, next state, words and messages for one input.

    Raises Refused for what cannot be: an answer to a question that was not asked, a second joining.
    """
    try:
        return _decided(state, heard, moment)
    except Refused:
        raise
    except Exception:
        # A fault of ours may lose a module, never a patient's words or the alarm in them.
        if not isinstance(heard, Said):
            raise
        return _failed(state, heard, moment)


def rehearse(state: Conversation, run: ModuleRun, moment: Moment) -> Turn[Conversation]:
    """A module from any of its steps on, as if the earlier ones had been walked. For rehearsals alone."""
    pen = Pen(state, moment)
    walk.stand_at(pen, run)
    _go_on(pen)
    return pen.finish()


def _decided(state: Conversation, heard: PatientInput, moment: Moment) -> Turn[Conversation]:
    pen = Pen(state, moment)
    _hear(pen, heard)
    if isinstance(heard, Said | OfferPost | OfferAppeal | LookAtGroup):
        alerts.patient_wrote(pen)
    _go_on(pen)
    home.way_to_help(pen)
    if isinstance(heard, Said | OfferPost | OfferAppeal | LookAtGroup | Join | AnswerReferral | TakeBack):
        expecting.heard_from(pen)
        weeks.keep_up(pen)
    return pen.finish()


def _failed(state: Conversation, said: Said, moment: Moment) -> Turn[Conversation]:
    """The message is kept, a person is told at once, the patient is signposted, and what was open is left."""
    pen = Pen(state, moment)
    seq = pen.hear(Shown(text=said.text or ""), said.client_id, "text")
    evidence = Evidence(rule="turn_failed", seq=seq, client_id=said.client_id)
    alerts.concern_raised(pen, "risk", "now", evidence)
    speak(pen, "unscreened", urgent=where_to_turn(pen, "crisis"))
    leave_all(pen)
    home.rest(pen)
    return pen.finish()


def _hear(pen: Talk, heard: PatientInput) -> None:
    match heard:
        case Invite(profile=profile):
            pen.write(PatientInvited(profile=profile))
        case Join():
            _join(pen, heard)
        case Refer():
            _refer(pen, heard)
        case AnswerReferral():
            leaving.referral_answered(pen, heard)
        case Decline(reason=reason):
            if pen.state.status == "invited":
                pen.write(InvitationDeclined(reason=reason))
        case ChangeOwner():
            leaving.owner_changed(pen, heard)
        case ChangeClinician():
            leaving.clinician_changed(pen, heard)
        case EndCare():
            leaving.ended(pen, heard)
        case TakeBack():
            leaving.taken_back(pen, heard)
            if pen.state.status == "joined" and not pen.state.profile.consents.get("care"):
                choices.ask_for_care_again(pen)
        case Erase():
            erasing.erased(pen, heard)
        case SetLegalHold() | LiftLegalHold():
            erasing.hold(pen, heard)
        case AnswerCorrection():
            my_record.answered(pen, heard)
        case Said():
            _said(pen, heard)
        case ActionReturned():
            acting.returned(pen, heard)
        case TimerFired():
            _timer(pen, heard)
        case Acknowledge() | Snooze() | HandOver() | Resolve() | NobodyReached():
            alerts.act(pen, heard)
        case TakeOver(by=by):
            if pen.state.hold is None:
                rating.pass_over(pen)
                pen.write(HoldBegan(by=by, at=pen.moment.now))
                alerts.somebody_is_there(pen)
                speak(pen, "hold_began")
        case HandBack(by=by):
            _hand_back(pen, by)
        case TeamSaid(text=text):
            alerts.somebody_is_there(pen)
            pen.show(Shown(text=text), sender="team")
        case MarkMissed():
            alerts.marked_missed(pen, heard)
        case AnswerReminders():
            opting.answered(pen, heard)
        case OfferPost() | OfferAppeal() if pen.state.gone or _rings_for_no_room(pen, heard):
            # It reaches no room, and is heard in their own chat.
            _said(pen, Said(heard.client_id, heard.text, screen=heard.screen, worry=heard.worry))
        case OfferPost():
            peers.offer_post(pen, _caught(pen, heard))
        case OfferAppeal():
            peers.offer_appeal(pen, _caught(pen, heard))
        case OfferReport():
            peers.offer_report(pen, heard)
        case LeaveGroup():
            peers.leave(pen, heard)
        case RestFromGroup():
            peers.rest(pen, heard)
        case MuteMember():
            peers.mute_member(pen, heard)
        case MuteWord():
            peers.mute_word(pen, heard)
        case UnmuteWord():
            peers.unmute_word(pen, heard)
        case ShowTyping():
            peers.show_typing(pen, heard)
        case LookAtGroup():
            directory.looked_at(pen, heard)
        case HostWorried():
            peers.host_worried(pen, heard)
        case RoomAnswered():
            peers.answered(pen, heard)
        case _:
            assert_never(heard)


def _go_on(pen: Talk) -> None:
    """Walk the Run on top until the conversation waits for something, or no Run is left."""
    while isinstance(pen.state.wait, ForNothing) and pen.state.top is not None and pen.state.hold is None:
        match pen.state.top:
            case ModuleRun():
                walk.walk(pen)
            case CheckInRun():
                check_in.ask_next(pen)
            case SafetyRun():
                safety_talk.ask_again(pen)
            case GroupRun():
                joining.go_on(pen)
            case RatingRun():
                rating.ask(pen)
            case PlanRun():
                plans.go_on(pen)
            case GuidedRun():
                guided.go_on(pen)
            case DiaryRun():
                diary.go_on(pen)
            case GoalRun():
                goals.go_on(pen)
    came_to_rest = isinstance(pen.state.wait, ForNothing) and not pen.state.wait.keys and not pen.state.runs
    silent = pen.state.status in ("died", "erased") and not pen.messages
    said = pen.messages or pen.count(RunEnded)
    rests = came_to_rest and not silent and pen.state.hold is None and said
    if rests and not agreeing.ask_again(pen):
        home.rest(pen)


# -- the patient --------------------------------------------------------------------------------------


def _join(pen: Talk, heard: Join) -> None:
    if pen.state.status != "invited":
        raise Refused("expired_invite")
    name = pen.keep("first_name", heard.first_name.strip()) if heard.first_name else None
    contact = pen.keep("contact", heard.contact) if heard.contact else None
    pen.write(
        PatientJoined(
            consents=heard.consents,
            first_name=name,
            contact=contact,
            conditions=heard.conditions,
            language=heard.language,
            nation=heard.nation,
            timezone=heard.timezone,
        )
    )
    _agree(pen, heard.consents)
    speak(pen, "welcome")
    speak(pen, "welcome_how_it_works")
    speak(pen, "team_hours")
    home.rest(pen)
    graduating.plan(pen)


def _refer(pen: Talk, heard: Refer) -> None:
    """They may write from now on, and are told that nobody reads it yet, and what happens to it all the same."""
    if pen.state.status != "invited":
        raise Refused("expired_invite")
    name = pen.keep("first_name", heard.first_name.strip()) if heard.first_name else None
    contact = pen.keep("contact", heard.contact) if heard.contact else None
    profile = heard.profile.but(first_name=name, contact=contact, owner=None, consents=heard.consents)
    pen.write(PatientReferred(profile=profile))
    _agree(pen, heard.consents)
    speak(pen, "waiting_hello")
    speak(pen, "waiting_screened", urgent=where_to_turn(pen, "advice"))
    home.rest(pen)


def _agree(pen: Talk, consents: dict[str, bool]) -> None:
    for consent in [c for c in agreeing.asked(pen) if c in consents]:
        agreeing.answer(pen, consent, given=consents[consent])


def _said(pen: Talk, said: Said) -> None:
    """I2: what the screen heard comes before anything that the message may mean."""
    if pen.state.status != "joined" and not pen.state.gone:
        raise Refused("not_joined")
    numbered = measured.asks_for_a_reading(pen.state, pen.moment.library) and isinstance(said.value, int)
    caught = measured.judged(_caught(pen, said), pen.state, pen.moment.library, pen.moment.now)
    if not _says_how_to_be_reached(pen, caught):
        said = caught
    reply = answering.meant(pen, said)
    how: How = "text" if said.text is not None else "choice" if said.choice is not None else "answer"
    worry = round(said.worry.greatest, 3) if said.worry else None
    loud = (said.text is not None or numbered) and (said.screen is None or said.screen.tier > Tier.NONE)
    # What rang is never kept from the team, wherever it was written.
    own_plan = not loud and answering.is_of_their_plan(pen, said, reply)
    shown = Shown(text=reply.shown, lang=pen.state.profile.language, own_plan=own_plan)
    if own_plan:
        shown = shown.but(of_plan=plans.which(pen))
    seq = pen.hear(shown, said.client_id, how, worry)
    if pen.state.paused:
        pen.write(ConversationResumed())
    if pen.state.hold is not None:
        if loud:
            alarm.rang(pen, said, seq)
        elif reply.key == "wrong":
            alarm.asked_for_help(pen, seq)
        elif reply.key == "not_safe":
            alarm.is_not_safe(pen, seq)
        return
    if loud:
        answering.keep_own_words(pen, said, reply)
        alarm.rang(pen, said, seq)
    else:
        answering.take(pen, said, reply, seq)


def _rings_for_no_room(pen: Talk, heard: OfferPost | OfferAppeal) -> bool:
    """Refusing it would lose the words of somebody in distress."""
    screen = _screen_of(pen, heard)
    return not peers.may_offer(pen, heard) and (screen is None or screen.tier > Tier.NONE)


def _caught(pen: Talk, heard: Heard) -> Heard:
    """With the second net's question, where no rule has spoken."""
    return structs.replace(heard, screen=_screen_of(pen, heard))


def _screen_of(pen: Talk, heard: Said | OfferPost | OfferAppeal) -> Screen | None:
    if heard.screen is None:
        return None
    return with_second_net(heard.screen, heard.worry, pen.moment.library.safety.second_net)


def _says_how_to_be_reached(pen: Talk, caught: Said) -> bool:
    """In answer to that question, whose alert is open, the net's doubt about the same concern asks nothing new."""
    run = pen.state.top
    if not isinstance(run, SafetyRun) or run.phase != "contact" or caught.screen is None:
        return False
    return {(hit.category, hit.concern) for hit in caught.screen.hits} == {(SECOND_NET, run.concern)}


def _timer(pen: Talk, fired: TimerFired) -> None:
    if f"{fired.kind}:{fired.key}" not in pen.state.timers:
        return
    if fired.kind in alerts.TIMERS:
        alerts.came_due(pen, fired)
        return
    match fired.kind:
        case "gentle":
            safety_talk.not_answered(pen, fired.key)
        case "later" if fired.key.startswith(goals.KEY):
            goals.came_due(pen, fired.key)
        case "later" if fired.key == graduating.KEY:
            graduating.came_due(pen)
        case "later":
            follow_up.came_due(pen, fired.key)
        case "check_in":
            expecting.came_due(pen)
            weeks.keep_up(pen)
        case "remind":
            weeks.came_due(pen, fired.key)
        case "erase":
            erasing.cannot_yet(pen)


# -- the team -----------------------------------------------------------------------------------------


def _hand_back(pen: Talk, by: StaffId) -> None:
    hold = pen.state.hold
    if hold is None:
        return
    pen.write(HoldEnded(by=by))
    speak(pen, "hold_ended")
    if pen.state.runs:
        home.rest(pen)
