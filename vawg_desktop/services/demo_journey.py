"""The invented county's journey: stages, needs, services with their numbers, themes and quotes, joined to its gaps."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

from vawg_desktop.domain import evidence_terms as e
from vawg_desktop.domain import terms as t
from vawg_desktop.domain.dates import add_months
from vawg_desktop.store.transaction import Transaction

_NEEDS = ("Information", "Safety", "Advocacy (ISVA, IDVA)", "Counselling", "Housing", "Children", "Immigration and no recourse to public funds",
          "Language", "Disability", "By-and-for services", "Perpetrator programmes")  # fmt: skip
_THEMES = ("CCTV", "Street lighting", "Police response", "Education", "Online harms", "The criminal justice process")
_NAMES = {
    "advocacy": "Independent advocacy", "support": "Victim support", "counselling": "Trauma counselling", "refuge": "Refuge",
    "helpline": "Helpline", "children": "Children's support", "by_and_for": "By-and-for service", "prevention": "Schools programme",
    "perpetrator": "Perpetrator programme", "other": "Outreach",
}  # fmt: skip
#: The need that a kind of service meets.
_MEETS = {
    "advocacy": 2, "support": 1, "counselling": 3, "refuge": 4, "helpline": 0, "children": 5, "by_and_for": 9, "prevention": 0, "perpetrator": 10, "other": 7,
}  # fmt: skip
_ROLES = ("A victim, aged 25 to 34", "A parent", "A worker in a refuge", "A student", "An employer")
_WORDS = (
    "I told the story four times before anybody wrote it down.", "Nobody rang me back after the first week.",
    "The waiting list was longer than my tenancy.", "I did not know that I could ask for an advocate.",
    "We walk home the long way round because of the lights.", "The court date moved three times.",
)  # fmt: skip
_PLACES = ("Ashmere", "Brackenfold", "Caldwick", "Dunhythe")


def make(tx: Transaction, chance: random.Random, gaps: Sequence[str], recommendations: Sequence[str], partners: Sequence[str], today: date) -> None:
    """Add to a county what its journey map shows; ``chance`` is of its own, so that nothing else of the county changes with it."""
    stages: list[str] = []
    for n, term in enumerate(t.JOURNEY_STAGE):
        stages.append(tx.create("journey_stage", {"title": term.label, "stage": term.key, "position": n + 1}))
    needs = [tx.create("need", {"title": title, "position": n + 1, "basis": "inferred"}) for n, title in enumerate(_NEEDS)]
    for gap in gaps:
        if chance.random() < 0.9:
            tx.link("gap.needs", gap, chance.choice(needs))
        if chance.random() < 0.4:
            tx.edit("gap", gap, {"owner": chance.choice(partners)})
    services = [_service(tx, chance, n, stages, needs, partners, today) for n in range(min(80, max(12, len(gaps) // 6)))]
    for service in services:
        for gap in chance.sample(list(gaps), min(2, len(gaps))):
            tx.link("service.gaps", service, gap, {"extent": chance.choice(t.EXTENT.key_list())})
    _numbers(tx, chance, services, today)
    themes = [tx.create("theme", {"title": title, "kind": "survey", "basis": "illustrative"}) for title in _THEMES]
    for theme in themes:
        for gap in chance.sample(list(gaps), min(3, len(gaps))):
            tx.link("theme.gaps", theme, gap)
    for n in range(min(40, max(6, len(gaps) // 4))):
        quote = tx.create("quote", {
            "words": f"{_WORDS[n % len(_WORDS)]}", "from_whom": chance.choice(_ROLES), "consent": chance.choice(e.CONSENT.key_list()),
            "said": (today - timedelta(days=chance.randint(30, 900))).isoformat(), "place": "Survey",
        })  # fmt: skip
        tx.link("quote.themes", quote, chance.choice(themes))
        if chance.random() < 0.5:
            tx.link("quote.recommendations", quote, chance.choice(recommendations))


def _service(
    tx: Transaction, chance: random.Random, n: int, stages: Sequence[str], needs: Sequence[str], partners: Sequence[str], today: date
) -> str:
    kind = e.SERVICE_KIND.key_list()[n % len(e.SERVICE_KIND.key_list())]
    area = _PLACES[n // len(e.SERVICE_KIND.key_list()) % len(_PLACES)]
    again = n // (len(e.SERVICE_KIND.key_list()) * len(_PLACES))
    service = tx.create("service", {
        "title": f"{_NAMES[kind]}, {area}{f' {again + 1}' if again else ''}", "kind": kind, "provider": chance.choice(partners), "commissioner": partners[0],
        "status": chance.choices(e.SERVICE_STATUS.key_list(), (1, 1, 8, 1))[0], "capacity": chance.randrange(10, 200, 5),
        "waiting_days": chance.choice((None, 7, 14, 30, 60, 120, 240)), "waiting_as_at": today.isoformat(), "cadence": "quarterly",
        "confidential_location": kind == "refuge", "funding_amount": str(chance.randrange(20, 400) * 1000),
        "funding_end": add_months(today, chance.randint(-6, 30)).isoformat(), "basis": "illustrative",
    })  # fmt: skip
    tx.link("service.needs", service, needs[_MEETS[kind]])
    for stage in chance.sample(list(stages), 2):
        tx.link("service.journey_stages", service, stage)
    return service


def _numbers(tx: Transaction, chance: random.Random, services: Sequence[str], today: date) -> None:
    """Referrals by month over two years for the first services, each with its own level."""
    for n, service in enumerate(services[:6]):
        level = 20 + 15 * n
        indicator = tx.create("indicator", {
            "title": f"People referred: {tx.row('service', service)['title']}", "measure": "referred", "count_unit": "referrals", "good": "neither",
            "definition": "New referrals received in the month, counted once a person.",
        })  # fmt: skip
        tx.link("indicator.services", indicator, service)
        for back in range(24, 0, -1):
            month = add_months(today.replace(day=1), -back)
            value = max(0, round(chance.gauss(level, level**0.5)))
            tx.create("indicator_value", {"indicator": indicator, "period": month.isoformat()[:7], "value": str(value), "basis": "illustrative"})
