"""C4 and C0 for what is not a page: policy, the service's own sentences, the screen's examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from string import Formatter

from bot.core.library.drafts import Place, Placed, SafetyDraft
from bot.core.library.headers import did_you_mean
from bot.core.library.policy import Policy
from bot.core.library.problems import Problem

NATIONS = ("england", "scotland", "northern_ireland")
"""Wales keeps the days of England."""


def policy_problems(policy: Policy, measures: Iterable[str]) -> Iterator[Problem]:
    known = frozenset(measures)
    files: dict[str, Iterable[str]] = {"policy/worsening.yaml": policy.worsening.measures}
    files |= {f"policy/worsening_{name}.yaml": rules.measures for name, rules in policy.rule_sets.items()}
    files["policy/outcomes.yaml"] = {**policy.outcomes.case_at, **policy.outcomes.reliable_change}
    if policy.measuring is not None:
        files["policy/measuring.yaml"] = sorted(policy.measuring.named)
    for file, named in files.items():
        for measure in named:
            if measure not in known:
                hint = did_you_mean(measure, known)
                yield Place(file).problem("C407", f"there is no measure '{measure}'", hint)
    plan = policy.check_ins
    if plan is not None and not plan.remind_after_days < plan.flag_after_days <= plan.every_days:
        hint = "the reminder comes first, then the team is told, and both before the next one is due"
        yield Place("policy/check_ins.yaml").problem("C412", "the days do not fit together", hint)
    kept = policy.retention
    if kept is not None and kept.words.years > kept.record.years:
        hint = "words go with the record at the latest: give them as many years or fewer"
        yield Place("policy/retention.yaml").problem("C414", "the words outlive their record", hint)
    for level in ("now", "soon", "routine"):
        if not policy.ladder.levels.get(level):
            hint = f"write below levels: {level}: [{{who: [owner], minutes: 60}}]"
            yield Place("policy/ladder.yaml").problem("C408", f"nobody is told of '{level}' alerts", hint)


def days_run_out(policy: Policy, today: date) -> Iterator[Problem]:
    """Without them a closed day counts as one on which somebody reads."""
    ends = {
        nation.replace("_", " "): last
        for nation in NATIONS
        if (last := policy.bank_holidays.runs_out(nation, today)) is not None
    }
    for nation, last in ends.items():
        said = f"the bank holidays of {nation} end on {last.isoformat()}"
        yield Place("policy/bank_holidays.yaml").warning("C413", said, "add the days of the next year")


def text_problems(texts: Mapping[str, Mapping[str, Placed[str]]]) -> Iterator[Problem]:
    english = texts.get("en", {})
    if not english:
        yield Place("texts/en.yaml").problem(
            "C018", "the service has no sentences in English", "put this file back"
        )
    for language, held in texts.items():
        for key, placed in held.items():
            names = _placeholders(placed.what)
            if names is None:
                hint = "write a placeholder like {name}"
                yield placed.at.problem("C020", f"the curly brackets of '{key}' do not fit", hint)
            elif language != "en" and key in english and names != _placeholders(english[key].what):
                hint = f"fill in: {', '.join(sorted(_placeholders(english[key].what) or ())) or 'nothing'}"
                message = f"'{key}' fills in other words than its English sentence"
                yield placed.at.problem("C501", message, hint)
            elif language != "en" and key not in english:
                hint = did_you_mean(key, english, "add it to texts/en.yaml, or delete it here")
                yield placed.at.problem("C502", f"there is no English sentence '{key}'", hint)


def _placeholders(text: str) -> frozenset[str] | None:
    """None if they are not plain names in balanced brackets: ``{a.b}`` and ``{0}`` would reach into objects."""
    try:
        found = list(Formatter().parse(text))
    except ValueError:
        return None
    names = [name for _, name, _, _ in found if name is not None]
    odd = any(form or conversion for _, _, form, conversion in found)
    if odd or not all(name.isidentifier() for name in names):
        return None
    return frozenset(names)


def safety_problems(safety: SafetyDraft) -> Iterator[Problem]:
    """C6: the screen's rules against their own examples."""
    for wrong in () if safety.proven else safety.content.faults:
        yield safety.place(wrong.path).problem("C601", f"{wrong.rule}: {wrong.message}", wrong.hint)


def helplines_without_source(safety: SafetyDraft) -> Iterator[Problem]:
    for n, line in enumerate(safety.content.posts.helplines if safety.content.posts else ()):
        if not line.source.strip() or line.checked is None:
            hint = "write source: where it is published, and checked: the day on which somebody looked"
            at = safety.place(("posts", "helplines", n))
            yield at.warning("C410", f"nobody says where the number of {line.name} comes from", hint)


def overdue(safety: SafetyDraft, today: date) -> Iterator[Problem]:
    """One warning a file, at the first rule in it whose review is due."""
    dates: dict[tuple[str | int, ...], date] = {("answers",): safety.content.answers.review_by}
    dates |= {("rules", n): rule.review_by for n, rule in enumerate(safety.content.rules)}
    dates |= {("red_flags", n): flag.review_by for n, flag in enumerate(safety.content.red_flags)}
    limits = safety.content.numbers.thresholds
    dates |= {("numbers", "thresholds", n): limit.review_by for n, limit in enumerate(limits)}
    if posts := safety.content.posts:
        dates |= {("posts",): posts.review_by}
        dates |= {("posts", "rules", n): rule.review_by for n, rule in enumerate(posts.rules)}
    late: dict[str, list[tuple[Place, date]]] = {}
    for path, day in dates.items():
        if day < today:
            at = safety.place((*path, "review_by"))
            late.setdefault(at.file, []).append((at, day))
    for found in late.values():
        at, day = min(found, key=lambda each: (each[0].line, each[0].column))
        more = f", and {len(found) - 1} more in this file" if len(found) > 1 else ""
        hint = "its owner reviews it and sets a new date"
        yield at.warning("C401", f"the review was due on {day.isoformat()}{more}", hint)
