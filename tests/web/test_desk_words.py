"""Evidence, concerns and curves in a clinician's words: every rule of the shipped content has a sentence."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from bot.core.facts import (
    AlertEscalated,
    AlertHandedOver,
    AlertRaised,
    AlertReopened,
    CaseKind,
    Evidence,
    EvidenceAdded,
    Fact,
)
from bot.core.groups import SUSPECTED
from bot.core.library import Band, Given, Level, Library, Option
from bot.core.library.measures import Scoring
from bot.core.posts.content import HeldKind
from bot.core.state import ScoreKept
from bot.core.values import AlertId, StaffId
from bot.ports import EvidenceSeen, ScoreSeen
from bot.web.desk import words
from bot.web.desk.alert_history import sentence
from bot.web.desk.alerts import telling
from bot.web.desk.charts import curves_of, sentence_of, trends_of
from bot.web.desk.evidence import CATEGORIES, reason_of
from bot.web.desk.team_clock import TeamClock
from bot.web.desk.words import concern_in_words

NOW = datetime(2026, 3, 30, 9, 0, tzinfo=UTC)
CLOCK = TeamClock(ZoneInfo("Europe/London"), NOW)


def piece(rule: str, version: str = "", **numbers: float) -> EvidenceSeen:
    return EvidenceSeen(rule, version, 7, None, numbers, NOW)


def kept(*totals: int) -> tuple[ScoreKept, ...]:
    return tuple(ScoreKept(total=t, at=NOW + timedelta(days=7 * n)) for n, t in enumerate(totals))


@pytest.mark.parametrize(
    ("rule", "numbers", "sentence"),
    [
        (
            "worsening:gad7:reliable_deterioration",
            {"new": 12, "best": 6, "worse_by": 4},
            "GAD-7 rose from 6, the best score of the last 12 weeks, to 12. That is 6 more; 4 or more counts as reliable.",
        ),
        (
            "worsening:rate_pain:reliable_deterioration",
            {"new": 8, "best": 3, "worse_by": 4},
            "Pain, today rose from 3, the best score of the last 12 weeks, to 8. That is 5 more; 4 or more is "
            "what the rules tell, of a rating that moves from day to day.",
        ),
        (
            "worsening:phq9:plateau",
            {"new": 13, "was": 20, "check_ins": 6, "worse_by": 6},
            "PHQ-9 had moved from 20 and has stood still since: the last 6 scores lie less than 6 apart, and it is 13 "
            "now, still a case.",
        ),
        (
            "check_in:missed",
            {"due": 1773050400.0, "heard": 1772445600.0, "reminded": 1773309600.0, "in_a_row": 1},
            "A check-in was due on 9 March 2026 and has not come. They were reminded in the chat on 12 March 2026. Last "
            "heard from on 2 March 2026.",
        ),
        (
            "check_in:missed",
            {"due": 1773050400.0, "heard": 1773309600.0, "open": 1, "in_a_row": 2},
            "A check-in was due on 9 March 2026 and has not come. Something they had begun lies open in the chat. Last "
            "heard from on 12 March 2026, after it was due. It is the second in a row that did not come.",
        ),
        (
            "check_in:came",
            {"missed": 2},
            "They have sent a check-in since. The alert stays until a person closes it.",
        ),
        (
            "worsening:phq9:case_crossed",
            {"new": 11, "last": 8, "case_at": 10},
            "PHQ-9 went from 8 to 11. 10 or more is the threshold for a case.",
        ),
        (
            "worsening:phq9:severe_entered",
            {"new": 21, "last": 18, "severe_at": 20},
            "PHQ-9 went from 18 to 21, into the highest band (20 or more).",
        ),
        (
            "worsening:phq9:severe_at_baseline",
            {"new": 22, "severe_at": 20},
            "The first PHQ-9 is 22, in the highest band (20 or more).",
        ),
        (
            "worsening:phq9:reliable_deterioration",
            {"new": 13, "best": 2, "worse_by": 6, "weeks": 8, "other:gad7:worst": 12, "other:gad7:new": 5},
            "PHQ-9 rose from 2, the best score of the last 8 weeks, to 13. That is 11 more; 6 or more counts as "
            "reliable. At about the same time GAD-7 was reliably better (12 at worst, 5 now). This is a mixed change.",
        ),
        (
            "worsening:phq9:with_others",
            {"new": 13, "other:gad7:best": 1, "other:gad7:new": 9},
            "This adds to what was told about the PHQ-9 score of 13. At about the same time GAD-7 was reliably worse "
            "(1 at best, 9 now).",
        ),
        (
            "worsening:phq9:with_others",
            {"new": 13, "other:rate_worry:best": 2, "other:rate_worry:new": 6},
            "This adds to what was told about the PHQ-9 score of 13. At about the same time Worry, today was worse by "
            "4 points (2 at best, 6 now).",
        ),
        (
            "worsening:phq9:with_others",
            {"new": 13, "other:rate_mood:worst": 2, "other:rate_mood:new": 3},
            "This adds to what was told about the PHQ-9 score of 13. At about the same time Mood, today was better by "
            "1 point (2 at worst, 3 now). This is a mixed change.",
        ),
        (
            "worsening:rate_mood:reliable_deterioration",
            {"new": 3, "best": 8, "worse_by": 4},
            "Mood, today fell from 8, the best score of the last 12 weeks, to 3. That is 5 less; 4 or more is what the rules "
            "tell, of a rating that moves from day to day.",
        ),
        (
            "worsening:phq9:no_reliable_change",
            {"new": 14, "first": 15, "weeks": 8, "worse_by": 6},
            "PHQ-9 was 15 at the first score and is 14 now, more than 8 weeks later. "
            "6 or more either way would be a reliable change.",
        ),
        (
            "item:phq9.9",
            {"points": 1, "last": 0},
            "PHQ-9 question 9 (“Thoughts that you would be better off dead or of hurting yourself in some way”) "
            "was answered “Several days”, 1 point; the last time 0.",
        ),
        (
            "safety_question:direct:unclear",
            {},
            "Asked “Are you having thoughts of ending your life?” "
            "Their answer was not a plain no, which counts as a yes.",
        ),
        (
            "safety_question:silence",
            {},
            "The safety question had no answer for 10 minutes, which counts as a yes.",
        ),
        (
            "glucose-low",
            {"glucose": 3.1},
            "They gave a glucose of 3.1 mmol/L; the team hears of below 4.",
        ),
        (
            "unscreened",
            {},
            "A message could not be checked for safety. Nobody knows yet what is in it: please read it.",
        ),
    ],
)
def test_a_reason_says_its_arithmetic(
    library: Library, rule: str, numbers: dict[str, float], sentence: str
) -> None:
    assert reason_of(piece(rule, **numbers), library).text == sentence


def test_the_rule_and_its_version_stay_beside_the_sentence(library: Library) -> None:
    assert reason_of(piece("item:phq9.9", "1", points=2), library).rule == "item:phq9.9, version 1"


def test_every_rule_of_the_shipped_screen_has_words_for_its_category(library: Library) -> None:
    assert {r.category for r in library.safety.rules} - set(CATEGORIES) == set()


def test_no_sentence_falls_back_on_a_rules_own_name(library: Library) -> None:
    rules = [r.id for r in library.safety.rules] + [t.id for t in library.safety.numbers.thresholds]
    assert [r for r in rules if r in reason_of(piece(r), library).text.split()] == []


def test_a_rule_that_is_gone_still_has_a_sentence(library: Library) -> None:
    assert (
        reason_of(piece("a-rule-of-last-year"), library).text
        == "Words in a message were taken to be about safety."
    )


@pytest.mark.parametrize(
    ("concern", "words"),
    [
        ("risk", "Thoughts of suicide or self-harm"),
        ("emergency:copd", "Possible medical emergency (COPD)"),
        ("emergency:any", "Possible medical emergency"),
        ("worsening:gad7", "GAD-7 score needs a look"),
        ("worsening:rate_worry", "Rating of worry needs a look"),
        (
            "content:copd/breathlessness-and-worry",
            "Flag from the module “Breathlessness and worry”",
        ),
        ("group-report", "A group post needs a host"),
    ],
)
def test_a_concern_in_words(library: Library, concern: str, words: str) -> None:
    assert concern_in_words(library, concern) == words


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (AlertRaised, "Raised: it waits for the digest."),
        (AlertHandedOver, "Therapist handed it over to Duty: it waits for the digest."),
        (AlertReopened, "Nobody came back to it in time: it is open again, and it waits for the digest."),
        (EvidenceAdded, "New evidence: it waits for the digest."),
    ],
)
def test_what_waits_for_the_digest_is_never_said_to_have_been_told(fact: type[Fact], said: str) -> None:
    assert sentence(_happened(fact, "routine", None), NAMES, CLOCK) == said


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (AlertRaised, "Raised: somebody must look now."),
        (AlertHandedOver, "Therapist handed it over to Duty, who was told."),
        (AlertReopened, "Nobody came back to it in time: it is open again, and people were told."),
        (EvidenceAdded, "New evidence: somebody must look now. People were told again."),
        (AlertEscalated, "Not acknowledged in time: the people of step 2 were told."),
    ],
)
def test_what_happened_to_an_alert_is_a_plain_sentence(fact: type[Fact], said: str) -> None:
    assert sentence(_happened(fact, "now", NOW), NAMES, CLOCK) == said


ALERT, THERAPIST, DUTY = AlertId(UUID(int=1)), StaffId(UUID(int=2)), StaffId(UUID(int=3))
NAMES = {THERAPIST: "Therapist", DUTY: "Duty"}


def _happened(fact: type[Fact], level: Level, due_at: datetime | None) -> Fact:
    known: dict[str, Any] = {
        "alert": ALERT,
        "concern": "risk",
        "level": level,
        "evidence": Evidence(rule="patient:need_help"),
        "owner": THERAPIST,
        "opened_at": NOW,
        "due_at": due_at,
        "tell": True,
        "rung": 1,
        "by": THERAPIST,
        "to": DUTY,
        "note": None,
        "at": NOW,
        "why": "left",
    }
    return fact(**{name: value for name, value in known.items() if name in fact.__struct_fields__})


@pytest.mark.parametrize(
    ("rules", "shown"),
    [
        (
            ("reliable_deterioration", "case_crossed", "later:with_others"),
            "reliable_deterioration",
        ),
        (("reliable_deterioration", "later:case_crossed"), "later:case_crossed"),
        (("reliable_deterioration", "later:plateau"), "reliable_deterioration"),
        (("with_others",), "with_others"),
    ],
)
def test_what_only_adds_to_a_reason_never_stands_in_its_place(rules: tuple[str, ...], shown: str) -> None:
    def of(rule: str) -> EvidenceSeen:
        at = NOW + timedelta(minutes=1) if rule.startswith("later:") else NOW
        return EvidenceSeen(f"worsening:phq9:{rule.removeprefix('later:')}", "", 7, None, {}, at)

    assert telling([of(rule) for rule in rules]) == of(shown)


def test_a_check_in_that_came_does_not_replace_the_one_that_was_missed() -> None:
    missed = EvidenceSeen("check_in:missed", "", 7, None, {}, NOW)
    came = EvidenceSeen("check_in:came", "", 7, None, {}, NOW + timedelta(days=1))
    assert telling([missed, came]) == missed


def test_a_change_that_is_not_reliable_is_called_none(library: Library) -> None:
    sentence = sentence_of(library.measures["phq9"], kept(8, 13), CLOCK)
    assert sentence.endswith("No reliable change since then (6 or more would be).")


def test_a_list_names_reliable_changes_only(library: Library) -> None:
    totals = {"phq9": kept(15, 9), "gad7": kept(5, 8), "phq4": kept(2, 12)}
    assert [t.text for t in trends_of(totals, library)] == ["PHQ-9 better: 15 to 9"]


def test_the_curve_stays_inside_its_picture(library: Library) -> None:
    scores = [ScoreSeen("phq9", "1", t, True, {}, NOW + timedelta(days=n)) for n, t in enumerate((0, 27, 13))]
    (curve,) = curves_of(scores, library, CLOCK)
    frame = curve.frame
    assert all(frame.left <= dot.x <= frame.end and 0 <= dot.y <= frame.bottom for dot in curve.dots)
    assert [dot.total for dot in curve.dots] == [0, 27, 13]
    assert sum(band.height for band in curve.bands) == pytest.approx(frame.bottom - 10, abs=1)


def test_what_was_skipped_has_no_dot(library: Library) -> None:
    scores = [ScoreSeen("phq9", "1", None, False, {"9": None}, NOW)]
    (curve,) = curves_of(scores, library, CLOCK)
    assert curve.dots == ()
    assert curve.sentence == "No complete answers yet: without every answer there is no total."


def test_moments_are_said_on_the_teams_own_clock() -> None:
    """British summer time began the day before."""
    assert CLOCK.time(NOW) == "today at 10:00"
    assert CLOCK.time(NOW - timedelta(days=1)) == "yesterday at 10:00"
    assert CLOCK.time(NOW - timedelta(days=100)) == "20 December 2025 at 09:00"


def test_a_mean_has_its_bands_side_by_side_and_its_numbers_in_2_places(library: Library) -> None:
    dds = library.measures["phq9"].model_copy(
        update={
            "id": "dds2",
            "title": "Diabetes Distress Scale, 2 items (DDS-2)",
            "options": tuple(Option(label=f"answer {n}", points=n) for n in range(1, 7)),
            "scoring": Scoring(method="mean"),
            "range": (1, 6),
            "bands": tuple(
                Band(low=low, high=high, name=name, plain=name)
                for low, high, name in ((1, 1.9, "little"), (2, 2.9, "moderate"), (3, 6, "high"))
            ),
            "reliable_change": None,
        }
    )
    library = library.model_copy(update={"measures": {"dds2": dds}})
    (curve,) = curves_of([ScoreSeen("dds2", "1", 2.9412, True, {}, NOW)], library, CLOCK)
    assert curve.sentence == "First score: 2.94 of 6 on 30 March (band: moderate)."
    assert [band.scores for band in curve.bands] == ["1–1.9", "2–2.9", "3–6"]
    tops = [(band.y, round(band.y + band.height, 1)) for band in curve.bands]
    assert all(abs(lower[0] - upper[1]) <= 0.2 for lower, upper in pairwise(tops))


def test_what_is_not_added_up_says_so_and_keeps_each_answer_as_it_was_said(library: Library) -> None:
    items: dict[str, Given] = {
        "gp": 3,
        "emergency": "not_sure",
        "outpatient": 0,
        "admissions": None,
        "nights": 0,
    }
    score = ScoreSeen("service_use", "1", None, False, items, NOW)
    (curve,) = curves_of([score], library, CLOCK)
    assert curve.sentence == "Their own counts, as a table. Nothing is added up."
    assert (curve.total(score), curve.band(score)) == ("Not added up", "None")
    assert [curve.answer(given) for given in items.values()] == ["3", "not sure", "0", "–", "0"]


def test_an_item_that_does_not_apply_lowers_the_highest_score_on_the_desk(library: Library) -> None:
    items: dict[str, Given] = {item.id: 1 for item in library.measures["phq15"].items} | {
        "4": "does_not_apply"
    }
    (curve,) = curves_of([ScoreSeen("phq15", "1", 14, True, items, NOW)], library, CLOCK)
    assert curve.sentence.startswith("First score: 14 of 28 ")


def test_more_is_better_where_the_measure_says_so(library: Library) -> None:
    better = library.measures["rate_mood"].model_copy(update={"reliable_change": 2})
    scores = tuple(ScoreKept(total=t, at=NOW + timedelta(days=n)) for n, t in enumerate((3, 7)))
    assert "Higher, that is better, by 4" in sentence_of(better, scores, CLOCK)
    library = library.model_copy(update={"measures": {"rate_mood": better}})
    assert [trend.worse for trend in trends_of({"rate_mood": scores}, library)] == [False]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("item:phq15.6", "PHQ-15 question 6 (“Chest pain”) was answered “Bothered a lot”, 2 points."),
        ("red_flag_question:yes", "They said yes."),
        ("red_flag_question:silence", "had no answer for 10 minutes, which counts as a yes."),
    ],
)
def test_the_evidence_of_a_red_flag_is_a_sentence(library: Library, rule: str, said: str) -> None:
    assert said in reason_of(piece(rule, points=2), library).text


def test_every_look_that_the_service_notes_has_words() -> None:
    families = {what.partition(".")[0] for what in words.LOOKS}
    noted = re.compile(rf'"((?:{"|".join(families)})\.[a-z_]+)"')
    source = Path(words.__file__).parents[2]
    files = [*source.glob("usecases/*.py"), *source.glob("web/**/*.py")]
    said = {what for file in files for what in noted.findall(file.read_text(encoding="utf-8"))}
    assert "referral.accept" in said
    assert said <= words.LOOKS.keys()


def test_whatever_waits_for_a_host_has_words(library: Library) -> None:
    """Every code under which the room opens a case, or a host asks a member's own team."""
    held = ("first_post", "held_post", "distress", "unscreened", "night", "no_host", "host_worried")
    kinds = tuple(kind for kind in get_args(CaseKind) if kind not in ("held", "decided"))
    suspected = [f"{SUSPECTED}{kind}" for kind in get_args(HeldKind)]
    codes = (*held, *get_args(HeldKind), *suspected, *kinds)
    said = [reason_of(piece(f"group:{code}"), library).text for code in codes]
    assert "A post needs a host." not in said
    assert len(set(said)) == len(said)


def test_an_alert_that_was_closed_by_deciding_says_so_and_offers_it_to_nobody() -> None:
    assert words.outcome("decided") == "Everything that waited in the group was decided"
    assert words.outcome("contacted") == "I have been in contact with them"
    assert words.outcome(None) == ""
    assert "decided" not in words.OUTCOMES
