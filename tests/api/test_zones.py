"""Zones of splices over HTTP: where they end does not depend on what was told first."""

import pytest

LOT = {"manufacturer": "Ohm Parts", "mpn": "R-100"}


def at(hour):
    return f"2026-03-01T{hour:02}:00:00+00:00"


def event(event_type, number, hour, **members):
    return {"type": event_type, "id": number, "happenedAt": at(hour), **members}


def reel(package, code):
    return event("packageCreated", f"reel {package}", 5, package=package, lots=[{**LOT, "lotCode": code}])


def splice(package, hour, **zone):
    members = {"packages": [{"package": package}], "into": "K0", "how": "splice", **zone}
    return event("merged", f"splice {package}", hour, **members)


def passing(unit, hour):
    return event("unitProcessed", f"pass {unit} {hour}", hour, units=[unit], run="RUN")


def use(unit, package, hour):
    return event("consumed", f"use {unit}", hour, unit=unit, package=package)


START = (reel("K0", "L0"), reel("K1", "L1"), event("unitCreated", "made", 5, units=["B1", "B2"]))


@pytest.fixture
def tell(suppliers, asker):
    mes = asker("production")

    def send(*events):
        for each in events:
            assert mes.post("/trace/v1/events", json=[each]).get_json()["result"][0]["state"] == "accepted"

    return send


@pytest.fixture
def used(quality):
    def ask(code):
        (lot,) = quality.get("/trace/v1/lots", query_string={"code": code}).get_json()["result"]
        query = {"level": "board"}
        answer = quality.get(f"/trace/v1/lots/{lot['id']}/where-used", query_string=query).get_json()
        return {row["serial"]: row["certainty"] for row in answer["result"]}

    return ask


@pytest.mark.parametrize("hours", [(9, 7), (7, 9)])
def test_a_zone_is_over_after_the_first_pass_of_its_last_unit_whichever_was_told_first(
    tell, used, hours
) -> None:
    zone = {"zone": {"run": "RUN", "sequenceTo": 1}}
    tell(*START, splice("K1", 6, **zone), *(passing("B1", hour) for hour in hours), use("B2", "K0", 8))

    assert used("L1") == {"B2": "exact"}
    assert used("L0") == {}
