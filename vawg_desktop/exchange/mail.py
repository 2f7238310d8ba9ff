"""Messages and calendar entries as files: .eml to be looked at and sent by the office's own mail program, .ics for a date."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from email.message import EmailMessage


def unsent_message(subject: str, to: str, words: str, files: list[tuple[str, bytes]], calendar: str = "") -> bytes:
    """An e-mail that opens ready to be sent (``X-Unsent``), with files by name and, where there is one, an iCalendar entry."""
    message = EmailMessage()
    message["Subject"] = subject
    message["To"] = to
    message["X-Unsent"] = "1"
    message.set_content(words)
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    if calendar:
        message.add_attachment(calendar.encode(), maintype="text", subtype="calendar", filename="due date.ics")
    return bytes(message)


def event(title: str, day: date, reference: str) -> str:
    """An all-day calendar entry (iCalendar, RFC 5545), lines folded at 75 octets."""
    stamp = datetime(day.year, day.month, day.day).strftime("%Y%m%dT000000Z")  # noqa: DTZ001 - a date, not a moment
    escaped = title.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//VAWG Desktop//EN", "METHOD:PUBLISH", "BEGIN:VEVENT", f"UID:{reference}-due@vawg-desktop",
        f"DTSTAMP:{stamp}", f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped}", "TRANSP:TRANSPARENT", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "".join(_folded(line) + "\r\n" for line in lines)


def _folded(line: str) -> str:
    data, parts = line.encode(), list[str]()
    while len(data) > 74:
        cut = 74
        while data[cut] & 0xC0 == 0x80:
            cut -= 1
        parts.append(data[:cut].decode())
        data = data[cut:]
    return "\r\n ".join([*parts, data.decode()])
