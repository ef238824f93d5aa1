"""The policy files as one Policy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

from bot.adapters.content_files.data import fit
from bot.adapters.content_files.yaml import Document, Plain, read_yaml
from bot.core.errors import Misuse
from bot.core.library.diary import Diary
from bot.core.library.drafts import Place, Placed
from bot.core.library.measuring import Measuring
from bot.core.library.policy import (
    BankHolidays,
    CheckIns,
    Consents,
    GroupNumbers,
    Ladder,
    OutcomeRules,
    Policy,
    Retention,
    Schedule,
    Worsening,
)
from bot.core.library.problems import Problem
from bot.core.library.programme import Programme
from bot.core.worsening import DEFAULT

_FILES: Mapping[str, type[BaseModel]] = {
    "bank_holidays": BankHolidays,
    "check_ins": CheckIns,
    "consents": Consents,
    "diary": Diary,
    "groups": GroupNumbers,
    "ladder": Ladder,
    "measuring": Measuring,
    "outcomes": OutcomeRules,
    "programme": Programme,
    "retention": Retention,
    "schedule": Schedule,
    "worsening": Worsening,
}
NOT_NEEDED = frozenset({"check_ins", "consents", "diary", "measuring", "programme", "retention", "schedule"})
"""A release that was published before there was such a file is still edited and published again."""
RULE_SET = "worsening_"
"""What the names of further rule sets begin with; services choose them by the rest."""
GOVERNANCE = ("clinical-lead", "review-by", "sources")
"""Checked, and kept out of what conversations read."""


def read_policy(documents: Mapping[str, Document]) -> tuple[Placed[Policy] | None, tuple[Problem, ...]]:
    """``documents`` by the file's name without folder and ending."""
    problems: list[Problem] = []
    held: dict[str, BaseModel] = {}
    sets: dict[str, BaseModel] = {}
    for name in _FILES.keys() - documents.keys() - NOT_NEEDED:
        problems.append(Place(f"policy/{name}.yaml").problem("C018", "this file is missing", "put it back"))
    for name, document in documents.items():
        model, kept, key = _FILES.get(name), held, name
        if name.startswith(RULE_SET):
            model, kept, key = Worsening, sets, name.removeprefix(RULE_SET)
        if model is None or key == DEFAULT:
            hint = f"the policy files are {', '.join(_FILES)} and further rule sets, such as {RULE_SET}weekly"
            problems.append(document.at.problem("C013", f"there is no policy called '{name}'", hint))
            continue
        fitted = fit(model, _translated(document.data), document)
        if isinstance(fitted, BaseModel):
            kept[key] = fitted
        else:
            problems.extend(fitted)
    if problems:
        return None, tuple(problems)
    return Placed(Policy.model_validate({**held, "rule_sets": sets}), Place("policy/worsening.yaml")), ()


def read_rule_set(file: Path) -> Worsening:
    """A file written like ``worsening.yaml``, on its own. Raises Misuse with the first thing wrong in it."""
    try:
        document = read_yaml(file.read_text(encoding="utf-8"), Place(str(file)))
    except (OSError, UnicodeDecodeError):
        raise Misuse(f"{file} cannot be read: give a rule set written like policy/worsening.yaml") from None
    read = (
        fit(Worsening, _translated(document.data), document)
        if isinstance(document, Document)
        else (document,)
    )
    if isinstance(read, Worsening):
        return read
    raise Misuse(f"{read[0].file}:{read[0].line} {read[0].message}: {read[0].hint}")


def _translated(data: Plain) -> Plain:
    if not isinstance(data, dict):
        return data
    return {key: value for key, value in data.items() if key not in GOVERNANCE}
