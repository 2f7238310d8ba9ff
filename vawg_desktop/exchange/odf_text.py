"""Words as OpenDocument holds them."""

from __future__ import annotations

from xml.sax.saxutils import escape


def odf_text(text: str) -> str:
    """The inside of a paragraph: escaped, its tabs and line ends as elements; runs of spaces kept, which OpenDocument collapses."""
    out = escape(text).replace("\t", "<text:tab/>").replace("\n", "<text:line-break/>")
    if out.startswith(" "):
        out = "<text:s/>" + out[1:]
    while "  " in out:
        out = out.replace("  ", " <text:s/>", 1)
    return out
