"""The four policy files as one Policy."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from bot.adapters.content_files.data import fit
from bot.adapters.content_files.yaml import Document, Plain
from bot.core.library.drafts import Place, Placed
from bot.core.library.policy import GroupNumbers, Ladder, OutcomeRules, Policy, Worsening
from bot.core.library.problems import Problem

_FILES: Mapping[str, type[BaseModel]] = {
    "groups": GroupNumbers,
    "ladder": Ladder,
    "outcomes": OutcomeRules,
    "worsening": Worsening,
}
GOVERNANCE = ("clinical-lead", "review-by", "sources")
"""Checked, and kept out of what conversations read."""


def read_policy(documents: Mapping[str, Document]) -> tuple[Placed[Policy] | None, tuple[Problem, ...]]:
    """``documents`` by the file's name without folder and ending."""
    problems: list[Problem] = []
    held: dict[str, BaseModel] = {}
    for name, model in _FILES.items():
        if name not in documents:
            problems.append(
                Place(f"policy/{name}.yaml").problem("C018", "this file is missing", "put it back")
            )
            continue
        document = documents[name]
        fitted = fit(model, _translated(document.data), document)
        if isinstance(fitted, BaseModel):
            held[name] = fitted
        else:
            problems.extend(fitted)
    for name in documents.keys() - _FILES.keys():
        hint = f"the policy files are {', '.join(_FILES)}"
        problems.append(documents[name].at.problem("C013", f"there is no policy called '{name}'", hint))
    if problems:
        return None, tuple(problems)
    return Placed(Policy.model_validate(held), Place("policy/worsening.yaml")), ()


def _translated(data: Plain) -> Plain:
    if not isinstance(data, dict):
        return data
    kept = {key: value for key, value in data.items() if key not in GOVERNANCE}
    measures = kept.get("measures")
    if isinstance(measures, dict):
        # A measure's own file says what one answer means; the policy repeats it for the reader.
        kept["measures"] = {name: _without_items(limits) for name, limits in measures.items()}
    return kept


def _without_items(limits: Plain) -> Plain:
    return {k: v for k, v in limits.items() if k != "item_rules"} if isinstance(limits, dict) else limits
