/** In rem: "More below", and the box to write in while nobody writes. */
const NEWER = { "": 3.25, low: 2.75 };
const BOX = { "": 7.5, low: 4.25 };
const WRITES_ON_MS = 300;

/**
 * Posts have at least half of the window: where there is less, first what stands on top scrolls away and the box to write
 * takes one line ("low"), then all of it scrolls as one ("flow"). `group`: `element`, `scroll`, `head`, `log`, `writer`.
 */
export class Size {
  constructor(group) {
    this.group = group;
    this.below = null; // what stands under the posts
    const { element } = group.writer;
    element.addEventListener("focusin", () => this.writing(true));
    element.addEventListener("focusout", () => this.leaves());
    new ResizeObserver(() => this.fit()).observe(group.element);
  }

  fit() {
    const { element, log } = this.group;
    const panel = element.closest(".panel");
    if (!panel) return;
    const atEnd = log.ended || log.atEnd();
    log.steady(null, () => this.choose(panel));
    if (atEnd && !log.hushed) log.follow();
    const { element: box } = this.group.writer;
    if (box.matches(":focus-within")) box.scrollIntoView({ block: "nearest" });
  }

  choose(panel) {
    const { element, scroll, head, writer } = this.group;
    element.dataset.size = "";
    const whole = element.clientHeight;
    const bars = { "": head.element.offsetHeight, low: head.bar.offsetHeight };
    const least = leastFor(panel);
    const left = (size) => whole - bars[size] - rem(NEWER[size]) - this.under(size);
    const size = ["", "low"].find((one) => left(one) >= least);
    element.dataset.size = size === undefined ? "flow" : size;
    scroll.style.scrollPaddingTop = element.style.scrollPaddingTop = `${size === "" ? bars[""] : bars.low}px`;
    writer.hinted = size !== "";
  }

  under(size) {
    const { writer } = this.group;
    return this.below === writer.element ? rem(BOX[size]) : (this.below || {}).offsetHeight || 0;
  }

  writing(on) {
    const { element, log } = this.group;
    if (element.classList.contains("writing") === on) return;
    const atEnd = log.atEnd();
    element.classList.toggle("writing", on);
    if (atEnd) log.follow();
  }

  /** Not under the finger of somebody who presses something else just now. */
  leaves() {
    const { element } = this.group.writer;
    setTimeout(() => element.matches(":focus-within") || this.writing(false), WRITES_ON_MS);
  }
}

/** Half of the window, or of the chat where that is only a part of the page. */
function leastFor(panel) {
  const { height } = panel.getBoundingClientRect();
  return (height > innerHeight * 0.75 ? innerHeight : height) / 2;
}

function rem(count) {
  return count * parseFloat(getComputedStyle(document.documentElement).fontSize);
}
