"""What looks like a person's data, at the edges of each shape."""

from __future__ import annotations

import pytest

from vawg_desktop.domain.personal import in_words, likely_personal


def test_an_nhs_number_is_known_by_its_check_digit_alone() -> None:
    """Of the ten numbers that differ in the last digit only, exactly one is an NHS number (NHS Data Dictionary, modulus 11)."""
    for nine, right in (("943476591", "9"), ("401023213", "7"), ("400000002", "0")):
        told = [d for d in "0123456789" if "an NHS number" in likely_personal(f"number {nine[:3]} {nine[3:6]} {nine[6:]}{d}")]
        assert told == [right], nine


def test_a_check_of_ten_makes_no_nhs_number() -> None:
    """Where the check comes out as 10, no digit fits, and the number was never given out."""
    ten = next(
        n for n in range(400000001, 400000099)
        if 11 - sum(int(d) * w for d, w in zip(str(n), range(10, 1, -1), strict=True)) % 11 == 10
    )  # fmt: skip
    assert not any("an NHS number" in likely_personal(f"{ten}{d}") for d in "0123456789")


@pytest.mark.parametrize("text", ["1111111111", "555 555 5555", "Budget line 12-3456-7890"])
def test_other_ten_digits_are_no_nhs_number(text: str) -> None:
    assert "an NHS number" not in likely_personal(text)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Write to a.lead@kent.police.uk", ["an e-mail address"]),
        ("Ring 01622 690 690 after six", ["a telephone number"]),
        ("QQ 12 34 56 C", []),
        ("AB 12 34 56 C", ["a National Insurance number"]),
        ("BG 12 34 56 C", []),
        ("Held at ME15 9BZ", ["a postcode"]),
        ("DOB: 3 May", ["a date of birth"]),
        ("Mrs Whitcombe came", ["a person's name"]),
        ("the victim Ada Brown said", ["the name of a victim or suspect"]),
        ("the Victim Voice Campaign", []),
        ("crime ref: 46/1234/26", ["a crime reference"]),
        ("42 of 60 actions by 30/9/2026, £12,500", []),
    ],
)
def test_each_shape(text: str, kinds: list[str]) -> None:
    assert likely_personal(text) == kinds


def test_the_sentence_joins_its_kinds_in_english() -> None:
    assert in_words(["a postcode"]).startswith("This looks like a postcode;")
    assert in_words(["a postcode", "an NHS number"]).startswith("This looks like a postcode and an NHS number;")
    assert in_words(["a", "b", "c"]).startswith("This looks like a, b and c;")
