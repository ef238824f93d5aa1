"""Who is in the demo clinic, and what happens there in which week. Nobody in it is real."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.core.facts import Warning
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
    """Something in a group: a patient joins (``text``: the pseudonym), posts, presses ``text`` under a post or reports it
    (``text``: why); the host posts, or begins a course.

    ``ago``: minutes before now, in the evening that has just been; otherwise it is when groups meet in that week. A post
    is known by its ``key``, and ``to`` is the one that is answered, pressed or reported. ``waits``: it is still there for
    the host to decide.
    """

    week: int
    group: str
    who: str
    do: Literal["join", "post", "react", "report", "begin"]
    text: str = ""
    key: str = ""
    to: str = ""
    warning: Warning | None = None
    ago: int | None = None
    waits: bool = False


ROOM_ACTS: tuple[RoomAct, ...] = (
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
    RoomAct(2, "thursday-hour", "maria", "join", "Bluebell"),
    RoomAct(3, "thursday-hour", "carl", "join", "Old Tiller"),
    RoomAct(3, "thursday-hour", "priya", "join", "Marigold"),
    RoomAct(5, "breathing-course", "maria", "join", "Bluebell"),
    RoomAct(5, "breathing-course", "tom", "join", "Heron"),
    RoomAct(6, "breathing-course", "host", "begin"),
    RoomAct(6, "breathing-course", "maria", "post", "Week 1 done. I read it in bed with the light on and nodded a good deal."),
)  # fmt: skip

LAST = WEEKS - 1


def _evening() -> tuple[RoomAct, ...]:
    """An evening that is still going on in two rooms."""
    lungs, sugar = "copd", "diabetes"

    def post(
        group: str, ago: int, who: str, key: str, text: str, to: str = "", warning: Warning | None = None
    ) -> RoomAct:
        return RoomAct(LAST, group, who, "post", text, key, to, warning, ago)

    def press(group: str, ago: int, who: str, what: str, to: str) -> RoomAct:
        return RoomAct(LAST, group, who, "react", what, to=to, ago=ago)

    return (
        post(
            lungs,
            95,
            "host",
            "c1",
            "Good to see you all. I am here for the next hour or so. One question, if you like one: what was a small good thing this week?",
        ),
        post(
            lungs,
            92,
            "tom",
            "c2",
            "I carried the shopping in two goes instead of one. It took longer, and I was not grey at the end. That is my small good thing.",
            to="c1",
        ),
        press(lungs, 91, "maria", "heart", "c2"),
        post(
            lungs,
            89,
            "maria",
            "c3",
            "Two goes is the trick, Heron. I sit on the stairs half-way and call it a tea break.",
            to="c2",
        ),
        press(lungs, 87, "tom", "thanks", "c3"),
        post(
            lungs,
            84,
            "grace",
            "c4",
            "A hard week here. I was in for two nights with my chest and came home on Friday. I am all right now, only shaky, and I do not trust the stairs yet.",
            warning="hard",
        ),
        press(lungs, 82, "maria", "hug", "c4"),
        press(lungs, 81, "tom", "strength", "c4"),
        post(
            lungs,
            79,
            "maria",
            "c5",
            "Oh Willow. I am glad you are home. I was shaky for a good week after my last time in, and then one morning it was less. No hurry with the stairs.",
            to="c4",
        ),
        post(
            lungs,
            76,
            "host",
            "c6",
            "Welcome home, Willow, and thank you for telling us. Your own nurse is the right one to ask about the stairs, and there is no prize for being early.",
            to="c4",
        ),
        press(lungs, 74, "grace", "thanks", "c5"),
        press(lungs, 73, "grace", "thanks", "c6"),
        post(
            lungs,
            70,
            "grace",
            "c7",
            "Thank you. I have rung them, and somebody comes on Tuesday. Reading this with a cup of tea is already better than the rest of the day.",
            to="c6",
        ),
        press(lungs, 68, "tom", "heart", "c7"),
        press(lungs, 67, "maria", "heart", "c7"),
        post(
            sugar,
            65,
            "host",
            "d1",
            "Hello everybody. I look in here, too, for a while. Grumbles are welcome.",
        ),
        RoomAct(LAST, sugar, "zoe", "join", "Clover", ago=63),
        post(
            sugar,
            61,
            "zoe",
            "d2",
            "Hello. I am new here and do not know what to say. Eight weeks in, and I still read every label twice.",
        ),
        press(sugar, 58, "priya", "me_too", "d2"),
        press(sugar, 57, "mina", "heart", "d2"),
        post(
            sugar,
            55,
            "priya",
            "d3",
            "Welcome, Clover. You said it very well. I read one aloud in the shop once, and a toddler clapped.",
            to="d2",
        ),
        press(sugar, 53, "zoe", "thanks", "d3"),
        post(
            sugar,
            51,
            "mina",
            "d4",
            "The labels do get quicker. For me it was about the time when I stopped trying to be perfect at it.",
            to="d2",
        ),
        press(sugar, 48, "zoe", "hug", "d4"),
        post(
            sugar,
            46,
            "joe",
            "d5",
            "My sister made a birthday cake and everybody watched my plate. I had a slice and said nothing. I wish they would watch their own.",
            warning="food",
        ),
        press(sugar, 44, "priya", "me_too", "d5"),
        press(sugar, 43, "mina", "hug", "d5"),
        post(
            sugar,
            41,
            "priya",
            "d6",
            "They mean well, and it is tiring all the same. I say that I have it in hand and pass the cream.",
            to="d5",
        ),
        post(
            sugar,
            38,
            "host",
            "d7",
            "Being watched at table comes up here a lot. You do not owe anybody a speech, Biscuit. A slice of cake with your sister is allowed to be just that.",
            to="d5",
        ),
        press(sugar, 35, "joe", "thanks", "d6"),
        post(
            sugar,
            33,
            "mina",
            "d8",
            "It does me good to read you all. I am off to put my feet up now, which is my small good thing.",
        ),
        press(sugar, 30, "priya", "heart", "d8"),
        post(lungs, 25, "host", "c8", "I will read along a little longer, and look at what has come in."),
        RoomAct(LAST, "breathing-course", "grace", "join", "Willow", ago=22),
        RoomAct(
            LAST,
            lungs,
            "tom",
            "post",
            "Some of us could go round the park together. Ring me on 01632 960 147 and we will find a day.",
            ago=18,
            waits=True,
        ),
        RoomAct(
            LAST,
            sugar,
            "joe",
            "post",
            "Honestly, people who moan about their numbers just want attention.",
            "d9",
            ago=12,
        ),
        RoomAct(LAST, sugar, "priya", "report", "unkind", to="d9", ago=9),
    )


ROOM_ACTS += _evening()

HOUR = "thursday-hour"
HOUR_TALK = (
    ("host", "Good evening, and welcome to our hour. One word for how today is, or nothing at all."),
    ("carl", "Slow."),
    ("maria", "Windy, inside and out. Glad to sit down."),
    ("priya", "Middling. I got through a whole film without looking at my phone."),
    ("host", "My question for all of us: who or what was on your side this week?"),
    ("carl", "The neighbour who takes my bin out and never says a word about it."),
    ("maria", "My sister on the phone. We did not talk about lungs once."),
    ("priya", "The dog. He has no opinion about numbers."),
    ("host", "Thank you. A quiet minute now, and then good night to everybody."),
)
"""One Thursday's hour, in order."""
RECAP = (
    "What we talked about this Thursday: one word for the day, from slow to windy; and who was on our side this week. A neighbour "
    "with a bin, a sister on the phone and a dog were named. Next week at the same time. You can come late, or only read."
)
