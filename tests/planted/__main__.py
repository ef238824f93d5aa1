"""``python -m tests.planted [PART OF A NAME]``: plant each defect in a copy of the code, and see that a test fails."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.planted.catalogue import DEFECTS, Defect

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("bot", "actions", "content", "tests", "docs")
A_TEST_FAILED = 1


def main(part: str) -> int:
    missed = 0
    with tempfile.TemporaryDirectory(prefix="bounceback-planted-") as folder:
        copy = _copied(Path(folder))
        chosen = [d for d in DEFECTS if part in d.name]
        if _run(copy, sorted({test for d in chosen for test in d.tests})) != 0:
            print("planted: the tests fail without any defect: run `make test` first")
            return 1
        for defect in chosen:
            began = time.monotonic()
            caught = _caught(copy, defect)
            missed += not caught
            print(
                f"{'CAUGHT' if caught else 'MISSED'}  {defect.name}  ({time.monotonic() - began:.0f} s)",
                flush=True,
            )
    print(f"planted: {'HOLDS' if not missed else f'FALLS SHORT: {missed} missed'}")
    return bool(missed)


def _copied(copy: Path) -> Path:
    for name in COPIED:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ROOT.iterdir():
        if file.is_file():
            shutil.copy2(file, copy)
    return copy


def _caught(copy: Path, defect: Defect) -> bool:
    """A test failed, and not because the code could not be read."""
    path = copy / defect.file
    sound = path.read_text()
    path.write_text(planted(sound, defect))
    try:
        if path.suffix == ".py":
            compile(path.read_text(), defect.file, "exec")
        return _run(copy, defect.tests) == A_TEST_FAILED
    finally:
        path.write_text(sound)


def _run(copy: Path, tests: Sequence[str]) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, cwd=copy, capture_output=True).returncode


def planted(text: str, defect: Defect) -> str:
    found = text.count(defect.old)
    assert found == 1, f"'{defect.name}': what it changes stands {found} times in {defect.file}"
    return text.replace(defect.old, defect.new)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
