"""Every part that a message may have, as HTML: nothing of the model is left out, and nothing of it is markup."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader
from plain_reader import Form, forms_in

from bot.core.library import Library
from bot.core.shown import (
    Answer,
    Chart,
    Choice,
    ExerciseShown,
    MoveShown,
    PictureShown,
    Point,
    Progress,
    Question,
    ReadBack,
    Shown,
    Signpost,
    Urgent,
)
from bot.usecases.hub import Delivered
from bot.web.pages import TEMPLATES
from bot.web.plain.conversation import Wrong
from bot.web.plain.curve import curve_of
from bot.web.plain.reading import Part
from bot.web.plain.wording import Voice, direction, marked, written

LEVELS = tuple(Answer(value=n, label=label) for n, label in enumerate(("None", "A <little>", "A lot")))
KINDS: dict[str, dict[str, Any]] = {
    "options": {"options": LEVELS, "given": 1},
    "pick_any": {"options": LEVELS},
    "scale": {"min": 0, "max": 10, "min_label": "no pain", "max_label": "the worst"},
    "count": {"min": 0, "max": 14},
    "number": {"min": 1, "max": 30},
    "date": {},
    "text": {},
}


def drawn(
    library: Library, shown: Shown, *, live: bool = True, wrong: Wrong | None = None, language: str = "en"
) -> str:
    """One message of the bot's on a page."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    environment.globals.update(curve_of=curve_of, marked=marked, written=written, direction=direction)
    part = Part(
        Delivered(7, "bot", shown, datetime(2026, 3, 2, 10, tzinfo=UTC)),
        choices=shown.choices if live else (),
        question=shown.question if live else None,
        changes=live and bool(shown.read_back),
    )
    form = {"token": "t", "id": "i"} if live else None
    bits: Any = environment.get_template("plain/bits.html").module
    return str(bits.message(part, Voice(library, language), form, wrong))


def asked(library: Library, kind: str, **more: Any) -> tuple[str, Form]:
    question = Question(item="x.1", text="How *much*?", stem="Today:", kind=kind, **KINDS[kind])  # type: ignore[arg-type]
    html = drawn(library, Shown(text="How *much*?", question=question, progress=Progress(at=3, of=9)), **more)
    return html, forms_in(html)[0] if kind != "text" or "<form" in html else Form("")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_question_has_its_words_and_its_fields(library: Library, kind: str) -> None:
    html, form = asked(library, kind)
    assert "Question 3 of 9" in html
    assert '<span class="asked">How <em>much</em>?</span>' in html
    assert html.count("How <em>much</em>?") == 1, "said once"
    given = dict(form.fields())
    if kind != "text":
        assert (given["kind"], given["item"], given["re"]) == (kind, "x.1", "7")
    values = [c for c in form.controls if c.name == "value"]
    match kind:
        case "options":
            assert [(c.type, c.label, c.value, c.checked) for c in values] == [
                ("radio", "None", "0", False),
                ("radio", "A <little>", "1", True),
                ("radio", "A lot", "2", False),
            ]
            assert "<legend>" in html
        case "pick_any":
            assert {c.type for c in values} == {"checkbox"}
        case "scale":
            assert [c.value for c in values] == [str(n) for n in range(11)]
            assert (values[0].label, values[10].label) == ("0 = no pain", "10 = the worst")
        case "text":
            assert values == []
        case _:
            assert len(values) == 1


@pytest.mark.parametrize("kind", ["options", "scale", "count", "number", "date"])
def test_a_problem_is_said_at_its_field_which_keeps_what_was_written(library: Library, kind: str) -> None:
    html, form = asked(library, kind, wrong=Wrong('4"><b>', 7))
    assert 'id="problem"' in html
    assert 'aria-describedby="problem"' in html
    assert "<b>" not in html.replace('<b class="by', "")
    if kind in ("count", "number", "date"):
        assert next(c.value for c in form.controls if c.name == "value") == '4"><b>'


def test_buttons_carry_their_ids_and_their_languages(library: Library) -> None:
    choices = (Choice(id="7.menu:check_in", label="Sprawdź"), Choice(id="7.later", label="Later", lang="en"))
    html = drawn(library, Shown(text="Co teraz?", lang="pl", choices=choices))
    [form] = forms_in(html)
    assert [(c.name, c.value, c.label) for c in form.controls if c.tag == "button"] == [
        ("choice", "7.menu:check_in", "Sprawdź"),
        ("choice", "7.later", "Later"),
    ]
    assert re.search(r'<button[^>]*lang="pl"[^>]*>Sprawdź', html)
    assert '<div class="msg bot" lang="pl" dir="ltr">' in html


def test_what_is_over_has_no_form(library: Library) -> None:
    question = Question(item="x.1", text="How much?", kind="options", options=LEVELS)
    html = drawn(
        library, Shown(text="", question=question, choices=(Choice(id="7.back", label="Back"),)), live=False
    )
    assert "How much?" in html
    assert "<form" not in html and "<input" not in html and "<button" not in html


def test_an_answer_read_back_has_its_change(library: Library) -> None:
    back = (
        ReadBack(item="x.1", text="How *much*?", answer="A lot"),
        ReadBack(item="x.2", text="When?", answer=""),
    )
    [form] = forms_in(drawn(library, Shown(text="Look:", read_back=back)))
    assert [(c.value, c.label) for c in form.controls if c.tag == "button"] == [
        ("7.change.x.1", "Change: How *much*?"),
        ("7.change.x.2", "Change: When?"),
    ]
    assert "Skipped" in drawn(library, Shown(text="Look:", read_back=back), live=False)


def test_numbers_to_call_are_links(library: Library) -> None:
    lines = (
        Signpost(text="Samaritans", number="116 123"),
        Signpost(text="SHOUT", number="85258"),
        Signpost(text="A&E"),
    )
    html = drawn(library, Shown(text="", urgent=Urgent(kind="crisis", lines=lines)), live=False)
    assert 'href="tel:116123"' in html and 'href="sms:85258"' in html and "A&amp;E" in html


def test_an_exercise_is_a_table_of_what_to_do_and_for_how_long(library: Library) -> None:
    moves = (MoveShown(do="Breathe in", seconds=4), MoveShown(do="Breathe <out>", seconds=1))
    html = drawn(
        library, Shown(text="Breathe in (4 seconds).", exercise=ExerciseShown(seconds=180, moves=moves))
    )
    assert "<tr><td>Breathe in</td><td>4 seconds</td></tr>" in html
    assert "<tr><td>Breathe &lt;out&gt;</td><td>1 second</td></tr>" in html
    assert "Exercise, 3 min" in html


def test_a_chart_is_a_sentence_a_picture_and_a_table(library: Library) -> None:
    points = tuple(Point(on=f"2026-03-{n:02}", total=total, band="low") for n, total in ((1, 3), (15, 9)))
    chart = Chart(measure="phq9", title="Mood", low=0, high=27, sentence="It went up.", points=points)
    html = drawn(library, Shown(text="", charts=(chart,)), live=False)
    assert html.count("It went up.") == 2, "as a sentence, and as the name of the picture"
    assert '<th scope="row">15 March 2026</th><td>9</td><td>low</td>' in html
    assert html.count("<circle") == 2
    single = chart.__class__(
        **{**{n: getattr(chart, n) for n in chart.__struct_fields__}, "points": points[:1]}
    )
    assert "<svg" not in drawn(library, Shown(text="", charts=(single,)), live=False)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("/media/a/lungs.png", '<img src="/media/a/lungs.png" alt="Two &lt;lungs&gt;">'),
        ("/media/a/calm.mp3", '<audio src="/media/a/calm.mp3"'),
        ("/media/a/walk.mp4", '<video src="/media/a/walk.mp4"'),
        ("https://elsewhere.example/x.png", "<p>Two &lt;lungs&gt;</p>"),
        ("//elsewhere.example/x.png", "<p>Two &lt;lungs&gt;</p>"),
    ],
)
def test_a_picture_is_of_our_own_and_always_has_words(library: Library, source: str, wanted: str) -> None:
    html = drawn(
        library, Shown(text="", picture=PictureShown(source=source, description="Two <lungs>")), live=False
    )
    assert wanted in html
    assert "Two &lt;lungs&gt;" in html


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("**Call** *now*", "<strong>Call</strong> <em>now</em>"),
        (r"2 \* 3", "2 * 3"),
        ("***both***", None),
        ("a\nb", "a<br>b"),
        ("<script>**x**", "&lt;script&gt;<strong>x</strong>"),
        ("** not **", "** not **"),
    ],
)
def test_marks_are_those_of_the_widget(text: str, wanted: str | None) -> None:
    html = str(marked(text))
    assert wanted is None or html == wanted
    assert not re.search(r"<(?!/?(strong|em|br)>)", html)


def test_no_text_makes_the_marks_slow() -> None:
    began = datetime.now(UTC)
    for text in ("*" * 4000, "**a" * 1300, "*a**" * 1000, "\\*" * 2000, "*" + "a**b" * 900):
        marked(text)
    assert (datetime.now(UTC) - began).total_seconds() < 2
