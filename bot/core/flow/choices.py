"""My choices: what a patient has agreed to, one by one, changed in the chat; and withdrawing, asked once more."""

from __future__ import annotations

from bot.core import leaving
from bot.core.alerts import concern_raised
from bot.core.facts import Evidence
from bot.core.flow import home, opting, peers
from bot.core.flow.agreeing import agreed_to_other_words, answer, asked
from bot.core.flow.leaving import leave_all
from bot.core.flow.voice import Talk, offer, sentence, speak, wait_for_choice
from bot.core.library import CONSENTS

WITHDREW = "withdrew"
CONFIRM = "confirm:stop"
MENU = "menu:choices"
GIVE, STOP = "give:", "stop:"
KEYS = frozenset(
    {MENU, "withdraw:yes", "withdraw:no", *(f"{way}{name}" for way in (GIVE, STOP) for name in CONSENTS)}
)


def choose(pen: Talk, key: str) -> None:
    """One of the buttons that this file offers."""
    if pen.state.gone:
        home.after_care(pen)
    elif key == MENU:
        show(pen)
    elif key == "withdraw:yes":
        withdraw(pen)
    elif key == "withdraw:no":
        speak(pen, "withdraw_not")
        home.rest(pen)
    elif key == "stop:care":
        _ask_once_more(pen)
    else:
        way, name = (GIVE, key.removeprefix(GIVE)) if key.startswith(GIVE) else (STOP, key.removeprefix(STOP))
        _change(pen, name, given=way == GIVE)
        offer(pen, (), f"{STOP if way == GIVE else GIVE}{name}", MENU, "menu:menu")


def show(pen: Talk) -> None:
    """Each with how it stands and its two sentences, and a button that turns it round."""
    consents = pen.state.profile.consents
    speak(pen, "choices_intro")
    older = [name for name in asked(pen) if agreed_to_other_words(pen, name)]
    for name in asked(pen):
        standing = "choice_agreed" if consents.get(name) else "choice_not_agreed"
        if name in older:
            standing = "choice_agreed_before"
        title, about = sentence(pen, f"consent_{name}"), sentence(pen, f"consent_{name}_about")
        speak(pen, standing, title=title, about=about)
    buttons = [
        f"{way}{name}"
        for name in asked(pen)
        for way in ((GIVE, STOP) if name in older else (STOP,) if consents.get(name) else (GIVE,))
    ]
    offer(pen, (), *buttons, "menu:menu")


def _change(pen: Talk, name: str, *, given: bool) -> None:
    if name == opting.CONSENT:
        (opting.yes if given else opting.no)(pen)
    else:
        answer(pen, name, given=given)
    if name == "care" and given:
        opting.plan_again(pen)
    if name == "groups" and not given:
        peers.leave_all(pen)
    speak(pen, f"choice_{name}_{'on' if given else 'off'}")


# -- withdrawing --------------------------------------------------------------------------------------


def _ask_once_more(pen: Talk) -> None:
    leave_all(pen)
    speak(pen, "withdraw_what_happens")
    speak(pen, "withdraw_kept")
    speak(pen, "withdraw_ask")
    wait_for_choice(pen, "withdraw:yes", "withdraw:no", item=CONFIRM)


def withdraw(pen: Talk) -> None:
    """Whoever looked after them is told, as of any routine matter; what is open stays open."""
    concern_raised(pen, WITHDREW, "routine", Evidence(rule="patient:withdrew", seq=pen.state.seq))
    for name in asked(pen):
        if pen.state.profile.consents.get(name):
            answer(pen, name, given=False)
    peers.leave_all(pen)
    leaving.withdrew(pen)


def ask_for_care_again(pen: Talk) -> None:
    """They are taken back, and have not agreed again that a team looks after them."""
    speak(pen, "care_agree_again", about=sentence(pen, "consent_care_about"))
    offer(pen, (), "give:care", "stop:care")
