"""Events over HTTP: taken one by one, in any order, once."""

import json

import pytest
from cfx_samples import (
    JOINED,
    KEPT,
    REEL,
    SPLIT,
    TAIL,
    checked,
    component,
    detail,
    enveloped,
    installed,
    package,
)

from aas_registry.domain.identifiers import Site
from aas_registry.services.genealogy import events

INSTALLED = "CFX.Production.Assembly.MaterialsInstalled"
LOT_NAMES = ("manufacturer", "mpn", "lotCode")
RECEIVED = "2026-03-01T06:00:00+01:00"


def event(event_type, number, at=RECEIVED, **members):
    return {"type": event_type, "id": f"e-{number}", "happenedAt": at, **members}


def reel(number="r1", package="REEL-1", **members):
    lot = {"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": "L-1"}
    return event("packageCreated", number, package=package, **{"lots": [lot], **members})


@pytest.fixture
def mes(suppliers, asker):
    return asker("production")


def states(answer):
    assert answer.status_code == 200, answer.get_json()
    return [each["state"] for each in answer.get_json()["result"]]


def test_takes_one_event_or_many_and_says_what_became_of_each(mes) -> None:
    one = mes.post("/trace/v1/events", json=reel())
    many = mes.post("/trace/v1/events", json=[reel("r2", "REEL-2"), event("unitCreated", "u1", units=["B1"])])

    assert one.get_json() == {"result": [{"id": "e-r1", "state": "accepted"}]}
    assert states(many) == ["accepted", "accepted"]


def test_takes_ndjson_and_refuses_only_the_line_that_is_none(mes) -> None:
    lines = [json.dumps(reel()), "{", "", json.dumps(reel("r2", "REEL-2"))]

    answer = mes.post("/trace/v1/events", data="\n".join(lines), content_type="application/x-ndjson")

    assert states(answer) == ["accepted", "rejected", "accepted"]
    refused = answer.get_json()["result"][1]
    assert refused["code"] == "JSON-INVALID"
    assert refused["findings"][0]["row"] == 2


def test_what_is_rejected_is_not_on_record(mes) -> None:
    wrong = {"type": "unitCreated", "id": "wrong", "happenedAt": "2026-03-02T06:00:00+00:00"}

    assert states(mes.post("/trace/v1/events", json=[wrong])) == ["rejected"]
    assert mes.get("/trace/v1/events").get_json()["result"] == []
    assert mes.get("/trace/v1/events?state=rejected").status_code == 400


def test_a_repeated_event_is_a_duplicate_and_a_reused_id_is_rejected(mes) -> None:
    mes.post("/trace/v1/events", json=reel())

    again = mes.post(
        "/trace/v1/events", json=[reel(), reel(quantity=5), reel("r2", quantity=5), reel("r2", quantity=5)]
    )

    assert states(again) == ["duplicate", "rejected", "accepted", "duplicate"]
    refused = again.get_json()["result"][1]
    assert refused["code"] == "EVENT-ID-REUSED"
    (found,) = refused["findings"]
    assert (found["code"], found["path"], found["value"]) == ("EVENT-ID-REUSED", "id", refused["id"])


def test_a_reused_id_is_named_where_it_stands(mes) -> None:
    units = {"type": "unitCreated", "id": "u", "happenedAt": "2026-03-02T06:00:00Z", "units": ["B1"]}
    first = enveloped(INSTALLED, {"InstalledMaterials": [installed()]})
    mes.post("/trace/v1/events", json=[units, first])

    other = enveloped(INSTALLED, {"InstalledMaterials": [installed("B9")]})
    again = mes.post("/trace/v1/events", json=[{**units, "note": '"UniqueID"'}, other])

    assert states(again) == ["rejected", "rejected"]
    found = [each["findings"][0]["path"] for each in again.get_json()["result"]]
    assert found == ["id", "UniqueID"]


def test_what_names_something_unknown_waits_until_it_is_announced(mes, quality) -> None:
    uses = event("consumed", "c1", unit="B1", package="REEL-1")

    waiting = mes.post("/trace/v1/events", json=uses)
    listed = mes.get("/trace/v1/events?state=pending").get_json()["result"]
    states_then = states(
        mes.post("/trace/v1/events", json=[event("unitCreated", "u1", units=["B1"]), reel()])
    )

    assert waiting.get_json()["result"][0] == {
        "id": "e-c1",
        "state": "pending",
        "waitsFor": ["package REEL-1", "serial B1"],
    }
    assert [(row["id"], row["waitsFor"]) for row in listed] == [("e-c1", ["package REEL-1", "serial B1"])]
    assert listed[0]["body"] == uses
    assert states_then == ["accepted", "accepted"]
    assert mes.get("/trace/v1/events?state=pending").get_json()["result"] == []
    assert len(contents_of(quality, "B1")) == 1


def test_waking_goes_on_through_what_the_woken_announce(mes) -> None:
    chain = [
        event("consumed", "c1", unit="B1", package="REEL-3"),
        event("relabelled", "x2", package="REEL-2", into="REEL-3"),
        event("split", "x1", package="REEL-1", into=[{"package": "REEL-2", "quantity": 100}]),
        event("unitCreated", "u1", units=["B1"]),
        reel(),
    ]

    assert states(mes.post("/trace/v1/events", json=chain)) == ["accepted"] * 5


def test_a_negative_quantity_is_rejected_and_the_reversal_is_named(mes) -> None:
    wrong = event("consumed", "c1", unit="B1", package="REEL-1", quantity=-2)

    refused = mes.post("/trace/v1/events", json=[wrong, reel()]).get_json()["result"]

    assert refused[0]["code"] == "EVENT-QUANTITY-NEGATIVE"
    assert "'removed'" in refused[0]["message"]
    assert refused[0]["findings"][0]["path"] == "quantity"
    assert refused[1]["state"] == "accepted"


@pytest.mark.parametrize(
    ("wrong", "code", "path"),
    [
        ({"type": "feeds", "id": "x"}, "EVENT-TYPE-UNKNOWN", "type"),
        (event("unitCreated", 1, units=[{"serial": "B1", "panel": "P"}]), "EVENT-INVALID", "units[0]"),
        (event("unitCreated", 1, units=["B1"], colour="red"), "EVENT-INVALID", "colour"),
        (event("unitCreated", 1, at="2026-03-01T06:00:00", units=["B1"]), "EVENT-INVALID", "happenedAt"),
        (event("unitCreated", 1, at="1969-03-01T06:00:00Z", units=["B1"]), "EVENT-INVALID", "happenedAt"),
        (
            event("unitCreated", 1, at="2026-03-01T06:00:00+01:99", units=["B1"]),
            "EVENT-INVALID",
            "happenedAt",
        ),
        (
            event("unitCreated", 1, at="2026-03-01T06:00:00 01:00", units=["B1"]),
            "EVENT-INVALID",
            "happenedAt",
        ),
        (event("unitCreated", 1, units=[]), "EVENT-INVALID", "units"),
        (event("removed", 1, unit="B1"), "EVENT-INVALID", "package"),
        (event("nameReused", 1), "EVENT-INVALID", "unit"),
        (event("nameReused", 1, unit="B1", package="K1"), "EVENT-INVALID", "package"),
        (
            event(
                "merged", 1, packages=[{"package": "K1"}], into="K2", zone={"until": "2026-03-01T07:00:00Z"}
            ),
            "EVENT-INVALID",
            "zone",
        ),
        (event("unitCreated", 1, units=["B\u0000"]), "EVENT-INVALID", "units[0].serial"),
        (["no object"], "EVENT-INVALID", None),
    ],
)
def test_an_event_of_another_form_is_rejected_with_its_path(mes, wrong, code, path) -> None:
    found = mes.post("/trace/v1/events", json=[wrong]).get_json()["result"][0]

    assert (found["state"], found["code"]) == ("rejected", code)
    assert found["findings"][0].get("path") == path


def test_an_unknown_type_is_named_beside_those_that_are_known(mes) -> None:
    (found,) = mes.post("/trace/v1/events", json=[event("consummed", 1)]).get_json()["result"]

    assert "'consummed'" in found["message"]
    assert "unitCreated" in found["message"]


@pytest.mark.parametrize(
    "members",
    [
        {"package": "\u200b"},
        *(
            {"lots": [{"manufacturer": "Bolt", "mpn": "B", "lotCode": "L", key: "\u00ad"}]}
            for key in LOT_NAMES
        ),
    ],
)
def test_a_name_of_which_nothing_can_be_seen_is_rejected(mes, members) -> None:
    answer = mes.post("/trace/v1/events", json=[reel(**members), reel("r2")])

    refused, taken = answer.get_json()["result"]
    assert (refused["state"], refused["code"]) == ("rejected", "EVENT-INVALID")
    assert "nothing that can be seen" in refused["message"]
    assert taken["state"] == "accepted"


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u00ad"])
def test_a_line_of_which_nothing_can_be_seen_takes_no_other_with_it(mes, quality, unseen) -> None:
    materials = [
        {"UnitIdentifier": "B1", "QuantityInstalled": 1, "Material": {"UniqueIdentifier": each}}
        for each in ("REEL-1", unseen)
    ]
    fed = {"package": "REEL-1", "sequenceFrom": 1, "sequenceTo": 2}
    sent = [
        reel(),
        event("unitCreated", "u1", units=["B1", unseen]),
        event("feed", "f1", run="RUN", feeds=[fed | {"slot": unseen}, fed]),
        enveloped("MaterialsInstalled", {"InstalledMaterials": materials}),
    ]

    answers = mes.post("/trace/v1/events", json=sent).get_json()["result"]

    assert [each["state"] for each in answers] == ["accepted"] * 4
    assert [[found["path"] for found in each.get("findings", [])] for each in answers] == [
        [],
        ["units[1].serial"],
        ["feeds[0].slot"],
        ["MessageBody.InstalledMaterials[1].Material.UniqueIdentifier"],
    ]
    assert [row["package"] for row in contents_of(quality, "B1")] == ["REEL-1"]


def test_a_correction_ends_what_an_event_said_even_if_it_comes_first(mes, quality) -> None:
    sent = [
        event("correction", "k", corrects="e-c1", reason="wrong board"),
        reel(),
        event("unitCreated", "u1", units=["B1"]),
        event("consumed", "c1", unit="B1", package="REEL-1"),
    ]

    first = states(mes.post("/trace/v1/events", json=sent[:3]))
    second = states(mes.post("/trace/v1/events", json=sent[3:]))

    assert (first, second) == (["pending", "accepted", "accepted"], ["corrected"])
    assert contents_of(quality, "B1") == []


def test_more_events_than_the_limit_are_refused_whole(make_registry, mes) -> None:
    many = "\n".join("{}" for _ in range(10_001))

    answer = mes.post("/trace/v1/events", data=many, content_type="application/x-ndjson")

    assert answer.status_code == 413
    assert answer.get_json()["messages"][0]["code"] == "EVENT-TOO-MANY"


def test_another_media_type_is_not_taken(mes) -> None:
    assert mes.post("/trace/v1/events", data=b"<a/>", content_type="text/xml").status_code == 415


def test_suppliers_and_auditors_send_no_events(bolt, asker) -> None:
    assert bolt.post("/trace/v1/events", json=reel()).status_code == 403
    assert asker("auditor").post("/trace/v1/events", json=reel()).status_code == 403


def test_the_list_of_events_is_paged(mes) -> None:
    mes.post("/trace/v1/events", json=[reel(number, f"REEL-{number}") for number in range(5)])

    first = mes.get("/trace/v1/events?limit=3").get_json()
    cursor = first["paging_metadata"]["cursor"]
    second = mes.get(f"/trace/v1/events?limit=3&cursor={cursor}").get_json()

    assert [row["id"] for row in (*first["result"], *second["result"])] == [f"e-{n}" for n in range(5)]
    assert "cursor" not in second["paging_metadata"]


ENVELOPE = {
    "MessageName": "CFX.Production.Assembly.MaterialsInstalled",
    "Version": "1.7",
    "UniqueID": "6d4c3a55-0000-4000-8000-000000000001",
    "TimeStamp": "2026-03-01T06:00:00.1234567-04:00",
    "Source": "Placer.X1.SN1",
    "MessageBody": {
        "TransactionId": "7e712504-0000-4000-8000-000000000001",
        "InstalledMaterials": [
            {
                "UnitIdentifier": "PANEL-7",
                "UnitPositionNumber": 2,
                "QuantityInstalled": 2.0,
                "Material": {"UniqueIdentifier": "REEL-1", "Quantity": -3.0},
                "CarrierLocation": {"LocationName": "SLOT4"},
                "InstalledComponents": [{"ReferenceDesignator": "R1"}, {"ReferenceDesignator": "R2"}],
            }
        ],
    },
}


def test_a_cfx_message_in_its_envelope_is_taken(mes, quality) -> None:
    answer = mes.post("/trace/v1/events", json=[ENVELOPE, reel()])

    assert states(answer) == ["accepted", "accepted"]
    held = contents_of(quality, "PANEL-7")
    assert [(row["package"], row["slot"], row["designators"]) for row in held] == [
        ("REEL-1", "SLOT4", ["R1", "R2"])
    ]
    kept = mes.get("/trace/v1/events").get_json()["result"][0]
    assert (kept["source"], kept["timeGiven"]) == ("Placer.X1.SN1", True)


def test_a_bare_cfx_body_is_known_by_its_digest_and_its_time_is_that_of_receipt(mes) -> None:
    body = {"TransactionID": "2c24590d-0000-4000-8000-000000000001", "Result": "Completed"}
    address = "/trace/v1/events?message=CFX.Production.WorkCompleted"

    first, second = mes.post(address, json=body), mes.post(address, json=body)

    assert (states(first), states(second)) == (["accepted"], ["duplicate"])
    kept = mes.get("/trace/v1/events").get_json()["result"][0]
    assert kept["id"].startswith("sha256:")
    assert kept["timeGiven"] is False


def test_a_cfx_message_that_is_not_understood_is_rejected_by_name(mes) -> None:
    answer = mes.post("/trace/v1/events?message=CFX.Production.Unheard", json={})

    assert answer.get_json()["result"][0]["code"] == "EVENT-TYPE-UNKNOWN"


def test_every_line_of_a_machine_message_stands_alone(mes, quality) -> None:
    untraced = installed("PNL-3", 1, Material=package(None), InstalledComponents=[component("J1")])
    unmarked = installed(None, 2)
    message = enveloped(INSTALLED, {"InstalledMaterials": [untraced, installed("PNL-3", 1), unmarked]})

    answer = mes.post("/trace/v1/events", json=[reel("r1", REEL), message])

    _, outcome = answer.get_json()["result"]
    assert outcome["state"] == "accepted"
    assert [(found["code"], found["path"]) for found in outcome["findings"]] == [
        ("EVENT-INVALID", "MessageBody.InstalledMaterials[0].Material.UniqueIdentifier"),
        ("EVENT-INVALID", "MessageBody.InstalledMaterials[2].UnitIdentifier"),
    ]
    assert "expected text in quotation marks" in outcome["findings"][0]["message"]
    held = contents_of(quality, "PNL-3")
    assert [(row["package"], row["designators"]) for row in held] == [(REEL, ["C1", "C2"])]
    (kept,) = mes.get("/trace/v1/events?limit=10").get_json()["result"][1:]
    assert kept["findings"] == outcome["findings"]
    assert kept["body"] == message


def test_a_message_of_which_no_line_can_be_read_is_rejected(mes) -> None:
    message = enveloped(INSTALLED, {"InstalledMaterials": [installed(None), installed(Material=None)]})

    (refused,) = mes.post("/trace/v1/events", json=message).get_json()["result"]

    assert (refused["state"], refused["code"]) == ("rejected", "EVENT-INVALID")
    assert [found["path"] for found in refused["findings"]] == [
        "MessageBody.InstalledMaterials[0].UnitIdentifier",
        "MessageBody.InstalledMaterials[1].Material",
    ]
    assert mes.get("/trace/v1/events").get_json()["result"] == []


def test_a_list_of_a_machine_message_that_is_null_is_an_empty_one(mes, quality) -> None:
    message = enveloped(INSTALLED, {"InstalledMaterials": [installed("PNL-3", 1, InstalledComponents=None)]})

    answer = mes.post("/trace/v1/events", json=[reel("r1", REEL), message])

    assert answer.get_json()["result"][1] == {"id": message["UniqueID"], "state": "accepted"}
    assert [(row["package"], row["designators"]) for row in contents_of(quality, "PNL-3")] == [(REEL, [])]


def test_every_line_of_our_own_events_stands_alone(mes, quality) -> None:
    sent = [
        reel(),
        event("unitCreated", "u1", units=["B1", {"serial": None}, "B3"], run="X", firstSequence=1),
        event("feed", "f1", run="X", feeds=[{"package": "REEL-1", "sequenceFrom": 3, "sequenceTo": 3}, {}]),
    ]

    outcomes = mes.post("/trace/v1/events", json=sent).get_json()["result"]

    assert [each["state"] for each in outcomes] == ["accepted"] * 3
    assert [found["path"] for each in outcomes[1:] for found in each["findings"]] == [
        "units[1]",
        "feeds[1].package",
        "feeds[1].sequenceFrom",
        "feeds[1].sequenceTo",
    ]
    assert [len(contents_of(quality, serial)) for serial in ("B1", "B3")] == [0, 1]


def test_what_could_not_be_read_is_told_of_an_event_that_waits(mes) -> None:
    feeds = [{"package": "REEL-1", "sequenceFrom": 1, "sequenceTo": 3}, {"package": None}]

    (waiting,) = mes.post("/trace/v1/events", json=event("feed", "f1", run="X", feeds=feeds)).get_json()[
        "result"
    ]

    assert (waiting["state"], waiting["waitsFor"]) == ("pending", ["package REEL-1"])
    assert waiting["findings"][0]["path"] == "feeds[1].package"


def test_a_rebuild_states_what_could_be_read(mes, registry) -> None:
    message = enveloped(INSTALLED, {"InstalledMaterials": [installed(), installed(None)]})
    mes.post("/trace/v1/events", json=[reel("r1", REEL), message])

    assert events.differs(registry, Site("plant-1")) == []


@pytest.mark.parametrize("name", KEPT)
def test_a_cfx_message_that_states_nothing_is_kept_without_an_error(mes, name) -> None:
    outcome, again = (
        mes.post("/trace/v1/events", json=enveloped(name, KEPT[name])).get_json()["result"][0]
        for _ in range(2)
    )

    assert (outcome, again["state"]) == ({"id": again["id"], "state": "accepted"}, "duplicate")
    (kept,) = mes.get("/trace/v1/events").get_json()["result"]
    assert (kept["type"], kept["body"]["MessageBody"], kept["findings"]) == (name, KEPT[name], [])


def test_after_reels_are_joined_in_cfx_either_may_be_in_what_is_used_by_the_running_label(mes, quality):
    details = [detail(), detail(TAIL, ManufacturerLotCode="L-2")]
    sent = [
        enveloped("CFX.Materials.Management.MaterialsInitialized", {"Materials": details}, 1),
        enveloped(INSTALLED, {"InstalledMaterials": [installed("B1", None)]}, 2),
        enveloped("CFX.Materials.Management.MaterialsJoined", JOINED, 3),
        enveloped(INSTALLED, {"InstalledMaterials": [installed("B2", None)]}, 4),
        enveloped(INSTALLED, {"InstalledMaterials": [installed("B3", None, Material=package(TAIL))]}, 5),
    ]
    for hour, each in enumerate(sent):
        each["TimeStamp"] = f"2026-03-10T{hour + 6:02}:00:00+01:00"

    assert states(mes.post("/trace/v1/events", json=sent)) == ["accepted"] * 5
    held = {
        board: sorted((each["lot"]["code"], each["certainty"]) for each in contents_of(quality, board))
        for board in ("B1", "B2", "B3")
    }
    assert held == {
        "B1": [("L-1", "exact")],
        "B2": [("L-1", "possible"), ("L-2", "possible")],
        "B3": [("L-2", "exact")],
    }


def test_a_split_in_cfx_takes_the_lot_to_the_new_reel(mes, quality) -> None:
    use = installed("B1", None, Material=package("REEL-9"))
    sent = [
        enveloped("CFX.Materials.Management.MaterialsInitialized", {"Materials": [detail()]}, 1),
        enveloped("CFX.Materials.Management.MaterialsSplit", SPLIT, 2),
        enveloped(INSTALLED, {"InstalledMaterials": [use]}, 3),
    ]

    assert states(mes.post("/trace/v1/events", json=sent)) == ["accepted"] * 3
    (held,) = contents_of(quality, "B1")
    assert (held["package"], held["lot"]["code"], held["certainty"]) == ("REEL-9", "L-1", "exact")


def test_tests_in_cfx_are_told_of_the_unit(mes, quality) -> None:
    line = checked("Failed", "ICT", UnitIdentifier="B1")
    sent = [
        event("unitCreated", "u1", units=["B1"]),
        enveloped("CFX.Production.TestAndInspection.UnitsTested", {"TestedUnits": [line]}),
    ]

    assert states(mes.post("/trace/v1/events", json=sent)) == ["accepted"] * 2
    (found,) = quality.get("/trace/v1/units?serial=B1").get_json()["result"]
    told = quality.get(f"/trace/v1/units/{found['id']}").get_json()
    assert [(each["test"], each["result"]) for each in told["tests"]] == [("ICT", "failed")]


def contents_of(asker, serial):
    found = asker.get(f"/trace/v1/units?serial={serial}").get_json()["result"]
    assert len(found) == 1
    return asker.get(f"/trace/v1/units/{found[0]['id']}/contents").get_json()["result"]


def test_a_name_of_which_nothing_can_be_seen_is_named_in_the_refusal(mes) -> None:
    answer = mes.post("/trace/v1/events", json=[reel("r1", "\ufffe\u200b")])

    (refused,) = answer.get_json()["result"]
    assert refused["state"] == "rejected"
    assert refused["message"].endswith("A name holds nothing that can be seen: \\ufffe\\u200b.")
    assert refused["findings"][0]["path"] == "package.id"
