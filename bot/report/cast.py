"""Who is in the demo clinic, and what happens there in which week. Nobody in it is real."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.report.simulate import COURSES, Course

WEEKS = 8
SLUG = "demo"
NAME = "Valley Long-Term Conditions Clinic (demo)"
DOMAIN = "demo.example"
PASSWORD = "demo clinic only"
PIN = "2468"

Care = Literal["open", "acknowledged", "resolved"]


@dataclass(frozen=True)
class Played:
    """A member of staff. ``roles`` as in the record."""

    key: str
    name: str
    roles: frozenset[str]

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


STAFF = (
    Played("therapist", "Anna (therapist)", frozenset({"therapist"})),
    Played("clinician", "Ben (nurse)", frozenset({"clinician"})),
    Played("duty", "Chris (duty worker)", frozenset({"duty"})),
    Played("lead", "Dana (team lead)", frozenset({"lead"})),
    Played("host", "Eve (group host)", frozenset({"host"})),
    Played("editor", "Fay (content editor)", frozenset({"editor"})),
)


@dataclass(frozen=True)
class Act:
    """Something beside the check-in of one week: a module, or half of one that ends with ``text`` (nothing: they are
    just gone), words of their own, or asking for a person."""

    week: int
    do: Literal["module", "half", "says", "asks"]
    text: str = ""


@dataclass(frozen=True)
class Patient:
    """``begins``: the week of joining. ``days_ago``, ``hour``: when in the week they come, on their own clock.

    ``hours_ago`` instead, for those whose last visit should still be fresh. ``care``: how far the team has come
    with what their last visit raised; what earlier visits raised is resolved.
    """

    name: str
    about: str
    conditions: tuple[str, ...]
    course: Course
    owner: str = "therapist"
    begins: int = 0
    days_ago: int = 1
    hour: int = 10
    hours_ago: float | None = None
    acts: tuple[Act, ...] = ()
    care: Care = "resolved"

    @property
    def key(self) -> str:
        return self.name.lower()

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


CRISIS = "i want to end my life"

PATIENTS = (
    Patient("Maria", "COPD, getting better", ("copd",), COURSES["improving"], hour=9, acts=(Act(1, "module"),)),
    Patient(
        "Tom", "COPD, steady", ("copd",), COURSES["steady"], "clinician", days_ago=2, hour=14,
        acts=(Act(2, "half", "stop"), Act(5, "module")),
    ),
    Patient(
        "Grace", "asthma and COPD, slowly getting worse", ("copd", "asthma"), COURSES["sliding"],
        hours_ago=5, acts=(Act(2, "module"),), care="open",
    ),
    Patient(
        "Alan", "heart, a sudden fall", ("heart",),
        Course(first=0.26, last=0.7, shape="step", turn=1.0, misses=0.0, dark=1.0),
        hours_ago=3, acts=(Act(2, "module"),), care="acknowledged",
    ),
    Patient("Priya", "diabetes, getting better", ("diabetes",), COURSES["improving"], hour=19, acts=(Act(2, "module"),)),
    Patient(
        "Joe", "diabetes, skips questions", ("diabetes",), COURSES["skipping"], "clinician", days_ago=2, hour=11,
        acts=(Act(4, "half", "stop"),),
    ),
    Patient("Ruth", "heart, getting better", ("heart",), COURSES["improving"], hour=16, acts=(Act(3, "module"),)),
    Patient("Leon", "asthma, stopped coming", ("asthma",), COURSES["leaving"], "clinician", hour=20, acts=(Act(2, "half"),)),
    Patient(
        "Mina", "diabetes, a crisis some weeks ago", ("diabetes",), COURSES["improving"], days_ago=2, hour=13,
        acts=(Act(3, "says", CRISIS), Act(5, "module")),
    ),
    Patient(
        "Carl", "heart, steady, asked for a person", ("heart",), COURSES["steady"], hours_ago=7,
        acts=(Act(2, "half", "stop"), Act(WEEKS - 1, "asks")), care="open",
    ),
    Patient(
        "Hope", "diabetes, new and very low", ("diabetes",), Course(first=0.82, last=0.8, misses=0.0), begins=WEEKS - 1,
        hours_ago=9, care="open",
    ),
    Patient(
        "Dev", "COPD, stopped coming", ("copd",), COURSES["leaving"], days_ago=2, hour=17,
        acts=(Act(1, "module"), Act(2, "half")),
    ),
    Patient("Nell", "heart, steady, new", ("heart",), COURSES["steady"], begins=WEEKS - 2, hour=12, acts=(Act(WEEKS - 2, "module"),)),
    Patient("Omar", "heart, steady, new", ("heart",), COURSES["steady"], "clinician", begins=WEEKS - 2, hour=15, acts=(Act(WEEKS - 1, "half", "stop"),)),
    Patient("Zoe", "diabetes, steady, new", ("diabetes",), COURSES["steady"], begins=WEEKS - 2, days_ago=2, hour=18, acts=(Act(WEEKS - 2, "module"),)),
    Patient("Ali", "diabetes, getting better, new", ("diabetes",), COURSES["improving"], "clinician", begins=WEEKS - 2, hour=14, acts=(Act(WEEKS - 1, "module"),)),
)  # fmt: skip


@dataclass(frozen=True)
class RoomAct:
    """Something in a group: a patient joins (``text``: the pseudonym), posts or reports the last post; the host posts."""

    week: int
    group: str
    who: str
    do: Literal["join", "post", "report"]
    text: str = ""


ROOM_ACTS = (
    RoomAct(0, "copd", "host", "post", "Welcome, everybody. I am Eve, the host here. Take your time, and say as much or as little as you like."),
    RoomAct(1, "copd", "maria", "join", "Bluebell"),
    RoomAct(1, "copd", "maria", "post", "Hello all. The stairs at the station nearly beat me on Monday, but I had two rests and got there."),
    RoomAct(1, "copd", "tom", "join", "Heron"),
    RoomAct(2, "copd", "tom", "post", "Well done Bluebell. I lean on the railing and pretend to look at my phone."),
    RoomAct(3, "copd", "maria", "post", "That made me laugh. I do the same with the shop windows."),
    RoomAct(2, "copd", "grace", "join", "Willow"),
    RoomAct(4, "copd", "grace", "post", "Nights are the worst for me. It helps to read that I am not the only one."),
    RoomAct(5, "copd", "host", "post", "Thank you all for being so kind to each other in here."),
    RoomAct(0, "heart", "host", "post", "Hello and welcome. There is no right speed for getting over a fright like yours."),
    RoomAct(1, "heart", "ruth", "join", "Kestrel"),
    RoomAct(1, "heart", "ruth", "post", "Five weeks since mine. I walked to the corner and back today, and sat down for an hour after."),
    RoomAct(3, "heart", "carl", "join", "Old Tiller"),
    RoomAct(3, "heart", "carl", "post", "The corner counts. I was afraid of my own front door in the beginning."),
    RoomAct(5, "heart", "ruth", "post", "Further today, past the post box. I still listen to my heart at night."),
    RoomAct(0, "diabetes", "host", "post", "Welcome. Grumbling is allowed here, and so is a good day."),
    RoomAct(2, "diabetes", "priya", "join", "Marigold"),
    RoomAct(2, "diabetes", "priya", "post", "Sick of counting everything before I may eat it. That is all. Thank you for listening."),
    RoomAct(3, "diabetes", "joe", "join", "Biscuit"),
    RoomAct(4, "diabetes", "joe", "post", "Same here. I took one day where I wrote nothing down but what I had to, and slept better."),
    RoomAct(6, "diabetes", "mina", "join", "Lantern"),
    RoomAct(6, "diabetes", "mina", "post", "It was very bad for me in spring and it is lighter now. Ask for help. It was worth it."),
    RoomAct(7, "diabetes", "joe", "post", "Honestly, people who moan about their numbers just want attention."),
    RoomAct(7, "diabetes", "priya", "report"),
)  # fmt: skip
