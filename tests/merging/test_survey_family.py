"""A survey in a family of stores: taken in, looked at, coded, disposed of and merged in any order (``survey_machine.py``)."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

from tests.merging.survey_machine import SurveyFamily
from tests.merging.test_family import SOAK

TestSurveyFamily = SurveyFamily.TestCase
TestSurveyFamily.settings = settings(
    max_examples=300 if SOAK else 10,
    stateful_step_count=30 if SOAK else 18,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
