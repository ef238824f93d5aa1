"""Every problem that a page can have, at its line and column."""

from __future__ import annotations

import pytest
from drafting import BYE, FRONT, body_problems, read, where

LONG = " ".join(["word"] * 61)
ASKED = "::: ask walked, yes or no\nDid you walk?\n:::\n\n"
PICKED = "::: ask when, pick one\nWhen is it hardest?\n- At night\n- On stairs\n:::\n\n"


def test_a_good_page_has_no_problem() -> None:
    assert body_problems("Hello." + BYE) == []


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ("title: A page\n", "", ["1:1 C011"]),
        ("minutes: 5", "minuts: 5", ["1:1 C011", "6:1 C012"]),
        ("minutes: 5", "minutes: soon", ["6:10 C013"]),
        ("title: A page", "title: [a, b]", ["2:8 C013"]),
        ("uses: [gad7]", "uses: gad7", ["7:7 C013"]),
        ("for: [copd]", "for: []", ["5:6 C013"]),
        ("sources:\n  - title: A paper", "sources:\n  - A paper\n  - title: A paper", ["13:3 C013"]),
        ("review-by: 2027-11-01", "review-by: 2027-02-30", ["10:12 C014"]),
        ("review-by: 2027-11-01", "review-by: next year", ["10:12 C014"]),
        ("for: [copd]", "for: [cpod]", ["5:6 C015"]),
        ("language: en", "language: cy", ["4:11 C016"]),
        ("uses: [gad7]", "uses: [gad8]", ["7:7 C206"]),
        ("review-by: 2027-11-01", "review-by: 2026-05-31", ["10:12 C401"]),
        ("    licence: cited, not copied\n", "", ["13:3 C404"]),
        ("title: A page", "title: 'A page", ["2:8 C004"]),
        ("title: A page", "title: &a A page", ["2:8 C005"]),
        ("title: A page", "title: *a", ["2:8 C005"]),
        ("title: A page", "title: !!str A page", ["2:8 C005"]),
        ("title: A page", "title: A page\ntitle: B page", ["3:1 C005"]),
    ],
)
def test_front_matter(was: str, now: str, expected: list[str]) -> None:
    assert FRONT.count(was) == 1
    page = (FRONT.replace(was, now) + "Hello." + BYE).encode()
    assert where(read(page)) == expected


def test_a_page_without_front_matter() -> None:
    body = FRONT[FRONT.index("# A page") :] + "Hello." + BYE
    assert where(read(body.encode())) == ["1:1 C010"]


def test_front_matter_that_cannot_be_read_is_said_once() -> None:
    page = FRONT.replace("title: A page", "title: 'A page") + "::: check-in phq9\n:::" + BYE
    assert where(read(page.encode())) == ["2:8 C004"]


def test_front_matter_that_is_never_closed() -> None:
    assert where(read(b"---\ntitle: A page\n")) == ["1:1 C010", "1:1 C109", "1:1 C403"]


def test_a_clinical_module_without_urgent_advice() -> None:
    start, end = FRONT.index("::: urgent"), FRONT.index("## Welcome")
    page = FRONT[:start] + FRONT[end:] + "Hello." + BYE
    assert where(read(page.encode())) == ["1:1 C403"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("- [Go](#welcom)\n- [Finish](#end)", ["1:3 C101"]),
        ("Hello." + BYE + "\n## Lost\n\nHm." + BYE, ["5:1 C102"]),
        ("- [On](#on)\n- [Finish](#end)\n\n## On\n\nHm.\n\n- [Again](#on)", ["4:1 C103"]),
        (
            ASKED + "::: when walked is yes\nGood.\n- [Finish](#end)\n:::\n\n::: otherwise\nFine.\n:::\n\n"
            "## Last\n\nHm." + BYE,
            ["10:1 C105"],
        ),
        (
            ASKED + "::: when walked is yes\nGood.\n- [Finish](#end)\n:::\n\n## Last\n\nHm." + BYE,
            ["5:1 C105"],
        ),
        ("Hello.", ["-1:1 C105"]),
        ("- [Group](../../groups/cpod.en.md)\n- [Module](../heart/nothing.en.md)", ["1:3 C106", "2:3 C106"]),
        ("- [Out](https://example.org)\n- [Finish](#end)", ["1:3 C107"]),
        ("- [Out](../../../secret.en.md)\n- [Finish](#end)", ["1:3 C107"]),
        ("- [Finish](#end)\n\nToo late.", ["3:1 C108", "-1:1 C105"]),
        ("Hello." + BYE + "\n## Welcome\n\nAgain." + BYE, ["5:1 C110"]),
        ("Hello." + BYE + "\n## End\n\n- [Go](#end)", ["5:1 C102", "5:1 C110"]),
        ("Hello.\n\n## Empty\n\n## Last\n\nBye." + BYE, ["3:1 C111"]),
    ],
)
def test_flow(body: str, expected: list[str]) -> None:
    assert sorted(body_problems(body)) == sorted(expected)


def test_a_page_without_steps() -> None:
    page = FRONT.replace("## Welcome\n", "")
    assert where(read(page.encode())) == ["1:1 C109"]


def test_a_module_with_too_many_steps() -> None:
    body = "Hello.\n\n" + "".join(f"## Step {n}\n\nHello.\n\n" for n in range(200)) + BYE
    assert body_problems(body) == [f"{3 + 4 * 199}:1 C113"]


def test_text_before_the_first_step() -> None:
    page = FRONT.replace("## Welcome", "Nobody reads this.\n\n## Welcome") + "Hello." + BYE
    assert where(read(page.encode())) == ["24:1 C112"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("::: urgnt\nCall 999.\n:::", ["1:1 C201"]),
        ("::: tell-therapist soon\nWorse.", ["1:1 C202"]),
        ("::: goals, pick one\n- [ ] Walk\n\n::: tell-therapist soon\nWorse.\n:::", ["1:1 C202"]),
        ("::: when gad7 is 3\nA.\n::: tell-therapist soon\nWorse.\n:::\n:::", ["3:1 C203"]),
        ("- One\n  ::: otherwise", ["1:3 C308", "2:3 C203"]),
        ("::: check-in gad7, sometimes\n:::", ["1:20 C204"]),
        ("Hello.\n:::", ["2:1 C205"]),
        ("::: check-in gad8\n:::", ["1:14 C206"]),
        ("::: when mood is 3 or more\nHm.\n:::", ["1:10 C207"]),
        ("::: when gad7 is 30 or more\nHm.\n:::", ["1:10 C208"]),
        ("::: when gad7 is between 9 and 5\nHm.\n:::", ["1:10 C208"]),
        ("::: when gad7 rose by 22 or more\nHm.\n:::", ["1:10 C208"]),
        ("::: ask pain, 0 to 10\nHow bad?\n:::\n\n::: when pain is 11\nHm.\n:::", ["5:10 C208"]),
        ("Hello {{ name }}.", ["1:7 C209"]),
        ("Hello {{ first_name }.", ["1:7 C209"]),
        ("Hello there,\n{{ first name }}.", ["2:1 C209"]),
        ("::: exercise for 3 minutes\nBreathe.\n:::", ["1:1 C210", "2:1 C210"]),
        ("::: exercise for 3 minutes\n| A | B |\n|---|---|\n| In | a while |\n:::", ["4:8 C210"]),
        ("::: ask walked, yes or no\n:::", ["1:1 C210"]),
        ("::: ask when, pick one\nWhen?\n- Now\n:::", ["1:1 C210"]),
        ("::: goals, pick one\n:::", ["1:1 C210"]),
        ("::: later in 2 days\n:::", ["1:1 C210"]),
        ("::: tell-therapist soon\n:::", ["1:1 C210"]),
        ("::: check-in gad7\nWords.\n:::", ["2:1 C210"]),
        ("::: otherwise\nHm.\n:::", ["1:1 C211"]),
        ("::: tell-therapist soon\nSaid {{ first_name }}.\n:::", ["2:6 C212"]),
        ("::: goals, pick one\n- [ ] Call {{ first_name }}\n:::", ["2:12 C212"]),
        ("::: later in 2 days\nHello.\n- [{{ first_name }}](#end)\n:::", ["3:3 C212"]),
        ("::: ask who, pick one\nWho?\n- {{ first_name }}\n- Me\n:::", ["1:1 C212"]),
        ("::: check-in phq9\n:::", ["1:14 C213"]),
        ("::: urgent\nAgain.\n:::", ["1:1 C214"]),
        (ASKED + ASKED.strip(), ["5:9 C215"]),
        (ASKED + "::: when walked is perhaps\nHm.\n:::", ["5:10 C216"]),
        (PICKED + "::: when when is by day\nHm.\n:::", ["7:10 C216"]),
        ("::: when gad7 is high\nHm.\n:::", ["1:10 C216"]),
        ("::: when phq9 is 3\nHm.\n:::", ["1:10 C213"]),
        ("::: ask gad7, yes or no\nHm?\n:::", ["1:9 C217"]),
        ("You said {{ walked }}.\n\n" + ASKED.strip(), ["1:10 C218", "1:10 C221"]),
        ("::: when walked is yes\nGood.\n:::\n\n" + ASKED.strip(), ["1:10 C218"]),
        (PICKED + "::: when when is 3\nHm.\n:::", ["7:10 C216"]),
    ],
)
def test_blocks(body: str, expected: list[str]) -> None:
    assert body_problems(f"{body}\n\nGoodbye.{BYE}") == expected


WRONG = "::: when gad7 is 5 or moer\nHm.\n- [On](#on)\n:::\n\n"
OTHERWISE = "::: otherwise\nHm.\n- [Finish](#end)\n:::\n"
ON = "\n## On\n\nGo on." + BYE


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (WRONG + "Hm." + BYE + ON, ["1:27 C204"]),
        (WRONG + OTHERWISE + ON, ["1:27 C204"]),
        (WRONG + ON, ["1:27 C204"]),
        ("Hm." + BYE + ON, ["5:1 C102"]),
        ("- [On](#on)\n\n## On\n\nHm.\n\n" + WRONG.replace("#on", "#end"), ["7:27 C204"]),
        (WRONG + "Hm.\n\n## Last\n\n" + OTHERWISE + "\nBye." + BYE, ["1:27 C204", "10:1 C211"]),
    ],
)
def test_a_block_that_is_not_understood_is_said_once(body: str, expected: list[str]) -> None:
    assert body_problems(body) == expected


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("more than 8", "9 or more"),
        ("over 8", "9 or more"),
        ("above 8.5", "9 or more"),
        ("> 8", "9 or more"),
        ("at least 8", "8 or more"),
        ("no less than 8", "8 or more"),
        ("less than 8", "7 or less"),
        ("under 8", "7 or less"),
        ("below 8.5", "8 or less"),
        ("at most 8", "8 or less"),
        ("no more than 8", "8 or less"),
    ],
)
def test_a_comparison_in_other_words_is_told_how_to_be_written(written: str, meant: str) -> None:
    asked = "::: ask stops, a number\nHow many stops?\n:::\n\n"
    for subject, before in (("stops", asked), ("gad7", "")):
        page = f"{FRONT}{before}::: when {subject} is {written}\nHm.\n:::\n\nGoodbye.{BYE}"
        assert [(p.code, p.hint) for p in read(page.encode())] == [("C216", f"write: {subject} is {meant}")]


def test_words_that_mean_no_number_are_shown_an_example() -> None:
    asked = "::: ask stops, a number\nHow many stops?\n:::\n\n"
    for words in ("many", "less than 0", "more than many"):
        page = f"{FRONT}{asked}::: when stops is {words}\nHm.\n:::\n\nGoodbye.{BYE}"
        assert [p.hint for p in read(page.encode())] == ["write, for example, stops is 10 or less"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("- [Finish](#end)\n- Or not", ["2:3 C301"]),
        ("\n".join(f"- [Button {n}](#end)" for n in range(6)), ["6:3 C302"]),
        (f"{LONG}.{BYE}", ["1:1 C303"]),
        (f"- [{LONG}](#end)", ["1:3 C304"]),
        (f"Hello <b>you</b>.{BYE}", ["1:7 C306"]),
        (f"Hello.\n<script>alert(1)</script>{BYE}", ["2:1 C306"]),
        (f"See [this](#end).{BYE}", ["1:5 C307"]),
        (f"Type `this`.{BYE}", ["1:6 C307"]),
        (f"> Quoted.{BYE}", ["1:1 C308"]),
        (f"1. First{BYE}", ["1:1 C308"]),
        (f"### Deep\n\nHello.{BYE}", ["1:1 C308"]),
        (f"- Only words\n\nHello.{BYE}", ["1:3 C308"]),
        (f"| A |\n|---|\n| b |\n\nHello.{BYE}", ["1:1 C308"]),
        (f"::: exercise for 45 minutes\n| A | B |\n|---|---|\n| In | 4 seconds |\n:::{BYE}", ["1:1 C309"]),
        (f"![](media/lungs.svg){BYE}", ["1:1 C305"]),
        (f"![Lungs](https://example.org/lungs.svg){BYE}", ["1:1 C310"]),
        (f"![Lungs](media/lungs.exe){BYE}", ["1:1 C310"]),
    ],
)
def test_writing(body: str, expected: list[str]) -> None:
    assert body_problems(body) == expected
