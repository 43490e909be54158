"""HTML elements by what they do to text.

In: nothing. Out: sets of tag names (HTML, content models and the style sheet that browsers start from).
"""

from __future__ import annotations

BLOCKS = frozenset(
    [
        "html",
        "body",
        "main",
        "article",
        "section",
        "div",
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "q-block",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "caption",
        "figure",
        "figcaption",
        "header",
        "footer",
        "aside",
        "nav",
        "form",
        "fieldset",
        "pre",
        "hr",
        "address",
        "details",
        "summary",
        "center",
        "menu",
        "dir",
        "amp-img",
        "picture",
        "video",
        "audio",
    ]
)
SKIPPED = frozenset(
    [
        "head",
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "button",
        "select",
        "option",
        "textarea",
        "input",
        "object",
        "embed",
        "iframe",
        "canvas",
        "map",
        "math",
        "datalist",
        "progress",
        "audio",
        "video",
    ]
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# Landmarks of HTML that are no article (`aside` may hold a fact box, so it only counts against).
REGIONS = {"nav": frozenset({"furniture"}), "footer": frozenset({"furniture"}), "aside": frozenset({"aside"})}
