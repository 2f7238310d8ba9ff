"""Messages and calendar entries as files: .eml to be looked at and sent by the office's own mail program, .ics for a date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email import policy
from email.message import EmailMessage

#: What stands between the addresses of a mailbox as people type them: spaces too, where all are bare addresses.
_BETWEEN, _BARE = re.compile(r"\s*[;,]\s*"), re.compile(r"[^\s@<>]+@[^\s@<>]+(?:\s+[^\s@<>]+@[^\s@<>]+)+")

#: The last day that has a day after it.
_LAST = date.max - timedelta(days=1)


def unsent_message(subject: str, to: str, words: str, files: list[tuple[str, bytes]], calendar: str = "") -> bytes:
    """An e-mail that opens ready to be sent (``X-Unsent``), with files by name and, where there is one, an iCalendar entry.

    ``to`` holds one address or several, with commas, semicolons or spaces between.
    """
    parts = [p for p in _BETWEEN.split(to.strip()) if p]
    addresses = [a for part in parts for a in (part.split() if _BARE.fullmatch(part) else [part])]
    plain = all(a.isascii() for a in addresses)
    message = EmailMessage(policy.SMTP if plain else policy.SMTPUTF8)  # an address in other letters goes as it is (RFC 6532)
    message["Subject"] = subject
    if addresses:
        message["To"] = ", ".join(addresses)
    message["X-Unsent"] = "1"
    message.set_content(words)
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    if calendar:
        message.add_attachment(calendar.encode(), maintype="text", subtype="calendar", filename="due date.ics")
    return bytes(message)


@dataclass(frozen=True, slots=True)
class Event:
    """A date for a calendar: all day, or from one moment to another. The same ``uid`` is the same entry when it is taken in again."""

    uid: str
    title: str
    day: date
    begins: datetime | None = None
    ends: datetime | None = None


def event(title: str, day: date, reference: str) -> str:
    """A calendar file of one all-day entry."""
    return calendar_file([Event(f"{reference}-due", title, day)])


def calendar_file(events: Sequence[Event]) -> str:
    """Calendar entries (iCalendar, RFC 5545), lines folded at 75 octets; moments in UTC."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//VAWG Desktop//EN", "METHOD:PUBLISH"]
    for one in events:
        escaped = one.title.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        lines += ["BEGIN:VEVENT", f"UID:{one.uid}@vawg-desktop", f"DTSTAMP:{one.day:%Y%m%d}T000000Z"]
        if one.begins is not None and one.ends is not None:
            lines += [f"DTSTART:{_utc(one.begins)}", f"DTEND:{_utc(one.ends)}", f"SUMMARY:{escaped}"]
        else:
            lines += [f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}", f"DTEND;VALUE=DATE:{min(one.day, _LAST) + timedelta(days=1):%Y%m%d}", f"SUMMARY:{escaped}", "TRANSP:TRANSPARENT"]
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return "".join(_folded(line) + "\r\n" for line in lines)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _folded(line: str) -> str:
    data, parts = line.encode(), list[str]()
    while len(data) > 74:
        cut = 74
        while data[cut] & 0xC0 == 0x80:
            cut -= 1
        parts.append(data[:cut].decode())
        data = data[cut:]
    return "\r\n ".join([*parts, data.decode()])
