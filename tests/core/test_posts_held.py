"""What a member's post is held for: numbers and addresses in any dress, and phrases; and what patients may say freely."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.content_files.words import read_nlu
from bot.core.library import Library
from bot.core.posts import Found, HeldRules, PostContent, fit_for_name, held_for, seen_alike
from bot.core.posts.content import GRAVEST
from bot.core.posts.examples import broken_promises
from bot.core.safety import PhraseError, SafetyContent
from tests.core.safety_files import ROOT, content, parts

KINDS = ("contact", "link", "private_name", "method", "advice", "selling", "unkind")
BARE = HeldRules()


@cache
def said() -> dict[str, list[str]]:
    """Posts that were made up while the rules were written, by kind. Their second net learns from them as well."""
    file = ROOT / "content" / "understanding" / "posts.said.en.yml"
    return {name.partition("/")[0]: list(texts) for name, texts in read_nlu(file).items()}


def held(text: str) -> set[str]:
    return {found.kind for found in held_for(text, content().held)}


@pytest.mark.parametrize("kind", KINDS)
def test_bad_posts_are_held(kind: str) -> None:
    missed = [text for text in said()[kind] if not held(text)]
    assert len(missed) * 20 <= len(said()[kind]), missed


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_held_for_what_they_are(kind: str) -> None:
    other = [text for text in said()[kind] if kind not in held(text)]
    assert len(other) * 10 <= len(said()[kind]), other


def test_what_patients_say_to_each_other_passes() -> None:
    assert {text: held(text) for text in said()["good"] if held(text)} == {}


def test_few_ordinary_messages_are_held() -> None:
    """Of what the rules of the screen must leave alone, which was not written with groups in mind."""
    ordinary = [text for rule in content().rules for text in rule.examples.miss]
    caught = [text for text in ordinary if held(text)]
    assert len(caught) * 100 <= 3 * len(ordinary), caught


def test_every_rule_keeps_its_promises() -> None:
    posts = content().posts
    assert posts is not None
    assert list(broken_promises(posts, content().held)) == []


def test_a_broken_promise_is_told_of_with_its_place() -> None:
    posts = content().posts
    assert posts is not None
    rule = posts.rules[0]
    wrong = rule.model_copy(
        update={
            "examples": rule.examples.model_copy(
                update={"hit": ("lovely weather",), "miss": ("add me on insta",)}
            )
        }
    )
    broken = posts.model_copy(update={"rules": (wrong, wrong)})
    told = list(broken_promises(broken, HeldRules(broken)))
    assert ("posts", "rules", 0, "examples", "hit", 0) in {path for *_, path in told}
    assert any("two rules have this name" in message for _, message, _, _ in told)


def test_content_without_the_file_still_finds_numbers_and_addresses() -> None:
    bare = {name: part for name, part in parts().items() if name != "posts"}
    without = SafetyContent.model_validate(bare)
    assert without.posts is None and "posts" not in without.model_dump()
    assert held_for("ring 07700 900123", without.held) == (Found("contact", "number-phone"),)
    assert held_for("Samaritans: 116 123", without.held) == ()
    assert held_for("you are an idiot", without.held) == ()


def test_a_phrase_that_cannot_be_read_is_refused() -> None:
    posts = content().posts
    assert posts is not None
    bad = posts.rules[0].model_copy(update={"patterns": ("(never closed",)})
    with pytest.raises(PhraseError):
        HeldRules(posts.model_copy(update={"rules": (bad,)}))
    nameless = posts.rules[0].model_copy(update={"guards": ("nobody_knows",)})
    with pytest.raises(PhraseError, match="nobody_knows"):
        HeldRules(posts.model_copy(update={"rules": (nameless,)}))


def test_the_gravest_comes_first_and_each_rule_once() -> None:
    found = held_for("shut up you idiot. ring 07700 900123. see www.x.com. a lethal dose", content().held)
    order = [GRAVEST.index(each.kind) for each in found]
    assert order == sorted(order) and len(set(found)) == len(found)
    assert found[0].kind == "method"


# A number in any dress.

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
CIRCLED = dict(enumerate("⓪①②③④⑤⑥⑦⑧⑨"))


def _spoken(number: str) -> str:
    said_so, at = [], 0
    while at < len(number):
        run = len(number[at:]) - len(number[at:].lstrip(number[at]))
        many = {2: "double ", 3: "triple "}.get(run, "")
        said_so.append(many + ("oh" if number[at] == "0" else WORDS[int(number[at])]))
        at += run if many else 1
    return " ".join(said_so)


def _each(dress: Callable[[int], str], between: str = "") -> Callable[[str], str]:
    return lambda number: between.join(dress(int(figure)) for figure in number)


DRESSES: dict[str, Callable[[str], str]] = {
    "plain": str,
    "in threes": lambda n: f"{n[:5]} {n[5:8]} {n[8:]}",
    "dotted": lambda n: ".".join(n),
    "spaced": lambda n: " ".join(n),
    "on lines": lambda n: "\n".join(n),
    "dashed": lambda n: f"{n[:4]}-{n[4:7]}-{n[7:]}",
    "slashed": lambda n: "/".join((n[:3], n[3:7], n[7:])),
    "in brackets": lambda n: f"({n[:5]}) {n[5:]}",
    "abroad": lambda n: f"+44 {n[1:5]} {n[5:]}",
    "abroad with a zero": lambda n: f"+44 (0){n[1:]}",
    "dialled abroad": lambda n: f"0044 {n[1:]}",
    "words": _each(lambda d: WORDS[d], " "),
    "words with commas": _each(lambda d: WORDS[d], ", "),
    "words run together": _each(lambda d: WORDS[d]),
    "as it is said": _spoken,
    "letters for figures": lambda n: n.replace("0", "O").replace("1", "l"),
    "figures and words": lambda n: " ".join(WORDS[int(d)] if i % 2 else d for i, d in enumerate(n)),
    "keycaps": _each(lambda d: f"{d}\ufe0f\u20e3"),
    "circled": _each(lambda d: CIRCLED[d], " "),
    "full width": _each(lambda d: chr(0xFF10 + d)),
    "arabic": _each(lambda d: chr(0x660 + d)),
    "devanagari": _each(lambda d: chr(0x966 + d), " "),
    "mathematical": _each(lambda d: chr(0x1D7CE + d)),
    "with nothing seen between": lambda n: "\u200b".join(n),
    "in two halves": lambda n: f"{n[:5]} and then {n[5:]}",
    "across words": lambda n: f"first {n[:5]} my love then {n[5:8]} and last {n[8:]}",
    "with pictures between": lambda n: "🌸".join((n[:3], n[3:6], n[6:9], n[9:])),
}

subscribers = st.from_regex(r"[0-9]{6}", fullmatch=True)
numbers = st.one_of(
    st.builds("07{}{}".format, st.integers(100, 999), subscribers),
    st.builds("01{}{}".format, st.integers(200, 999), subscribers),
    st.builds("02{}{}".format, st.sampled_from([3, 4, 8, 9]), st.from_regex(r"[0-9]{8}", fullmatch=True)),
)
around = st.sampled_from(
    ["{}", "I'm on {} most days", "text me. {}", "{} if you are lonely x", "sugar was 7.2. {}"]
)


@pytest.mark.parametrize("dress", sorted(DRESSES))
@settings(max_examples=25)
@given(numbers, around)
def test_a_number_is_found_in_any_dress(dress: str, number: str, sentence: str) -> None:
    text = sentence.format(DRESSES[dress](number))
    assert any(found.kind == "contact" for found in held_for(text, BARE)), (dress, text)


readings = st.floats(2, 30).map(lambda value: f"{value:.1f}")
hours = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
ORDINARY: dict[str, st.SearchStrategy[str]] = {
    "sugars": st.lists(readings, min_size=1, max_size=9).map(
        lambda each: f"sugars were {', '.join(each)} today"
    ),
    "timed": st.lists(st.tuples(hours, readings), min_size=1, max_size=7).map(
        lambda each: ", ".join(f"{hour} {reading}" for hour, reading in each)
    ),
    "dose": st.builds(
        "I take {}mg of it {} times a day and {} units at night".format, *[st.integers(1, 999)] * 3
    ),
    "pressure": st.lists(st.tuples(st.integers(90, 199), st.integers(50, 110)), min_size=1, max_size=6).map(
        lambda each: "BP " + " then ".join(f"{upper}/{lower}" for upper, lower in each)
    ),
    "dates": st.lists(
        st.builds("{}/{:02}/{}".format, st.integers(1, 28), st.integers(1, 12), st.integers(1950, 2026)),
        min_size=1,
        max_size=4,
    ).map(lambda each: f"seen on {' and '.join(each)}"),
    "steps": st.lists(st.integers(1000, 19_999), min_size=1, max_size=5).map(
        lambda each: ", ".join(f"{n:,} steps" for n in each)
    ),
    "weight": st.builds("I was {} stone {} and now I am {} stone".format, *[st.integers(7, 30)] * 3),
    "years": st.lists(st.integers(1940, 2026), min_size=1, max_size=6).map(
        lambda each: f"ill in {', '.join(map(str, each))}"
    ),
    "marks": st.lists(st.integers(1, 10), min_size=1, max_size=7).map(
        lambda each: f"pain was {', then '.join(map(str, each))} out of 10"
    ),
    "helplines": st.permutations(["111", "999", "116 123", "85258", "0300 123 3393", "0808 2000 247"]).map(
        lambda each: f"they said ring {' or '.join(each[:4])} if it gets bad"
    ),
}


@pytest.mark.parametrize("said_of", sorted(ORDINARY))
@settings(max_examples=40)
@given(st.data())
def test_the_numbers_of_an_illness_pass(said_of: str, data: st.DataObject) -> None:
    text = data.draw(ORDINARY[said_of])
    assert not any(found.kind == "contact" for found in held_for(text, content().held)), text


@given(st.text(max_size=300))
def test_no_text_makes_it_raise(text: str) -> None:
    held_for(text, content().held)
    fit_for_name(text)


@given(
    st.sampled_from(["jo.bloggs", "mags52", "j_smith"]),
    st.sampled_from(["gmail.com", "hotmail.co.uk", "btinternet.com"]),
)
def test_an_e_mail_is_found_however_it_is_spelt(who: str, where: str) -> None:
    dot = where.replace(".", " dot ")
    written = (
        f"{who}@{where}", f"{who} (at) {where}", f"{who} at {dot}", f"{who}[at]{where.replace('.', '[dot]')}", f"{who} AT {dot.upper()}",
        f"{who} @ {where}", " ".join(f"{who}@{where}"), f"{who}@{where}".replace("a", "а").replace("o", "о"),
    )  # fmt: skip
    assert [text for text in written if not any(f.kind == "contact" for f in held_for(text, BARE))] == []


@pytest.mark.parametrize("text", ["LS1 4DP", "ls1 4dp", "LS14DP", "l s 1 4 d p", "BD17-7QN", "М1 1АE"])
def test_a_postcode_is_found(text: str) -> None:
    assert Found("contact", "postcode") in held_for(f"I am at {text} now", BARE)


@pytest.mark.parametrize(
    "text", ["b12 1mg", "HbA1c 7.5", "T2 since May", "FEV1 45", "E45 cream", "at 3 5 of us went", "B12 5ug"]
)
def test_what_only_looks_like_a_postcode_passes(text: str) -> None:
    assert held_for(text, BARE) == ()


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        ("you should stop your insulin", "you should never stop your insulin"),
        ("just stop taking the statins", "my doctor told me to stop taking the statins"),
        ("double it if you feel rough", "don't double it if you feel rough"),
        ("skip your eye screening", "don't skip your eye screening"),
        ("it's your own fault", "it's not your own fault"),
        ("you are an idiot", "I am an idiot, I forgot my tablets"),
        ("turmeric cured my arthritis", "there is no turmeric that cured my arthritis"),
        ("no need to ring 999 for that", "don't be afraid to ring 999 for that"),
    ],
)
def test_who_says_it_of_whom_decides(bad: str, good: str) -> None:
    assert held(bad) and not held(good)


# Made-up names.


@pytest.mark.parametrize(
    "name",
    ["Nur5e", "M0derator", "Моdеratоr", "Аdmin", "Ho5t", "N u r s e", "Dr Sam", "D.R. Bob", "𝓗𝓸𝓼𝓽", "Ⓝurse", "St4ff", "Bounce Back", "nursse",
     "Ηοst", "Нοѕt", "H_o_s_t", "ᎻᎾᏚᎢ", "ꓧꓳꓢꓔ", "Hσst", "DrSam", "ModSam", "SamNHS", "GPSam", "Adrnin", "rnoderator", "Host (NHS)", "Ho\u200bst", "\u202etsoh", "Ho\u0301st",
     "Doc", "Midwife Jo", "Facilitator", "Support worker", "CBT Sam", "Chatbot", "Lekarz", "Pielęgniarka", "Terapeutka", "Zespół", "Obsługa", "you", "Ty"],
)  # fmt: skip
def test_a_name_that_looks_like_staff_is_refused(name: str) -> None:
    assert not fit_for_name(name)


@pytest.mark.parametrize("badge", "✓✔★☆®™😀🩺✅⭐\u200b\u202e")
def test_a_name_wears_no_badge(badge: str) -> None:
    assert not fit_for_name(f"Sam {badge}Jo")


@pytest.mark.parametrize(
    "name", ["07700900123", "oh77 00 900 123", "sam@gmail", "sam.com", "insta sam", "LS1 4DP", "x" * 25, "S"]
)
def test_a_name_holds_no_way_to_reach_somebody(name: str) -> None:
    assert not fit_for_name(name)


@pytest.mark.parametrize(
    "name",
    ["Sunny", "Otter 12", "Zoë", "Łukasz", "Blue Heron", "Ghost", "Marie-Anne", "O'Neil", "Мария", "محمد", "अनिल", "Wheezy Jim", "Steam", "Robin", "Talbot", "Dorothy", "Teapot", "Drew", "Yousuf", "DJ Dave"],
)  # fmt: skip
def test_other_names_may_be_taken(name: str) -> None:
    assert fit_for_name(name)


def test_nobody_wears_the_words_that_stand_beside_a_hosts_posts(library: Library) -> None:
    for texts in library.texts.values():
        for key in ("widget_group_host", "widget_group_you"):
            assert key not in texts or not fit_for_name(texts[key]), texts[key]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Sally", "SaIly"), ("Sally", "Sа11y"), ("Robin", "R0bín"), ("Anna", "Аnnа"), ("Momo", "Mornо"), ("Wren", "VV r e n")],
)  # fmt: skip
def test_names_that_an_eye_takes_for_one_are_one(one: str, other: str) -> None:
    assert seen_alike(one) == seen_alike(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Robin", "Rowan"), ("रीना", "रानी"), ("عائشة", "فاطمة"), ("Мария", "Марта")]
)
def test_other_names_stay_others(one: str, other: str) -> None:
    assert seen_alike(one) != seen_alike(other)


def test_kinds_have_an_order() -> None:
    assert set(GRAVEST) == set(KINDS)
    assert isinstance(content().posts, PostContent)
    held_at: Any = content().held
    assert held_at is content().held
