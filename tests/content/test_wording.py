"""A questionnaire is shown word for word or not at all: every altered wording is refused (C405)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from drafting import CONTENT
from few_pages import BREATHLESSNESS, few_pages

from bot.adapters.content_files.measures import read_measure
from bot.adapters.content_files.yaml import Document, read_yaml
from bot.core.library.drafts import Place, Placed
from bot.core.library.measure_checks import measure_problems
from bot.core.library.measures import Measure, text_hash

PUBLISHED = {
    "gad7": "ba17b034a0ae9ec67caaf31f256ee2b8ad4fd96bc07a0b19715167638baf97a8",
    "mrc": "2b25148a5aa3e546a9677a3b99c8b9308765428b29c55f4cf93d738addd41a99",
    "phq15": "bf648e55c16bf37ee0f22366a4a584d2f726b60877d705074ee06ac4de594e7d",
    "phq4": "df09d952ab7891b6e6e5bc3dee67121059717486df3374999c05d15d74f4967a",
    "phq8": "135bb72128070bba1410183afb731a67c5b4b95fd1486925b85b249faa2daa97",
    "phq9": "1e8de47cf9f0804287d6896ed894d202b45ec601c43870db27ce2536bee4c3a2",
}
GAD7_ANY = "2dd82987ece2d7eb5afba1ab3f57ec884205cb2008315be3bcbabd0c15e2acb1"

# (measure, what stands in it, what somebody wrote instead)
ALTERED = [
    # Copying errors seen in print and on the web.
    ("phq9", "Not at all", "Not at all sure"),
    ("gad7", "Not at all", "Not at all sure"),
    ("phq9", "More than half the days", "Over half the days"),
    ("gad7", "More than half the days", "Over half the days"),
    ("phq9", "could have noticed?", "could gave noticed?"),
    ("phq9", "the newspaper or watching television", "the newspaper or watching TV"),
    ("phq9", "reading the newspaper or watching television", "reading or watching TV"),
    ("gad7", "that it is hard to sit still", "that it's hard to sit still"),
    ("phq9", " or of hurting yourself in some way", ""),
    (
        "phq9",
        "Thoughts that you would be better off dead or of hurting yourself in some way",
        "Dark thoughts",
    ),
    ("phq9", "better off dead or of hurting", "better off dead, or of hurting"),
    ("phq9", "pleasure in doing things", "pleasure in doing things?"),
    ("phq9", "Feeling down, depressed, or hopeless", "Feeling down, depressed, or hopeless?"),
    # The stem.
    ("phq9", "Over the last 2 weeks", "Over the past 2 weeks"),
    ("phq9", "Over the last 2 weeks", "Over the last two weeks"),
    ("phq9", "Over the last 2 weeks", "In the last 2 weeks"),
    ("phq9", "Over the last 2 weeks", "Over the last 4 weeks"),
    ("phq9", "by any of the following problems?", "by the following problems?"),
    ("phq9", "following problems?", "following problems"),
    ("phq9", "how often have you been bothered", "how much have you been bothered"),
    ("gad7", "Over the last 2 weeks", "Over the past 2 weeks"),
    ("gad7", "following problems?", "following problems:"),
    ("gad7", "how often have you been bothered", "how often were you bothered"),
    # An answer.
    ("phq9", "Several days", "Some days"),
    ("phq9", "Nearly every day", "Every day"),
    ("phq9", "Nearly every day", "nearly every day"),
    ("phq9", "Not at all", "Never"),
    ("gad7", "Several days", "A few days"),
    ("gad7", "Nearly every day", "Almost every day"),
    ("gad7", "Not at all", "Not At All"),
    # Punctuation and case.
    ("phq9", "Feeling down, depressed, or hopeless", "Feeling down, depressed or hopeless"),
    ("phq9", "asleep, or sleeping too much", "asleep or sleeping too much"),
    ("phq9", "concentrating on things, such as", "concentrating on things such as"),
    ("phq9", "could have noticed? Or", "could have noticed. Or"),
    ("phq9", "could have noticed? Or the opposite", "could have noticed, or the opposite"),
    ("phq9", "about yourself — or", "about yourself, or"),
    ("phq9", "little energy", "little energy."),
    ("phq9", "Poor appetite", "poor appetite"),
    ("gad7", "nervous, anxious or on edge", "nervous, anxious, or on edge"),
    ("gad7", "annoyed or irritable", "annoyed, or irritable"),
    ("gad7", "Trouble relaxing", "Trouble relaxing."),
    ("gad7", "Worrying too much", "worrying too much"),
    # Words.
    ("phq9", "Little interest", "Less interest"),
    ("phq9", "Trouble falling or staying asleep", "Trouble falling asleep or staying asleep"),
    ("phq9", "tired or having little energy", "tired or having low energy"),
    ("phq9", "Poor appetite or overeating", "Overeating or poor appetite"),
    ("phq9", "let yourself or your family down", "let your family down"),
    ("phq9", "other people could have noticed", "others could have noticed"),
    ("phq9", "fidgety or restless", "restless or fidgety"),
    ("phq9", "a lot more than usual", "more than usual"),
    ("phq9", "better off dead", "better off not here"),
    ("gad7", "to stop or control worrying", "to control worrying"),
    ("gad7", "about different things", "about lots of things"),
    ("gad7", "as if something awful might happen", "as though something awful might happen"),
    ("gad7", "something awful", "something bad"),
    ("gad7", "so restless", "so restless or fidgety"),
    # The others that are shipped word for word.
    ("phq8", "could have noticed? Or", "could have noticed. Or"),
    ("phq8", "Several days", "Some days"),
    ("phq4", "by the following problems?", "by any of the following problems?"),
    ("phq15", "past 4 weeks", "last 4 weeks"),
    ("phq15", "diarrhea", "diarrhoea"),
    ("phq15", "(WOMEN ONLY)", "(women only)"),
    ("phq15", "Fainting spells", "Fainting"),
    ("mrc", "100 metres", "100 yards"),
    ("mrc", "or walking up", "on the level or walking up"),
    ("mrc", "contemporaries", "people of the same age"),
]

Edit = Callable[[str], str]


def _swapped(text: str, first: str, second: str) -> str:
    a, b = f'text: "{first}"', f'text: "{second}"'
    assert a in text and b in text
    return text.replace(a, "text: @").replace(b, a).replace("text: @", b)


REORDERED: list[tuple[str, Edit]] = [
    (
        "phq9",
        lambda t: _swapped(t, "Little interest or pleasure in doing things", "Poor appetite or overeating"),
    ),
    ("gad7", lambda t: _swapped(t, "Trouble relaxing", "Worrying too much about different things")),
    (
        "phq4",
        lambda t: _swapped(t, "Feeling nervous, anxious or on edge", "Feeling down, depressed, or hopeless"),
    ),
    (
        "phq9",
        lambda t: (
            t.replace('label: "Not at all"', 'label: "@"')
            .replace('label: "Nearly every day"', 'label: "Not at all"')
            .replace('"@"', '"Nearly every day"')
        ),
    ),
]


def measure_in(text: str, name: str) -> Placed[Measure]:
    document = read_yaml(text, Place(f"measures/{name}.yaml"))
    assert isinstance(document, Document)
    placed = read_measure(document)
    assert isinstance(placed, Placed), placed
    return placed


def shipped(name: str) -> str:
    return (CONTENT / "measures" / f"{name}.yaml").read_text(encoding="utf-8")


def codes(text: str, name: str) -> list[str]:
    return [p.code for p in measure_problems(measure_in(text, name))]


def edits() -> Iterator[tuple[str, str]]:
    for name, was, now in ALTERED:
        text = shipped(name)
        assert was in text, (name, was)
        # Only the wording: comments above it may say the same words.
        head, mark, body = text.partition("\nid: ")
        assert was in body, (name, was)
        yield name, head + mark + body.replace(was, now, 1)
    for name, edit in REORDERED:
        yield name, edit(shipped(name))


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_what_is_shipped_is_the_published_wording(name: str) -> None:
    measure = measure_in(shipped(name), name).what
    assert text_hash(measure) == measure.text_sha256 == PUBLISHED[name]
    assert codes(shipped(name), name) == []


def test_every_altered_wording_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    altered = list(edits())
    refused = [name for name, text in altered if "C405" in codes(text, name)]
    with capsys.disabled():
        print(f"\naltered wordings: {len(altered)}, refused: {len(refused)}")
    assert len(refused) == len(altered) >= 60


def test_quotes_dashes_and_spaces_that_look_alike_are_the_same_wording() -> None:
    text = shipped("phq9").replace(" — ", " – ").replace("doing things", "doing  things")
    assert codes(text, "phq9") == []


def test_the_second_edition_of_gad7_is_registered() -> None:
    text = shipped("gad7").replace("bothered by the following", "bothered by any of the following")
    assert text_hash(measure_in(text, "gad7").what) == GAD7_ANY
    assert codes(text, "gad7") == []
    assert codes(text.replace("any of the:", "another:").replace(GAD7_ANY, "0" * 64), "gad7") == ["C405"]


@pytest.mark.parametrize("name", ["phq8", "phq15", "mrc"])
def test_wording_that_was_looked_up_names_two_sources(name: str) -> None:
    assert len(measure_in(shipped(name), name).what.wording_sources) >= 2


def test_the_codes_of_loinc_and_snomed_are_those_that_were_confirmed() -> None:
    held = {name: measure_in(shipped(name), name).what for name in PUBLISHED}
    assert [item.loinc for item in held["phq9"].items] == [
        *("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8")
    ]
    assert [item.loinc for item in held["gad7"].items] == [
        *("69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7")
    ]
    assert [item.loinc for item in held["phq8"].items] == [item.loinc for item in held["phq9"].items[:8]]
    assert [o.loinc for o in held["phq9"].options] == ["LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"]
    panels = {name: (m.loinc.panel, m.loinc.total, m.snomed) for name, m in held.items()}
    assert panels["phq9"] == ("44249-1", "44261-6", "720433000")
    assert panels["gad7"] == ("69737-5", "70274-6", "445455005")
    assert panels["phq4"] == ("69724-3", None, None)
    assert panels["phq15"] == ("69728-4", "70273-8", None)
    assert [s.loinc for s in held["phq4"].subscales] == [None, "55758-7"]


def test_a_file_with_an_altered_wording_is_not_content(tmp_path: Path) -> None:
    from bot.adapters.content_files import read_library

    folder = tmp_path / "content"
    few_pages(folder, BREATHLESSNESS)
    page = folder / "measures" / "phq9.yaml"
    page.write_text(page.read_text(encoding="utf-8").replace("noticed?", "noticed."), encoding="utf-8")
    built = read_library(folder)
    assert built.library is None
    assert [(p.code, p.file) for p in built.problems if p.level == "error"] == [
        ("C405", "measures/phq9.yaml")
    ]
