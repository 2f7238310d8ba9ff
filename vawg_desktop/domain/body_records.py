"""Organisations and people; how to add a kind of record is told in ``fields.py``."""

from __future__ import annotations

from vawg_desktop.domain import terms as t
from vawg_desktop.domain.fields import (
    EntitySpec,
    Listed,
    links,
    ref,
    term,
    text,
    when,
    yes_no,
)
from vawg_desktop.domain.shared_fields import NOTE

PARTNER = EntitySpec("partner", "Partner", "Partners", "P", "name", (
    text("name", "Name", required=True, search=True, over_time="former_name"),
    text("short_name", "Short name", search=True, listed=Listed(width=120)),
    term("kind", "Kind", t.PARTNER_KIND, listed=Listed(width=150)),
    term("standing", "Standing", t.STANDING, "Chooses the wording of everything sent.", listed=Listed(width=160)),
    ref("returns_through", "Returns through", "partner"),
    links("successors", "Succeeded by", "partner", inverse="Succeeds"),
    when("ends", "Ends", "When its functions pass to a successor."),
    text("shared_mailbox", "Shared mailbox"),
    text("sharing_agreement", "Sharing agreement"),
    NOTE,
), derived=("x_sort",), by_content=True,
   listed=("name", "standing", "short_name", "kind"), form=("name", "short_name", "kind", "standing"),
   filters=(("Held to account", "standing", "held_to_account"), ("Independent", "standing", "independent")))  # fmt: skip

FORMER_NAME = EntitySpec("former_name", "Former name", "Former names", "N", "name", (
    ref("partner", "Partner", "partner", required=True),
    text("name", "Name", required=True, search=True),
    when("until_date", "Until", "The last day on which it had this name."),
    NOTE,
), parent="partner", listed=("name", "until_date"), form=("partner", "name", "until_date"))  # fmt: skip

CONTACT = EntitySpec("contact", "Contact", "Contacts", "C", "name", (
    text("name", "Name", required=True, search=True),
    ref("partner", "Partner", "partner", required=True, listed=Listed(width=210)),
    text("role", "Role", search=True, listed=Listed(width=150)),
    text("email", "E-mail"),
    text("telephone", "Telephone"),
    when("from_date", "From"),
    when("until_date", "Until", "Nobody writes to them after this day.", listed=Listed(width=120, empty="")),
    ref("deputy_for", "Deputy for", "contact"),
    yes_no("completes_return", "Completes the return"),
    yes_no("clears_return", "Clears the return"),
    NOTE,
), parent="partner", listed=("name", "partner", "role", "until_date"), form=("name", "partner", "role", "email"))  # fmt: skip
