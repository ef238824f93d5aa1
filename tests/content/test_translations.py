"""A translation says what its source says, step by step; only the words may differ."""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from drafting import CONTENT, FRONT, TODAY, around

from bot.adapters.content_files import read_drafts, read_library, write_signoff
from bot.adapters.content_files.files import File
from bot.adapters.content_files.names import Name
from bot.adapters.content_files.pages import read_group, read_module, text_hash
from bot.core.flow import alarm, dialogues, safety_answers, safety_talk
from bot.core.library import Ask, Choose, Library, Problem, Say, When
from bot.core.library.build import Built, build
from bot.core.library.drafts import Drafts, Header, ModuleDraft, Place, Placed
from bot.core.library.guarded import is_crisis_text
from bot.core.library.signoff import NAME as SIGNOFF
from bot.core.library.signoff import Signature, mark_of

ENGLISH = "modules/copd/page.en.md"
WELSH = "modules/copd/page.cy.md"
BODY = """Hello {{ first_name }}.

::: ask place, pick one
Where is it hardest?
- On the stairs
- At night
:::

::: when place is at night
Nights can be long.

- [Go on](#rest)
:::

::: otherwise
Stairs are hard work.

- [Go on](#rest)
:::

## Rest

Call 999 if you are too breathless to speak.

::: later in 2 days
How is it going?

- [I have called 999](#end)
- [Well](#end)
:::

- [Finish](#end)
"""
WELSH_BODY = """Helo {{ first_name }}.

::: ask place, pick one
Ble mae hi anoddaf?
- Ar y grisiau
- Yn y nos
:::

::: when place is yn y nos
Mae'r nos yn hir.

- [Ymlaen](#rest)
:::

::: otherwise
Mae grisiau yn waith caled.

- [Ymlaen](#rest)
:::

## Gorffwys {#rest}

Call 999 if you are too breathless to speak.

::: later in 2 days
Sut mae'n mynd?

- [I have called 999](#end)
- [Da iawn](#end)
:::

- [Gorffen](#end)
"""
HASH = text_hash(File(ENGLISH, FRONT + BODY))
MADE_FROM = f"translates: page.en.md@{HASH}\ntranslator: machine draft, not reviewed\n"
WELSH_FRONT = (
    FRONT.replace("language: en\n", f"language: cy\n{MADE_FROM}")
    .replace("## Welcome", "## Croeso {#welcome}")
    .replace("title: A page", "title: Tudalen")
)
PAGE = WELSH_FRONT + WELSH_BODY


@cache
def shipped() -> Drafts:
    return read_drafts(CONTENT)


def drafted(text: str, name: str, language: str, id_: str = "copd/page") -> tuple[ModuleDraft, list[Problem]]:
    draft, problems = read_module(File(name, text), Name("module", id_, language))
    return draft, list(problems)


def built(page: str = PAGE, english: str = FRONT + BODY, name: str = WELSH, **more: object) -> Built:
    source, problems = drafted(english, ENGLISH, "en")
    easy = ".easy." in name
    other, found = drafted(page, name, "en" if easy else "cy", "copd/page.easy" if easy else "copd/page")
    whole = shipped()
    drafts = replace(
        whole,
        modules=(source, other),
        groups=around().groups,
        texts={"en": whole.texts["en"]},
        translators={},
        problems=(*problems, *found),
    )
    return build(replace(drafts, **more), today=TODAY)  # type: ignore[arg-type]


def problems_of(page: str, **more: object) -> list[str]:
    """``LINE:COLUMN CODE`` of all but what an unsigned page always has."""
    found = built(page, safety=None, **more).problems  # type: ignore[arg-type]
    return [
        f"{p.line}:{p.column} {p.code}" for p in found if p.file.startswith("modules") and p.code != "C402"
    ]


def line_of(page: str, words: str) -> str:
    before = page[: page.index(words)]
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def changed(was: str, now: str, page: str = PAGE) -> str:
    assert was in page
    return page.replace(was, now, 1)


def test_a_translation_of_a_page_has_no_problem() -> None:
    assert problems_of(PAGE) == []


def test_what_was_left_in_english_is_known_as_english() -> None:
    library = built().library
    assert library is not None
    page = library.modules["copd/page.cy"]
    welcome, rest = page.steps
    hello, ask, branches = welcome.parts
    assert page.urgent_lang == "en"
    assert (isinstance(hello, Say) and hello.lang, isinstance(ask, Ask) and ask.lang) == ("", "")
    assert isinstance(branches, When)
    assert {say.lang for branch in branches.branches for say in branch.says} == {""}
    advice, later, choose = rest.parts
    assert isinstance(advice, Say)
    assert advice.lang == "en"
    assert [link.lang for link in later.links] == ["en", ""]  # type: ignore[union-attr]
    assert isinstance(choose, Choose)
    assert choose.links[0].lang == ""


@pytest.mark.parametrize(
    ("was", "now", "place", "code"),
    [
        (f"translates: page.en.md@{HASH}\n", "", "", "C503"),
        (f"page.en.md@{HASH}", "page.en.md", "page.en.md\n", "C503"),
        ("page.en.md@", "pag.en.md@", "pag.en.md@", "C503"),
        ("page.en.md@", "page.cy.md@", "page.cy.md@", "C503"),
        ("translator: machine draft, not reviewed\n", "", "", "C011"),
    ],
)
def test_it_says_what_it_was_made_from(was: str, now: str, place: str, code: str) -> None:
    page = changed(was, now)
    at = line_of(page, place) if place else "1:1"
    assert problems_of(page) == [f"{at} {code}"]


@pytest.mark.parametrize(
    ("was", "now", "place", "code"),
    [
        ("{#rest}", "{#rests}", "## Gorffwys", "C504"),
        ("Helo {{ first_name }}.\n\n", "", "::: ask", "C505"),
        ("Helo {{ first_name }}.\n", "Helo.\n\nBore da.\n", "Bore da.", "C505"),
        ("ask place", "ask llefydd", "::: ask", "C505"),
        ("pick one", "pick any", "::: ask", "C505"),
        ("- Yn y nos\n", "- Yn y nos\n- Bob dydd\n", "::: ask", "C505"),
        ("place is yn y nos", "place is ar y grisiau", "::: when", "C505"),
        ("[Ymlaen](#rest)", "[Ymlaen](#end)", "::: when", "C505"),
        ("later in 2 days", "later in 3 days", "::: later", "C505"),
        ("Mae'r nos yn hir.\n", "Mae'r nos\n\nyn hir.\n", "::: when", "C505"),
        ("[Gorffen](#end)", "[Gorffen](#menu)", "- [Gorffen]", "C505"),
        ("- [Gorffen](#end)\n", "Diolch.\n\n- [Gorffen](#end)\n", "Diolch.", "C505"),
    ],
)
def test_only_the_words_may_differ(was: str, now: str, place: str, code: str) -> None:
    page = changed(was, now)
    assert f"{line_of(page, place)} {code}" in problems_of(page)


def test_a_missing_step_is_named_where_it_should_stand() -> None:
    page = PAGE[: PAGE.index("## Gorffwys")].replace("(#rest)", "(#end)")
    missing = [p for p in built(page).problems if p.code == "C504"]
    assert [(p.line, p.message) for p in missing] == [
        (int(line_of(page, "## Croeso").partition(":")[0]), "the step '#rest' is missing")
    ]
    assert "{#rest}" in missing[0].hint


def test_steps_keep_their_order() -> None:
    extra = "\n## End of it\n\nBye.\n\n- [Finish](#end)\n- [Again](#rest)\n"
    welsh = "\n## Y diwedd {#end-of-it}\n\nHwyl.\n\n- [Gorffen](#end)\n- [Eto](#rest)\n"
    english = (FRONT + BODY).replace("- [Finish](#end)\n", "- [Finish](#end-of-it)\n", 1) + extra
    made = text_hash(File(ENGLISH, english))
    page = PAGE.replace(HASH, made).replace("- [Gorffen](#end)", "- [Gorffen](#end-of-it)")
    assert problems_of(page + welsh, english=english) == []
    at = page.index("## Gorffwys")
    turned = page[:at] + welsh.lstrip() + "\n" + page[at:]
    assert f"{line_of(turned, '## Y diwedd')} C504" in problems_of(turned, english=english)


def test_an_older_translation_that_still_fits_is_kept_and_the_hint_has_the_new_hash() -> None:
    english = (FRONT + BODY).replace("Nights can be long.", "Nights can be very long.")
    result = built(english=english)
    [stale] = [p for p in result.problems if p.code == "C506"]
    assert (stale.level, stale.file, f"{stale.line}:{stale.column}") == (
        "warning",
        WELSH,
        line_of(PAGE, "page.en.md@"),
    )
    assert text_hash(File(ENGLISH, english)) in stale.hint
    assert result.library is not None
    assert "copd/page.cy" in result.library.modules


def test_an_older_translation_that_does_not_fit_is_left_out_and_holds_nothing_up() -> None:
    english = FRONT + BODY.replace("Stairs are hard work.", "Stairs are hard work.\n\nTake your time.")
    result = built(english=english)
    codes = {(p.code, p.level) for p in result.problems if p.file == WELSH}
    assert codes >= {("C505", "warning"), ("C506", "warning")}
    assert result.library is not None
    assert set(result.library.modules) == {"copd/page"}


def test_new_advice_for_an_emergency_is_read_at_once_by_everybody() -> None:
    """The translation holds the old one: it is left out, and the English page is not held up."""
    english = (FRONT + BODY).replace(
        "Call 999 if you are too breathless", "Call 999 if your lips are blue or you are too breathless"
    )
    result = built(english=english)
    codes = {(p.code, p.level) for p in result.problems if p.file == WELSH}
    assert codes >= {("C506", "warning"), ("C507", "warning")}
    assert result.library is not None
    assert set(result.library.modules) == {"copd/page"}


@pytest.mark.parametrize(
    ("was", "now", "place"),
    [
        ("**Call 999** if", "**Ffoniwch 999** os", "::: urgent"),
        ("Call 999 if you are too breathless to speak.\n\n:::", "Ffoniwch 999.\n\n:::", "Ffoniwch"),
        ("[I have called 999]", "[Rwyf wedi ffonio 999]", "[Rwyf"),
    ],
)
def test_what_to_do_in_an_emergency_waits_for_a_person(was: str, now: str, place: str) -> None:
    page = changed(was, now)
    assert problems_of(page) == [f"{line_of(page, place)} C507"]
    checked = page.replace("machine draft, not reviewed", "A. Davies, checked by B. Evans")
    assert problems_of(checked) == []


def test_a_step_that_can_tell_the_team_at_once_stays_as_it_is_as_a_whole() -> None:
    now = ("::: when place is at night\n", "::: when place is at night, tell-therapist now\n")
    nawr = ("::: when place is yn y nos\n", "::: when place is yn y nos, tell-therapist now\n")
    english = (FRONT + BODY).replace(*now)
    page = PAGE.replace(*nawr).replace(HASH, text_hash(File(ENGLISH, english)))
    found = problems_of(page, english=english)
    wanted = [line_of(page, words) for words in ("Helo", "Ble mae", "Mae'r nos", "Mae grisiau")]
    assert found == [f"{at} C507" for at in wanted]


def test_easier_words_are_checked_alike() -> None:
    easy = FRONT.replace("language: en\n", f"language: en\n{MADE_FROM}") + BODY.replace(
        "Where is it", "Where"
    )
    name = "modules/copd/page.easy.en.md"
    assert problems_of(easy, name=name) == []
    assert problems_of(easy.replace("Nights can be long.\n", ""), name=name)[0].endswith(("C210", "C505"))
    assert problems_of(easy.replace("**Call 999**", "**Ring 999**"), name=name)[0].endswith("C507")


def test_a_group_keeps_its_rules() -> None:
    english = (CONTENT / "groups/copd.en.md").read_text(encoding="utf-8")
    made = text_hash(File("groups/copd.en.md", english))
    header = f"language: pl\ntranslates: copd.en.md@{made}\ntranslator: not reviewed\n"
    polish = english.replace("language: en\n", header)
    source, _ = read_group(File("groups/copd.en.md", english), Name("group", "copd", "en"))

    def codes(text: str) -> list[str]:
        page, _ = read_group(File("groups/copd.pl.md", text), Name("group", "copd", "pl"))
        found = build(Drafts(groups=(source, page), measures=around().measures), today=TODAY).problems
        return [p.code for p in found if p.file == "groups/copd.pl.md" and p.code != "C402"]

    assert codes(polish) == []
    assert codes(polish.rpartition("- If somebody keeps")[0]) == ["C505"]
    assert codes(polish.replace(made, "0" * 12)) == ["C506"]


# -- the service's own sentences ----------------------------------------------------------------------


def texts(translator: str, **held: str) -> list[tuple[int, str]]:
    english = shipped().texts["en"]
    other = {key: Placed(text, Place("texts/cy.yaml", n)) for n, (key, text) in enumerate(held.items(), 3)}
    drafts = Drafts(texts={"en": english, "cy": other}, translators=header_of_texts(translator))
    found = build(drafts, today=TODAY).problems
    return [(p.line, p.code) for p in found if p.file == "texts/cy.yaml"]


def header_of_texts(translator: str) -> dict[str, Header]:
    at = Place("texts/cy.yaml")
    values: dict[str, Placed[object]] = {
        "clinical-lead": Placed("Dr B. Evans", at),
        "translator": Placed(translator, at),
    }
    return {"cy": Header(at, {}, values)}


def test_a_sentence_that_helps_in_a_crisis_waits_for_a_person() -> None:
    held = {"welcome": "Helo {name}.", "crisis_first": "Diolch.", "gentle_timeout": "{when} 999."}
    assert texts("machine draft, not reviewed", **held) == [(4, "C507"), (5, "C507")]
    assert texts("A. Davies", **held) == []


@pytest.mark.parametrize(
    ("key", "crisis"),
    [
        ("crisis_question", True),
        ("unscreened", True),
        ("outage_signpost", True),
        ("under_18", True),
        ("asked_for_person_urgent", True),
        ("widget_frame_help_intro", True),
        ("welcome", False),
        ("check_in_sent_higher", False),
        ("yes", False),
    ],
)
def test_which_sentences_help_in_a_crisis(library: Library, key: str, crisis: bool) -> None:
    assert is_crisis_text(key, library.texts["en"][key]) is crisis


def test_every_sentence_of_the_safety_dialogue_and_of_the_screens_rules_is_one(library: Library) -> None:
    """From where they are said, so that a new one cannot be forgotten."""
    named: set[str] = set()
    for source in (alarm, safety_talk, safety_answers, dialogues):
        tree = ast.parse(Path(source.__file__).read_text(encoding="utf-8"))
        named |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    said = (named & set(library.texts["en"])) - {"yes", "no", "rather_not_say"}
    said |= {rule.says for rule in library.safety.rules if rule.says}
    said |= {limit.says for limit in library.safety.numbers.thresholds if limit.says}
    assert len(said) > 60
    assert [key for key in sorted(said) if not is_crisis_text(key, library.texts["en"][key])] == []


# -- what production asks -----------------------------------------------------------------------------


def test_a_signature_does_not_stand_for_somebody_who_checks_the_translation() -> None:
    """Production refuses it until both are there: ``refuse_unsigned`` looks at the same list."""
    polish = "modules/copd/breathlessness-and-worry.pl.md"
    whole = read_drafts(CONTENT)
    text = whole.bodies[polish].decode()
    checked = text.replace("machine draft, not reviewed", "A. Kowalska").replace("unsigned draft", "A. Lead")
    assert checked.count("A. Kowalska") == 1
    assert [unsigned_with(whole, polish, t) for t in (text, checked)] == [True, False]


def unsigned_with(whole: Drafts, file: str, text: str) -> bool:
    """Whether it counts as unsigned, although somebody has signed that very text."""
    bodies = {**whole.bodies, file: text.encode()}
    signature = Signature(
        file=file,
        sha256=mark_of(file, bodies[file]),
        who="A. Lead",
        role="lead",
        on="2026-06-01",
        review_by="2027-06-01",
    )
    built = read_library({**bodies, SIGNOFF: write_signoff([signature]).encode()}, today=TODAY)
    assert built.library is not None, built.problems
    return file in built.library.unsigned


def test_the_shipped_polish_holds_all_but_the_sentences_of_a_crisis(library: Library) -> None:
    english = library.texts["en"]
    wanted = {key for key, text in english.items() if not is_crisis_text(key, text)}
    assert set(library.texts["pl"]) == wanted
