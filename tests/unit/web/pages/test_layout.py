"""How values are written on pages."""

from datetime import timedelta

import pytest
from flask import Flask

from aas_registry.web.pages.layout import duration


@pytest.mark.parametrize(
    ("value", "accept", "said"),
    [
        (timedelta(days=-40), "en", "40 days"),
        (timedelta(hours=47), "de", "47 Stunden"),
        (timedelta(hours=1), "de", "60 Minuten"),
        (timedelta(minutes=-5), "ja", "5 分"),
        (timedelta(seconds=119), "en", "119 seconds"),
    ],
)
def test_a_duration_is_told_in_the_largest_unit_that_it_fills_twice(value, accept, said):
    with Flask("test").test_request_context("/", headers={"Accept-Language": accept}):
        assert duration(value) == said
