"""What browsers of 2020 do not have: of the language, of a page's interfaces, of style sheets.

The floor are the first browsers that read ES2020: Chrome 80 (February 2020), Firefox 78 (June 2020, the long-lived
one) and Safari 13.1 (March 2020). First versions are those of MDN's browser-compat-data, under the key given
(github.com/mdn/browser-compat-data at a0a74f9b, 2026-08-07).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Newer:
    """``first``: Chrome, Firefox, Safari; None where a browser has it in no version. ``key``: in browser-compat-data."""

    name: str
    first: tuple[float | None, float | None, float | None]
    key: str


FLOOR = (80, 78, 13.1)

_JS, _RE = "javascript", "javascript.regular_expressions"

SYNTAX = {
    one.name: one
    for one in (
        Newer("class fields", (72, 69, 16), f"{_JS}.classes.public_class_fields"),
        Newer("private names", (74, 90, 14.1), f"{_JS}.classes.private_class_fields"),
        Newer("static blocks", (94, 93, 16.4), f"{_JS}.classes.static.initialization_blocks"),
        Newer("logical assignment", (85, 79, 14), f"{_JS}.operators.nullish_coalescing_assignment"),
        # In every browser of the floor, but of ES2021: older tools that read these files stumble over it.
        Newer("numeric separators", (75, 70, 13), f"{_JS}.grammar.numeric_separators"),
        Newer("top-level await", (89, 89, 27), f"{_JS}.operators.await.top_level"),
        Newer("lookbehind", (62, 78, 16.4), f"{_RE}.lookbehind_assertion"),
        Newer("regex flag v", (112, 116, 17), f"{_JS}.builtins.RegExp.unicodeSets"),
        Newer("regex flag d", (90, 88, 15), f"{_JS}.builtins.RegExp.hasIndices"),
        Newer("import attributes", (123, 138, 17.2), f"{_JS}.statements.import.import_attributes"),
        Newer("export * as", (72, 80, 14.1), f"{_JS}.statements.export.namespace"),
        Newer("using", (134, 141, None), f"{_JS}.statements.using"),
        Newer("decorators", (None, None, None), "no browser"),
        Newer("JSX", (None, None, None), "no browser"),
        Newer("not JavaScript", (None, None, None), "no browser"),
    )
}

_B = "javascript.builtins"

# `.at()` is called on something, `.inert` is asked of it or set, `{unitDisplay}` is the name of an option,
# `Object.hasOwn` belongs to that thing, and `structuredClone` stands by itself.
INTERFACES = (
    Newer(".at()", (92, 90, 15.4), f"{_B}.Array.at"),
    Newer(".findLast()", (97, 104, 15.4), f"{_B}.Array.findLast"),
    Newer(".findLastIndex()", (97, 104, 15.4), f"{_B}.Array.findLastIndex"),
    Newer(".toSorted()", (110, 115, 16), f"{_B}.Array.toSorted"),
    Newer(".toReversed()", (110, 115, 16), f"{_B}.Array.toReversed"),
    Newer(".toSpliced()", (110, 115, 16), f"{_B}.Array.toSpliced"),
    Newer(".fromAsync()", (121, 115, 16.4), f"{_B}.Array.fromAsync"),
    Newer("Object.hasOwn", (93, 92, 15.4), f"{_B}.Object.hasOwn"),
    Newer("Object.groupBy", (117, 119, 17.4), f"{_B}.Object.groupBy"),
    Newer("Promise.any", (85, 79, 14), f"{_B}.Promise.any"),
    Newer(".withResolvers()", (119, 121, 17.4), f"{_B}.Promise.withResolvers"),
    Newer(".replaceAll()", (85, 77, 13.1), f"{_B}.String.replaceAll"),
    Newer("WeakRef", (84, 79, 14.1), f"{_B}.WeakRef"),
    Newer("Intl.Segmenter", (87, 125, 14.1), f"{_B}.Intl.Segmenter"),
    Newer(
        "{unitDisplay}", (77, 78, 14.1), f"{_B}.Intl.NumberFormat.NumberFormat.options_parameter.options_unit"
    ),
    Newer(".replaceChildren()", (86, 78, 14), "api.Element.replaceChildren"),
    Newer(".checkVisibility()", (105, 106, 17.4), "api.Element.checkVisibility"),
    Newer(".inert", (102, 112, 15.5), "api.HTMLElement.inert"),
    Newer(".showPopover()", (114, 125, 17), "api.HTMLElement.showPopover"),
    Newer(".showModal()", (37, 98, 15.4), "api.HTMLDialogElement.showModal"),
    Newer("HTMLDialogElement", (37, 98, 15.4), "api.HTMLDialogElement"),
    Newer("CSSStyleSheet", (73, 101, 16.4), "api.CSSStyleSheet.CSSStyleSheet"),
    Newer(".replaceSync()", (73, 101, 16.4), "api.CSSStyleSheet.replaceSync"),
    Newer(".adoptedStyleSheets", (73, 101, 16.4), "api.ShadowRoot.adoptedStyleSheets"),
    Newer("crypto.randomUUID", (92, 95, 15.4), "api.Crypto.randomUUID"),
    Newer("AbortSignal.timeout", (124, 100, 16), "api.AbortSignal.timeout_static"),
    Newer("AbortSignal.any", (116, 124, 17.4), "api.AbortSignal.any_static"),
    Newer("structuredClone", (98, 94, 15.4), "api.structuredClone"),
    Newer("reportError", (95, 93, 15.4), "api.reportError"),
    Newer("Response.json", (105, 115, 17), "api.Response.json_static"),
    Newer("requestIdleCallback", (47, 55, None), "api.Window.requestIdleCallback"),
    Newer(".saveData", (65, None, None), "api.NetworkInformation.saveData"),
    Newer("navigator.connection", (65, None, None), "api.NetworkInformation.saveData"),
    Newer("indexedDB.databases", (72, 126, 14), "api.IDBFactory.databases"),
    Newer("BroadcastChannel", (54, 38, 15.4), "api.BroadcastChannel"),
    Newer("navigator.locks", (69, 96, 15.4), "api.LockManager"),
    Newer("navigator.share", (128, None, 12.1), "api.Navigator.share"),
    Newer(".startViewTransition()", (111, 144, 18), "api.Document.startViewTransition"),
    Newer("CompressionStream", (80, 113, 16.4), "api.CompressionStream"),
    Newer("{preventScroll}", (64, 68, 15), "api.HTMLElement.focus.options_preventScroll_parameter"),
)

GUARDED = {
    ("styles.js", "CSSStyleSheet"): '"adoptedStyleSheets" in root',
    ("styles.js", ".replaceSync()"): '"replaceSync" in CSSStyleSheet.prototype',
    ("styles.js", ".adoptedStyleSheets"): '"adoptedStyleSheets" in root',
    ("language.js", "{unitDisplay}"): "catch (tooOld)",
    ("wishes.js", "navigator.connection"): "navigator.connection?.saveData",
    ("wishes.js", ".saveData"): "navigator.connection?.saveData",
}
"""Used all the same, and what makes it safe: by file and name, a piece of that file."""

FILLED_IN = {".replaceChildren()": "dom.js"}
"""Missing, it is put there by this file, which everything imports."""

_P, _S, _A = "css.properties", "css.selectors", "css.at-rules"

STYLES = (
    Newer("inset", (87, 66, 14.1), f"{_P}.inset"),
    Newer("inset-inline", (87, 63, 14.1), f"{_P}.inset-inline"),
    Newer("inset-inline-start", (87, 63, 14.1), f"{_P}.inset-inline-start"),
    Newer("inset-inline-end", (87, 63, 14.1), f"{_P}.inset-inline-end"),
    Newer("inset-block", (87, 63, 14.1), f"{_P}.inset-block"),
    Newer("inset-block-start", (87, 63, 14.1), f"{_P}.inset-block-start"),
    Newer("inset-block-end", (87, 63, 14.1), f"{_P}.inset-block-end"),
    Newer("margin-inline", (87, 66, 14.1), f"{_P}.margin-inline"),
    Newer("margin-block", (87, 66, 14.1), f"{_P}.margin-block"),
    Newer("padding-inline", (87, 66, 14.1), f"{_P}.padding-inline"),
    Newer("padding-block", (87, 66, 14.1), f"{_P}.padding-block"),
    Newer("border-inline", (87, 66, 14.1), f"{_P}.border-inline"),
    Newer("border-block", (87, 66, 14.1), f"{_P}.border-block"),
    Newer("border-start-start-radius", (89, 66, 15), f"{_P}.border-start-start-radius"),
    Newer("border-start-end-radius", (89, 66, 15), f"{_P}.border-start-end-radius"),
    Newer("border-end-start-radius", (89, 66, 15), f"{_P}.border-end-start-radius"),
    Newer("border-end-end-radius", (89, 66, 15), f"{_P}.border-end-end-radius"),
    Newer("aspect-ratio", (88, 89, 15), f"{_P}.aspect-ratio"),
    Newer("accent-color", (93, 92, 26.2), f"{_P}.accent-color"),
    Newer("color-scheme", (81, 96, 13), f"{_P}.color-scheme"),
    Newer("text-underline-offset", (87, 70, 12.1), f"{_P}.text-underline-offset"),
    Newer("overscroll-behavior", (144, 150, 16), f"{_P}.overscroll-behavior"),
    Newer("scroll-padding-block", (69, 68, 15), f"{_P}.scroll-padding-block"),
    Newer("container-type", (105, 110, 16), f"{_P}.container-type"),
    Newer("translate", (104, 72, 14.1), f"{_P}.translate"),
    Newer("rotate", (104, 72, 14.1), f"{_P}.rotate"),
    Newer("scale", (104, 72, 14.1), f"{_P}.scale"),
    Newer("backdrop-filter", (76, 103, 18), f"{_P}.backdrop-filter"),
    Newer("text-wrap", (114, 121, 17.4), f"{_P}.text-wrap"),
    Newer("field-sizing", (123, 152, 26.2), f"{_P}.field-sizing"),
    Newer("appearance", (84, 80, 15.4), f"{_P}.appearance"),
    Newer("overflow: clip", (90, 81, 16), f"{_P}.overflow.clip"),
    Newer("content: … / …", (77, 128, 17.4), f"{_P}.content.alt_text"),
    Newer("gap in a flex box", (84, 63, 14.1), f"{_P}.gap.flex_context"),
    Newer("dvh, svh, lvh", (108, 101, 15.4), "css.types.length.viewport_percentage_units_dynamic"),
    Newer("color-mix()", (111, 113, 16.2), "css.types.color.color-mix"),
    Newer("oklch()", (111, 113, 15.4), "css.types.color.oklch"),
    Newer(":has()", (105, 121, 15.4), f"{_S}.has"),
    Newer(":is()", (88, 78, 14), f"{_S}.is"),
    Newer(":where()", (88, 78, 14), f"{_S}.where"),
    Newer(":not(a, b)", (88, 84, 9), f"{_S}.not.selector_list"),
    Newer(":focus-visible", (86, 85, 15.4), f"{_S}.focus-visible"),
    Newer("nesting", (120, 117, 17.2), f"{_S}.nesting"),
    Newer("@layer", (99, 97, 15.4), f"{_A}.layer"),
    Newer("@container", (105, 110, 16), f"{_A}.container"),
    Newer("@property", (85, 128, 16.4), f"{_A}.property"),
    Newer("forced-colors", (89, 89, 16), f"{_A}.media.forced-colors"),
    Newer("prefers-reduced-data", (None, None, None), f"{_A}.media.prefers-reduced-data"),
    Newer("media range", (104, 102, 16.4), f"{_A}.media.range_syntax"),
)

LOST = {
    "border-start-start-radius": "a corner is as round as the others",
    "border-start-end-radius": "a corner is as round as the others",
    "border-end-start-radius": "a corner is as round as the others",
    "border-end-end-radius": "a corner is as round as the others",
    "accent-color": "a tick has the browser's own colour",
    "color-scheme": "fields have the browser's own colours",
    "text-underline-offset": "a line stands nearer to its words",
    "appearance": "a bar of progress looks as the browser draws it",
    "overscroll-behavior": "at the end of the log the page scrolls on",
    "scroll-padding-block": "what has the keyboard may stand at the very edge",
    "gap in a flex box": "what stands in a row stands closer together",
    ":focus-visible": "the browser's own outline shows what has the keyboard",
    "forced-colors": "the browser's own forced colours",
    "prefers-reduced-data": "pictures come unless somebody chose otherwise",
}
"""What a browser without it goes without, where that is all: nothing moves, covers anything or cannot be read."""
