"""``bounceback preview`` as a process: it serves a page, and ends when it is asked to."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from bot.authoring import CONTENT_SHIPPED

pytestmark = pytest.mark.system

PAGE = CONTENT_SHIPPED / "modules/copd/breathlessness-and-worry.en.md"


def preview(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bot", "preview", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_page_that_lies_elsewhere_is_served_and_ended(tmp_path: Path, unused_tcp_port: int) -> None:
    page = Path(shutil.copy(PAGE, tmp_path / "mine.en.md"))
    with preview(page, "--port", unused_tcp_port) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            assert found
            with urllib.request.urlopen(f"{found[0]}/module", timeout=20) as response:
                assert '"key": "everybody/mine"' in response.read().decode()
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        finally:
            process.kill()


def test_what_is_no_page_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear all")
    for path in ("nowhere", tmp_path / "letter.txt"):
        with preview(path) as process:
            out, error = process.communicate(timeout=60)
        assert process.returncode == 2
        assert "ive the path of a content folder" in error
        assert out == ""
