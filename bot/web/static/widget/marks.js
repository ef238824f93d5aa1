// Escapes first, so that `\*` is never a mark; emphasis may hold strong words and the other way round.
const MARK =
  /\\([!-/:-@[-`{-~])|\*\*(?=\S)((?:\\.|\*(?!\*)|[^\\*])+?)\*\*|\*(?=\S)((?:\\.|\*\*(?:\\.|[^\\*])+\*\*|[^\\*])+?)\*/g;

/** Turns `**strong**`, `*emphasis*` and backslash escapes into nodes. Everything else stays text: no HTML, ever. */
export function marked(text) {
  const out = document.createDocumentFragment();
  let from = 0;
  for (const found of text.matchAll(MARK)) {
    out.append(text.slice(from, found.index));
    from = found.index + found[0].length;
    const [, escaped, strong, emphasis] = found;
    if (escaped) {
      out.append(escaped);
      continue;
    }
    const element = document.createElement(strong ? "strong" : "em");
    element.append(marked(strong || emphasis));
    out.append(element);
  }
  out.append(text.slice(from));
  return out;
}

/** The words alone, as a screen reader should say them. */
export function plain(text) {
  return marked(text).textContent;
}
