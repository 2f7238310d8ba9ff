"""Words of a drawing's or a comment's node: its runs of text, whatever the format calls them."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from vawg_desktop.exchange.remarks_looks import words_in


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        ("<si xmlns='x'><r><t>Seen </t></r><r><rPr/><t>by  the\nboard</t></r></si>", "Seen by the board"),
        ("<text>Heard <b>not counted</b></text>", "Heard"),
        ("<si><t>   </t><other>left out</other><t>kept</t></si>", "kept"),
        ("<si><t/></si>", ""),
    ],
)
def test_words_of_a_node(xml: str, words: str) -> None:
    assert words_in(ElementTree.fromstring(xml)) == words
