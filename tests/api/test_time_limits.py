"""The time limit of a question over HTTP: a lot that reaches two thousand boards six thousand times each.

No database answers that within the fraction of a second that it has here.
"""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select, text

from aas_registry.domain.identifiers import Site
from aas_registry.services.keys import init_keys
from aas_registry.storage.tables.genealogy import feed
from aas_registry.web.app import create_app
from aas_registry.web.openapi import describe

BOARDS, FEEDS = 2000, 6000
LIMIT_S = 0.3
UNDER_WAY = """SELECT count(*) FROM pg_stat_activity
WHERE state = 'active' AND datname = current_database() AND pid <> pg_backend_pid()
AND backend_type = 'client backend'"""
EVENTS = [
    {
        "type": "packageCreated",
        "id": "reel",
        "happenedAt": "2026-03-01T06:00:00+00:00",
        "package": "REEL",
        "lots": [{"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": "L-1"}],
    },
    {
        "type": "unitCreated",
        "id": "boards",
        "happenedAt": "2026-03-02T06:00:00+00:00",
        "units": [f"B{number}" for number in range(BOARDS)],
        "product": "PCB",
        "run": {"id": "RUN", "line": "Line 4"},
        "firstSequence": 1,
    },
    {
        "type": "feed",
        "id": "feeds",
        "happenedAt": "2026-03-02T06:00:00+00:00",
        "run": "RUN",
        "feeds": [{"package": "REEL", "sequenceFrom": 1, "sequenceTo": BOARDS}],
    },
]


@pytest.fixture
def slow_lot(registry, asker):
    """Return the id of that lot."""
    quality = asker("quality")
    assert quality.post("/trace/v1/events", json=EVENTS).status_code == 200
    with registry.write(Site("plant-1")) as connection:
        told = connection.execute(select(feed)).one()._asdict()
        copies = [told | {"id": told["id"] + 10_000_000 + number} for number in range(FEEDS)]
        connection.execute(insert(feed), copies)
    return quality.get("/trace/v1/lots?code=L-1").get_json()["result"][0]["id"]


@pytest.fixture
def hasty(make_registry, make_asker):
    return make_asker("quality", registry=make_registry(question_timeout_s=LIMIT_S, database_pool=1))


def active(registry):
    """Return on how many statements PostgreSQL works; SQLite works in the thread that answered."""
    if registry.engine.dialect.name == "sqlite":
        return 0
    with registry.engine.connect() as connection:
        return connection.execute(text(UNDER_WAY)).scalar_one()


def test_a_question_that_takes_too_long_is_given_up_and_the_next_is_answered(registry, hasty, slow_lot):
    for _ in range(4):  # on PostgreSQL more than there are connections
        answer = hasty.get(f"/trace/v1/lots/{slow_lot}/where-used")

    assert answer.status_code == 503
    (message,) = answer.get_json()["messages"]
    assert message["code"] == "QUESTION-TIMEOUT"
    assert "0.3 s, the setting question_timeout_s" in message["text"]
    assert "Retry-After" not in answer.headers  # it takes as long again
    assert active(registry) == 0
    # The limit is short for a machine that does other work, too: it is asked until it answers.
    answers = (hasty.get("/trace/v1/lots?code=L-1") for _ in range(100))
    answer = next(each for each in answers if each.status_code == 200)
    assert answer.get_json()["result"][0]["id"] == slow_lot


def test_a_page_says_so_as_a_page(hasty, slow_lot):
    answer = hasty.get(f"/lots/{slow_lot}/where-used")

    assert answer.status_code == 503
    assert answer.mimetype == "text/html"
    assert "QUESTION-TIMEOUT" in answer.text


def test_a_report_has_a_limit_of_its_own(settings, make_registry, make_asker, slow_lot):
    init_keys(settings.data_dir, organization="Plant", now=datetime(2026, 3, 1, tzinfo=UTC))
    registry = make_registry(report_timeout_s=LIMIT_S)
    asked = {"direction": "where-used", "subject": slow_lot}

    answer = make_asker("quality", registry=registry).post("/trace/v1/reports", json=asked)

    assert answer.status_code == 503
    assert "report_timeout_s" in answer.get_json()["messages"][0]["text"]


def test_events_have_the_limit_of_uploads_and_are_kept_whole_or_not_at_all(
    registry, make_registry, make_asker
):
    hasty = make_asker("quality", registry=make_registry(upload_timeout_s=0.05))
    units = {**EVENTS[1], "units": [f"B{number}" for number in range(10_000)]}

    answer = hasty.post("/trace/v1/events", json=[units])

    assert answer.status_code == 503
    assert answer.get_json()["messages"][0]["code"] == "UPLOAD-TIMEOUT"
    assert hasty.get("/trace/v1/units?serial=B9").get_json()["result"] == []


def test_every_question_and_every_upload_documents_its_code(registry):
    paths = describe(create_app(registry))["paths"]

    assert (
        "QUESTION-TIMEOUT"
        in paths["/trace/v1/lots/{lot}/where-used"]["get"]["responses"]["503"]["description"]
    )
    assert "UPLOAD-TIMEOUT" in paths["/trace/v1/events"]["post"]["responses"]["503"]["description"]
    assert all("503" in operation["responses"] for path in paths.values() for operation in path.values())
