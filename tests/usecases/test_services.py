"""Setting up a service: what it names has to be there."""

from __future__ import annotations

import pytest
from clinic import Clinic

from bot.core.errors import Misuse
from bot.usecases.services import add_service


async def test_a_rule_set_that_the_content_does_not_have_is_refused(clinic: Clinic) -> None:
    settings = clinic.service.model_copy(update={"rule_set": "weekly"})
    with pytest.raises(Misuse, match=r"no rule set 'weekly'.*There are: default"):
        await add_service(clinic.house, settings)
