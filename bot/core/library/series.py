"""C1: which modules come before which. It orders what is suggested; nobody is locked out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.core.library.drafts import ModuleDraft, Placed
from bot.core.library.headers import did_you_mean
from bot.core.library.problems import Problem
from bot.core.library.steps import is_quick


def one_of_series(name: str, module_id: str) -> str:
    """The module that ``after: [name]`` means on the page ``module_id``: of the same folder, unless it names one."""
    return name if "/" in name else f"{module_id.rpartition('/')[0]}/{name}"


def series_problems(modules: Sequence[ModuleDraft]) -> Iterator[Problem]:
    before = {m.key: tuple(_named(m)) for m in modules if not is_quick(m.id)}
    ids = {m.id for m in modules if m.key == m.id and not is_quick(m.id)}
    for key, named in before.items():
        for name in named:
            if name.what not in ids:
                hint = did_you_mean(name.what, ids)
                yield name.at.problem("C114", f"no module '{name.what}' can come before this one", hint)
        if named and _comes_before_itself(key, before):
            hint = "take one of them out of 'after', so that one module is the first"
            yield named[0].at.problem("C114", "this module would come before itself", hint)


def _named(module: ModuleDraft) -> Iterator[Placed[str]]:
    written = module.header.values.get("after") if module.header else None
    if written is None or not isinstance(written.what, list):
        return
    for name in written.what:
        if isinstance(name, str):
            yield Placed(one_of_series(name, module.id), written.at)


def _comes_before_itself(key: str, before: Mapping[str, tuple[Placed[str], ...]]) -> bool:
    seen: set[str] = set()
    waiting = [key]
    while waiting:
        for name in before.get(waiting.pop(), ()):
            if name.what == key:
                return True
            if name.what not in seen:
                seen.add(name.what)
                waiting.append(name.what)
    return False
