"""What the office itself needs over the years: areas with their dates, templates of papers, and parts of the store that were handed over."""

from __future__ import annotations

from vawg_desktop.domain import meeting_terms as m
from vawg_desktop.domain.fields import EntitySpec, Listed, links, long, term, text, when, whole
from vawg_desktop.domain.shared_fields import NOTE, SOURCES

#: An area as it was between two days. Numbers of a district that is no more keep its name; ``successors`` say what it became.
AREA = EntitySpec("area", "Area", "Areas", "AR", "name", (
    text("name", "Name", required=True, search=True, listed=Listed("Area")),
    term("kind", "Kind", m.AREA_KIND, listed=Listed(width=170)),
    text("code", "Code", "Such as E07000110, from the Office for National Statistics.", search=True, listed=Listed(width=120)),
    when("from_date", "From date", listed=Listed(width=110)),
    when("until_date", "Until", "The last day on which it was an area of its own.", listed=Listed(width=130, empty="Still exists")),
    links("successors", "Became", "area", "What it is a part of now, or what it was divided into.", "Was before"),
    SOURCES,
    NOTE,
), by_title=True, identity=("name", "from_date"), listed=("name", "kind", "code", "from_date", "until_date"), form=("name", "kind", "code", "from_date", "until_date"))  # fmt: skip

PAPER_TEMPLATE = EntitySpec("paper_template", "Template", "Templates", "TL", "name", (
    text("name", "Name", required=True, search=True),
    term("kind", "For", m.PAPER_KIND, required=True, listed=Listed(width=170)),
    text("file_sha256", "File's SHA-256", names_file=True),
    text("file_name", "File name", listed=Listed(width=220)),
    NOTE,
), listed=("name", "kind", "file_name"), form=("name", "kind"))  # fmt: skip

#: What went to a successor as a part of this store: written by the store that gave it, and kept in both.
TRANSFER = EntitySpec("transfer", "Part handed over", "Parts handed over", "HP", "title", (
    text("title", "What was handed over", required=True, search=True, frozen=True),
    text("to_whom", "To whom", search=True, frozen=True),
    when("given_on", "Given on", listed=Listed(width=110), frozen=True),
    text("asked", "Chosen by", "The partners, body or area that were asked for.", frozen=True),
    whole("records", "Records", 0, 100_000_000, frozen=True),
    text("store_given", "The new store", private=True, frozen=True),
    long("what", "What went", "How many of each kind.", frozen=True),
    NOTE,
), system=True, listed=("title", "to_whom", "given_on", "records"), counted=("part handed over", "parts handed over"))  # fmt: skip
