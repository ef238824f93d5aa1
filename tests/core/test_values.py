"""What is written can be read again, and what cannot be read says nothing of what it was."""

from __future__ import annotations

import pytest

from bot.core.errors import Misuse
from bot.core.facts import facts_in
from bot.core.inputs import NewWord, Said
from bot.core.shown import Shown
from bot.core.state import Conversation

WORDS = "i want to die"


@pytest.mark.parametrize(
    "kept",
    [
        f'{{"text": "", "{WORDS}": 1}}',
        f'{{"text": "", "urgent": {{"kind": "{WORDS}", "lines": []}}}}',
        f'{{"text": ["{WORDS}"]}}',
        f'{{"text": "{WORDS}"',
        f'"{WORDS}"',
    ],
)
def test_what_cannot_be_read_is_not_repeated(kept: str) -> None:
    with pytest.raises(Misuse) as caught:
        Shown.from_json(kept)
    assert WORDS not in str(caught.value) and caught.value.__suppress_context__


def test_a_kind_of_fact_that_nobody_knows_is_not_repeated() -> None:
    with pytest.raises(Misuse) as caught:
        facts_in(f'[{{"type": "{WORDS}"}}]')
    assert WORDS not in str(caught.value)


def test_somebodys_words_do_not_show_where_a_value_is_printed() -> None:
    said = Said(client_id=None, text=WORDS)  # type: ignore[arg-type]
    word = NewWord(None, None, "heard", WORDS)  # type: ignore[arg-type]
    assert WORDS not in f"{said!r}{word!r}"


def test_a_field_at_its_default_is_not_written() -> None:
    assert Conversation().json() == "{}"
    assert Conversation.from_json("{}") == Conversation()


def test_the_language_of_a_message_is_always_told() -> None:
    assert Shown(text="Hello").json() == '{"text":"Hello","lang":"en"}'
