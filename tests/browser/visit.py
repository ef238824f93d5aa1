"""A patient's browser: what it opens, presses and sees."""

from __future__ import annotations

from typing import Any

from judged import judged
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect
from stage import TOKEN, Stage

from bot.core.shown import Answer, Choice, Question

ANNOUNCED = """() => {
  const region = document.querySelector("bounceback-chat").shadowRoot.querySelector("[data-announcer]");
  window.announced = Array.from(region.children, (line) => line.textContent);
  new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(
    (line) => window.announced.push(line.textContent)))).observe(region, { childList: true });
}"""

DAYS = ("Not at all", "Several days", "More than half the days", "Nearly every day")


class Visit:
    def __init__(self, browser: Browser, base: str, stage: Stage | None = None) -> None:
        self.browser = browser
        self.base = base
        self._stage = stage
        self.complaints: list[str] = []
        self.page: Page
        self.context: BrowserContext
        self.coloured: bool
        """Whether its colours are others than those by day."""

    @property
    def stage(self) -> Stage:
        assert self._stage, "this visit is to the real server"
        return self._stage

    async def begin(self, **context: Any) -> None:
        """A new browser profile; called again with other settings it replaces the first."""
        if hasattr(self, "context"):
            await self.context.close()
        self.coloured = context.get("color_scheme") == "dark" or "forced_colors" in context
        settings = {"viewport": {"width": 420, "height": 760}, "reduced_motion": "reduce", **context}
        self.context = await self.browser.new_context(**settings)
        self.page = await self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)

    async def end(self) -> None:
        await self.context.close()

    def _listen(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    # -- opening

    async def open(self, path: str = "/chat") -> None:
        await self.page.goto(self.base + path)
        await self.page.locator("bounceback-chat .frame").wait_for()

    async def hold(self, token: str) -> None:
        """This tab has a token already, once."""
        await self.page.add_init_script(
            f"""if (window.name !== "held") {{
              window.name = "held";
              sessionStorage.setItem("bounceback {self.base}", "{token}");
            }}"""
        )

    async def remembered(self, token: str) -> None:
        """Somebody chose to be remembered on this device, once."""
        await self.page.add_init_script(
            f"""if (!localStorage.getItem("held")) {{
              localStorage.setItem("held", "1");
              localStorage.setItem("bounceback {self.base}", "{token}");
            }}"""
        )

    async def signed_in(self, *, watched: bool = True) -> None:
        """On the chat page with a token of this tab, greeted by the server."""
        await self.hold(TOKEN)
        before = len(self.stage.hellos)
        await self.open()
        if watched:
            await self.page.evaluate(ANNOUNCED)
        await self.stage.greeted(before + 1)
        await self.state("online")

    # -- joining, step by step

    async def step(self, title: str) -> None:
        """On to the step with this heading, which has the keyboard then."""
        await self.button("Next").press("Enter")
        await expect(self.page.get_by_role("heading", name=title, exact=True)).to_be_focused()

    async def join_until(self, title: str, code: str | None = None, *agrees: str) -> None:
        """As far as the step with this heading; to ``Start`` with ``Coming back``. ``agrees``: beside care."""
        if code is not None:
            await self.page.get_by_label("Your invitation code").fill(code)
        steps = ("Your age", "What this is", "What you agree to", "About you", "Coming back")
        for at in steps[: steps.index(title) + 1]:
            if at == "What this is":
                await self.page.get_by_label("Yes", exact=True).check()
            if at == "About you":
                for yes in ("Yes, my team may look after me here", *agrees):
                    await self.page.get_by_label(yes, exact=True).check()
            await self.step(at)

    async def join(self, code: str | None = None, *agrees: str) -> None:
        """From the first step of joining into the chat. ``code`` None: it stands there already."""
        await self.join_until("Coming back", code, *agrees)
        await self.button("Start").press("Enter")

    async def chooses_in_menu(self, name: str) -> None:
        await self.page.locator(".menu > summary").click()
        await self.button(name).click()

    async def state(self, name: str) -> None:
        await self.page.locator(f"bounceback-chat .frame[data-state={name}]").wait_for()

    # -- seeing

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def box(self) -> Locator:
        return self.page.locator("textarea:visible")

    def message(self, seq: int) -> Locator:
        return self.page.locator(f'.msg[data-seq="{seq}"]')

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    async def announced(self) -> list[str]:
        return await self.page.evaluate("window.announced")

    async def focused(self) -> str:
        """What holds the keyboard: its words, or its label."""
        return await self.page.evaluate(
            """() => {
              const held = document.querySelector("bounceback-chat").shadowRoot.activeElement;
              return held ? held.getAttribute("aria-label") || held.textContent || held.labels?.[0]?.textContent : "";
            }"""
        )

    async def findings(self, *, colours: bool = True) -> list[str]:
        """What axe finds wrong with the page as it stands."""
        return await judged(self.page, colours=colours)

    # -- doing

    async def write(self, text: str) -> None:
        await self.box.fill(text)
        await self.box.press("Enter")

    async def asked(self, seq: int = 1, **more: Any) -> None:
        """The third question of a check-in stands on the screen."""
        await self.stage.say(**check_in(seq), **more)
        await self.message(seq).locator("form").wait_for()


def check_in(seq: int, **more: Any) -> dict[str, Any]:
    options = tuple(Answer(value=value, label=label) for value, label in enumerate(DAYS))
    question = {
        "item": "phq9.3",
        "text": "Trouble falling or staying asleep, or sleeping too much?",
        "kind": "options",
        "stem": "Over the last 2 weeks, how often have you been bothered by",
        "options": options,
    }
    return {
        "question": Question(**{**question, **more}),
        "progress": {"at": 3, "of": 9},
        "choices": tuple(
            Choice(id=f"{seq}.{key}", label=label)
            for key, label in (("back", "Back"), ("skip", "Skip"), ("later", "Save and finish later"))
        ),
    }
