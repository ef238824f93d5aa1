"""An invented questionnaire, in two pieces: a skeleton in a content folder, and a pack with its words."""

from __future__ import annotations

from pathlib import Path

from few_pages import BREATHLESSNESS, few_pages

SKELETON = """# Invented for tests: no such questionnaire exists.
id: burden
version: "1"
skeleton: true
title: Example Burden Scale (EBS)
short: How heavy the example is
scale: {from: 0, to: 8}
items:
  - {id: "1"}
  - {id: "2", may_not_apply: true}
  - {id: "3"}
scoring: {method: sum}
range: [0, 24]
bands:
  - {from: 0, to: 9, name: "a light example", label: "light"}
  - {from: 10, to: 24, name: "a heavy example", label: "heavy"}
licence: "Belongs to nobody: invented."
source: "Invented for tests."
"""

PACK = """# Invented words for an invented questionnaire.
id: burden
licence: {holder: Valley Clinic, number: VC-1}
stem: How heavy is the example?
items:
  "1": Carrying the shopping up the invented hill
  "2": Climbing the made-up stairs at work
  "3": Holding the pretend umbrella
answers:
  "0": not heavy
  "8": far too heavy
"""

PAGE = """---
title: A heavy example
summary: For tests.
language: en
for: [copd]
minutes: 5
uses: [burden]
author: Somebody
clinical-lead: signed for this test
review-by: 2027-11-01
licence: CC-BY-4.0
sources:
  - title: Nothing
    by: Nobody
    licence: invented
---

# A heavy example

::: urgent
**Call 999** if you are too breathless to speak.
:::

## Welcome

Hello.

::: check-in burden
:::

::: when burden is 10 or more
That is heavy.
:::

::: otherwise
That is light.
:::

- [Finish](#end)
"""


def with_example(folder: Path) -> Path:
    """A copy of the shipped content with the skeleton, and a page that runs it."""
    few_pages(folder, BREATHLESSNESS)
    (folder / "measures/burden.yaml").write_text(SKELETON)
    (folder / "modules/copd/burden.en.md").write_text(PAGE)
    return folder
