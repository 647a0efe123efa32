"""Colours mean what they say: amber is for what somebody must act on."""

import re
from pathlib import Path

from aas_registry.domain.verdicts import Status
from aas_registry.web.pages.words import decided, label

CSS = Path(__file__).parents[4] / "aas_registry" / "web" / "pages" / "static" / "pages.css"
TO_ACT_ON = {"warning", "needs-review", "pending"}


def test_amber_is_only_what_somebody_must_act_on() -> None:
    rules = re.findall(r"([^{}]+)\{[^}]*--amber\)", CSS.read_text())
    amber = {name for rule in rules for name in re.findall(r"\.(?:badge|verdict)-([a-z-]+)", rule)}

    assert amber == TO_ACT_ON


def test_a_decision_that_nobody_took_is_not_unknown() -> None:
    assert label(decided(Status.UNKNOWN)) == "not decided"
    assert decided(Status.PASSED) is Status.PASSED
