"""Which links say on what source a record rests, and what makes a source another one than was cited."""

from __future__ import annotations

from vawg_desktop.domain.entities import ENTITIES, SOURCE
from vawg_desktop.domain.fields import Kind

#: Kinds of link by which a record cites a source.
CITING: tuple[str, ...] = tuple(e.link_kind(f) for e in ENTITIES for f in e.sets if f.kind is Kind.LINKS and f.target == SOURCE.key)
#: What makes a source another one than was cited; its kind, its due date and notes do not.
CONTENT: tuple[str, ...] = ("title", "publisher", "published", "page", "link", "deleted")
