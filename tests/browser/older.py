"""A browser of 2020, made of a new one: what it does not have is taken away before any page runs."""

OLDER = """
const gone = [
  [Array.prototype, ["at", "findLast", "findLastIndex", "toSorted", "toReversed", "toSpliced", "with"]],
  [String.prototype, ["at", "replaceAll"]],
  [Object, ["hasOwn", "groupBy"]],
  [Promise, ["any", "withResolvers", "try"]],
  [AbortSignal, ["timeout", "any"]],
  [Response, ["json"]],
  [Crypto.prototype, ["randomUUID"]],
  [Element.prototype, ["replaceChildren", "checkVisibility"]],
  [Document.prototype, ["replaceChildren", "startViewTransition", "adoptedStyleSheets"]],
  [HTMLElement.prototype, ["inert", "showPopover", "popover"]],
  [ShadowRoot.prototype, ["adoptedStyleSheets"]],
  [CSSStyleSheet.prototype, ["replace", "replaceSync"]],
  [IDBFactory.prototype, ["databases"]],
  [window, ["HTMLDialogElement", "structuredClone", "reportError", "BroadcastChannel", "WeakRef", "CompressionStream",
            "requestIdleCallback", "Segmenter"]],
  [Navigator.prototype, ["connection", "locks", "share"]],
  [Intl, ["Segmenter"]],
];
for (const [thing, names] of gone) for (const name of names) delete thing[name];
window.older = gone.flatMap(([thing, names]) => names.filter((name) => name in thing));
"""
