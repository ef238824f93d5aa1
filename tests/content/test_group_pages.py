"""What a group's page says of the room: read, checked, and the same in every language."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest
from drafting import CONTENT, TODAY, around
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.adapters.content_files.files import File
from bot.adapters.content_files.names import Name
from bot.adapters.content_files.pages import read_group, read_module, text_hash
from bot.core.library import Group, HostHours, Library, Meets
from bot.core.library.build import _group, _shapes, build
from bot.core.library.drafts import Drafts, GroupDraft
from bot.core.library.group_hours import read_hours, read_meets
from bot.core.library.policy import GroupNumbers

SESSION = "groups/thursday-hour.en.md"
OLD_FIELDS = {
    "id": "air",
    "language": "en",
    "title": "Air",
    "summary": "A room.",
    "suits": ("copd",),
    "hours": "whenever",
    "host": "A host",
    "welcome": "Welcome.",
    "rules": ("Be kind.",),
    "clinical_lead": "unsigned draft",
    "review_by": "2027-11-01",
    "licence": "CC-BY-4.0",
}


def read(name: str, text: str | None = None, language: str = "en") -> GroupDraft:
    held = (CONTENT / name).read_text(encoding="utf-8") if text is None else text
    draft, problems = read_group(File(name, held), Name("group", Path(name).name.split(".")[0], language))
    assert problems == ()
    return draft


# -- the groups that are shipped ----------------------------------------------------------------------


def test_a_session_has_its_hour_and_its_agenda(library: Library) -> None:
    held = library.groups["thursday-hour"]
    assert (held.kind, held.meets) == ("session", Meets(day=3, opens=time(18), closes=time(19)))
    assert held.agenda[0] == "Saying hello: one word for how today is, or nothing at all"
    assert len(held.agenda) == 5 and len(held.rules) == 12
    assert held.hosted == HostHours(days=(3,), opens=time(18), closes=time(19))


def test_a_course_has_a_module_for_each_week(library: Library) -> None:
    held = library.groups["breathing-course"]
    assert (held.kind, held.size, library.begins_with(held), len(held.weeks)) == ("course", 12, 6, 4)
    assert all({"copd", "asthma"} <= {*library.modules[week].suits} for week in held.weeks)


def test_an_open_group_is_what_it_was(library: Library) -> None:
    held = library.groups["copd"]
    assert (held.kind, held.meets, held.agenda, held.starts_with, held.weeks) == ("open", None, (), None, ())
    assert held.hosted == HostHours(days=(0, 1, 2, 3, 4), opens=time(8), closes=time(20))
    assert library.places_in(held) == 60


def test_a_group_without_a_number_takes_what_the_policy_says(library: Library) -> None:
    held = library.groups["copd"].model_copy(update={"size": None})
    assert library.places_in(held) == library.policy.groups.size == 150
    assert library.begins_with(held) == library.policy.groups.enough_to_open == 5


def test_every_theme_that_the_policy_names_is_one_of_some_group(library: Library) -> None:
    assert {*library.policy.groups.themes} == {t for g in library.groups.values() for t in g.themes}


# -- a release from before ----------------------------------------------------------------------------


def test_a_group_of_an_old_release_reads_and_is_written_as_it_was() -> None:
    old = Group.model_validate(OLD_FIELDS)
    assert (old.kind, old.hosted, old.size) == ("open", None, None)
    assert old.model_dump() == OLD_FIELDS
    assert Group.model_validate_json(old.model_dump_json()) == old


def test_a_group_with_all_of_it_reads_again(library: Library) -> None:
    for held in library.groups.values():
        assert Group.model_validate_json(held.model_dump_json()) == held


def test_the_numbers_of_an_old_release_take_the_defaults() -> None:
    old = GroupNumbers.model_validate(
        {
            "version": "1",
            "max_characters": 2000,
            "first_posts_held": 1,
            "flags_to_hide": 3,
            "flags_to_pause": 5,
        }
    )
    assert (old.size, old.enough_to_open, old.themes) == (150, 5, ())
    assert old.night == "22:00-07:00"
    assert GroupNumbers.model_validate_json(old.model_dump_json()) == old


# -- hours --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "days", "opens", "closes"),
    [
        ("Mon-Fri 08:00-20:00", (0, 1, 2, 3, 4), time(8), time(20)),
        ("Mon 8:00-12:30", (0,), time(8), time(12, 30)),
        ("Mon-Wed, Fri 08:00-20:00", (0, 1, 2, 4), time(8), time(20)),
        ("sat,sun 10:00 - 11:00", (5, 6), time(10), time(11)),
        ("Mon–Sun 00:00–23:59", tuple(range(7)), time(0), time(23, 59)),
    ],
)
def test_hours_are_read(line: str, days: tuple[int, ...], opens: time, closes: time) -> None:
    assert read_hours(line) == HostHours(days=days, opens=opens, closes=closes)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "always",
        "08:00-20:00",
        "Mon-Fri",
        "Fri-Mon 08:00-20:00",
        "Mon-Fri 20:00-08:00",
        "Mon-Fri 08:00-08:00",
        "Mon-Fri 08:00-25:00",
        "Mun 08:00-20:00",
        "Mon-Fri 08:00-20:00 or so",
        "Mon,,Tue 08:00-09:00",
    ],
)
def test_what_are_no_hours_is_not_guessed(line: str) -> None:
    assert read_hours(line) is None


@pytest.mark.parametrize(
    ("line", "fits"),
    [
        ("Thu 18:00-18:15", True),
        ("Thu 18:00-22:00", True),
        ("Thu 18:00-18:14", False),
        ("Thu 18:00-22:01", False),
        ("Thu 23:30-00:30", False),
        ("Thu-Fri 18:00-19:00", False),
        ("Thursday 18:00-19:00", False),
    ],
)
def test_an_hour_is_15_minutes_to_4_hours_of_one_day(line: str, fits: bool) -> None:
    assert (read_meets(line) is not None) is fits


@given(st.text(max_size=30) | st.from_regex(r"[A-Za-z, -]{3,12} \d?\d:\d\d-\d\d:\d\d", fullmatch=True))
def test_no_line_of_hours_breaks_anything(line: str) -> None:
    read_hours(line)
    read_meets(line)


def test_a_kept_hour_is_checked_too() -> None:
    with pytest.raises(ValidationError):
        Meets(day=7, opens=time(18), closes=time(19))
    with pytest.raises(ValidationError):
        Meets(day=3, opens=time(18), closes=time(18, 5))
    with pytest.raises(ValidationError):
        HostHours(days=(), opens=time(18), closes=time(19))


@pytest.mark.parametrize(
    ("written", "fits"),
    [
        ("22:00-07:00", True),
        ("01:00-05:30", True),
        ("22-7", False),
        ("22:00-24:00", False),
        ("22:00", False),
        ("at night", False),
    ],
)
def test_a_night_that_cannot_be_read_is_refused(library: Library, written: str, fits: bool) -> None:
    held = library.policy.groups.model_dump() | {"night": written}
    if fits:
        assert GroupNumbers.model_validate(held).night == written
    else:
        with pytest.raises(ValidationError):
            GroupNumbers.model_validate(held)


# -- a translation ------------------------------------------------------------------------------------


def in_polish(**changed: str) -> str:
    english = (CONTENT / SESSION).read_text(encoding="utf-8")
    made = text_hash(File(SESSION, english))
    header = f"language: pl\ntranslates: thursday-hour.en.md@{made}\ntranslator: not reviewed\n"
    text = english.replace("language: en\n", header).replace("## Agenda", "## Plan {#agenda}")
    for was, now in changed.items():
        assert was in text
        text = text.replace(was, now)
    return text


def built(text: str) -> Drafts:
    polish = read("groups/thursday-hour.pl.md", text, "pl")
    rest = tuple(g for g in around().groups if g.id != "thursday-hour")
    return Drafts(groups=(read(SESSION), polish, *rest), measures=around().measures)


def codes(text: str) -> list[str]:
    found = build(built(text), today=TODAY).problems
    return [p.code for p in found if p.file == "groups/thursday-hour.pl.md" and p.code != "C402"]


def test_a_translation_pins_its_agenda() -> None:
    assert codes(in_polish()) == []
    polish = File("groups/thursday-hour.pl.md", in_polish(**{"{#agenda}": ""}))
    [found] = read_group(polish, Name("group", "thursday-hour", "pl"))[1]
    assert found.code == "C308" and "{#agenda}" in found.hint, "its lines would be taken for rules"


def test_a_translation_takes_the_hour_from_its_source() -> None:
    """Whatever it says itself: the room is one and the same."""
    lines = ("kind: session\n", "themes: [feelings, faith]\n", "size: 20\n")
    text = in_polish(**dict.fromkeys(lines, ""), **{'meets: "Thu 18:00-19:00"\n': ""})
    assert codes(text) == []
    drafts = built(text)
    polish = next(g for g in drafts.groups if g.language == "pl")
    group = _group(polish, _shapes(drafts))
    assert (group.language, group.kind, group.size, group.themes) == (
        "pl",
        "session",
        20,
        ("feelings", "faith"),
    )
    assert group.meets == Meets(day=3, opens=time(18), closes=time(19))
    assert len(group.agenda) == 5


def test_a_translation_takes_from_its_source_whom_it_is_for_and_when_a_host_looks_in() -> None:
    """Nobody reads in one language that somebody is there, and in another that nobody is."""
    drafts = built(
        in_polish(**{'hours: "Thu 18:00-19:00"': 'hours: "Mon-Sun 08:00-20:00"', "everybody": "pain"})
    )
    group = _group(next(g for g in drafts.groups if g.language == "pl"), _shapes(drafts))
    assert (group.suits, group.hours) == (("everybody",), "Thu 18:00-19:00")
    assert group.hosted == HostHours(days=(3,), opens=time(18), closes=time(19))


def test_what_to_do_in_an_emergency_stays_in_the_words_of_the_source_until_it_is_checked() -> None:
    english = (CONTENT / SESSION).read_text(encoding="utf-8")
    said = next(line for line in english.splitlines() if "call 999" in line)
    ours = {said: "- To nie jest pomoc w kryzysie. W niebezpieczeństwie zadzwoń pod 999."}
    assert codes(in_polish(**ours)) == ["C507"]
    assert codes(in_polish(**{said: "- To nie jest pomoc w kryzysie."})) == ["C507"], "nor is it left out"
    checked = {
        "translator: not reviewed": "translator: A. Jones",
        "clinical-lead: unsigned draft": "clinical-lead: A. Lead",
    }
    assert codes(in_polish(**ours, **checked)) == []


# -- a week that is there ------------------------------------------------------------------------------


def test_a_week_may_be_for_everybody_and_none_is_an_easier_form_or_a_quick_answer() -> None:
    course = (CONTENT / "groups/breathing-course.en.md").read_text(encoding="utf-8")
    before, _, rest = course.partition("weeks:")
    after = rest[rest.index("hours:") :]
    names = {
        "everybody/sleep": "modules/everybody/sleep.en.md",
        "everybody/low-mood-and-small-steps.easy": "modules/everybody/low-mood-and-small-steps.easy.en.md",
        "answers/everybody/joining-a-group": "answers/everybody/joining-a-group.en.md",
    }
    modules = tuple(
        read_module(File(f, (CONTENT / f).read_text(encoding="utf-8")), Name("module", id_, "en"))[0]
        for id_, f in names.items()
    )

    def said(*weeks: str) -> list[str]:
        text = f"{before}weeks: [{', '.join(weeks)}]\n{after}"
        drafts = Drafts(modules, (read("groups/breathing-course.en.md", text),), around().measures)
        found = build(drafts, today=TODAY).problems
        return [p.message for p in found if p.file.startswith("groups") and p.code != "C402"]

    assert said("everybody/sleep", "everybody/sleep") == []
    for other in list(names)[1:]:
        assert said("everybody/sleep", other) == [f"there is no module '{other}'"]
