"""What axe says about a page or a frame as it stands."""

from __future__ import annotations

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Frame, Page

RUN = """async (options) => (await axe.run(document, options)).violations.flatMap(
  (found) => found.nodes.map((node) => `${found.id}: ${node.html.slice(0, 160)}`))"""


async def judged(page: Page | Frame, *, colours: bool = True) -> list[str]:
    """Without ``colours``, which take most of the time, where another look at the same ones has been judged."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(Axe().axe_script)
    options = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": colours}}}
    return await page.evaluate(RUN, options)
