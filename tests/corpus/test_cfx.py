"""CFX messages as the standard's public documentation prints them: bare, naming unknown things."""

import json

import pytest
from cfx_samples import enveloped

from aas_registry.domain.events import EventState
from aas_registry.domain.genealogy import Level
from aas_registry.domain.identifiers import Site
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal, Role
from aas_registry.domain.sought import Subjects
from aas_registry.services.genealogy import events, genealogy, lots, units
from aas_registry.web.app import create_app

MES = Principal(name="mes", role=Role.PRODUCTION, site=Site("plant-1"))
QUALITY = Principal(name="quality", role=Role.QUALITY, site=Site("plant-1"))


@pytest.mark.parametrize(
    ("file", "message", "waiting"),
    [
        ("CFX_Production_WorkCompleted.1.json", "CFX.Production.WorkCompleted", False),
        (
            "CFX_Production_Assembly_MaterialsInstalled.1.json",
            "CFX.Production.Assembly.MaterialsInstalled",
            True,
        ),
    ],
)
def test_a_printed_message_is_taken(corpus, registry, file, message, waiting) -> None:
    body = (corpus / "trace" / "cfx" / file).read_bytes()

    first = events.ingest_body(registry, MES, body, is_ndjson=False, message=message)
    second = events.ingest_body(registry, MES, body, is_ndjson=False, message=message)

    assert [each.state for each in (*first, *second)] == [EventState.ACCEPTED, EventState.DUPLICATE]
    assert bool(first[0].waits_for) is waiting


def test_printed_material_is_in_the_units_once_its_package_is_known(corpus, registry) -> None:
    file = corpus / "trace" / "cfx" / "CFX_Production_Assembly_MaterialsInstalled.1.json"
    events.ingest_body(registry, MES, file.read_bytes(), is_ndjson=False, message="MaterialsInstalled")
    package = {
        "UniqueIdentifier": "MAT4566556456",
        "Manufacturer": "Bolt",
        "ManufacturerPartNumber": "BZX84",
        "ManufacuterLotCode": "L-1",
        "InitialQuantity": 5000.0,
    }

    taken = events.ingest(registry, MES, [{"Materials": [package]}], message="MaterialsInitialized")

    assert [each.state for each in taken] == [EventState.ACCEPTED]
    lot = lots.list_lots(registry, QUALITY, lots.LotFilter(code="L-1"), PageRequest(2))[0]
    question = genealogy.WhereUsedQuestion(about=Subjects(lots=(lot.id,)), level=Level.BOARD)
    headline, rows = genealogy.where_used(registry, QUALITY, question, page=PageRequest(10))
    assert sum(headline.totals.values()) == 2
    assert {row.unit.serial for row in rows} == {"PANEL23423432/1", "PANEL23423432/2"}
    first = units.find_units(registry, QUALITY, "PANEL23423432/1", PageRequest(2))[0]
    *_, held = genealogy.contents(registry, QUALITY, first.id, page=PageRequest(10))
    assert [row.content.designators for row in held] == [("R1", "R2", "R3")]


WAITING = {
    "CFX.Production.Assembly.MaterialsInstalled": "package MAT4566556456",
    "CFX.Production.TestAndInspection.UnitsInspected": "panel PANEL34543535/1",
    "CFX.Production.TestAndInspection.UnitsTested": "panel PANEL34543535/1",
}


@pytest.mark.check
def test_every_printed_message_is_taken_over_http(corpus, make_registry) -> None:
    client = create_app(make_registry(auth="none")).test_client()
    files = sorted((corpus / "trace" / "cfx").glob("*.json"))

    for number, file in enumerate(files):
        name = file.name.rsplit(".", 2)[0].replace("_", ".")
        body = json.loads(file.read_bytes())
        bare = client.post(f"/trace/v1/events?message={name}", json=body).get_json()["result"][0]
        whole = client.post("/trace/v1/events", json=enveloped(name, body, number)).get_json()["result"][0]
        # The documentation prints some answers, which are alike, for several requests.
        assert {bare["state"], whole["state"]} <= {"accepted", "pending", "duplicate"}, [
            file.name,
            bare,
            whole,
        ]
        assert bool(whole.get("waitsFor")) == (name in WAITING), [file.name, whole]
        assert "findings" not in bare, [file.name, bare]
        assert "findings" not in whole, [file.name, whole]
    kept = client.get("/trace/v1/events?limit=1000").get_json()["result"]
    assert len(files) > 60
    assert {row["type"] for row in kept} == {each.name.rsplit(".", 2)[0].replace("_", ".") for each in files}
