"""Names in chains and histories are those of the time of recording that is asked for."""

import pytest


def at(hour):
    return f"2026-03-01T{hour:02}:00:00+00:00"


def event(event_type, number, hour, /, **members):
    return {"type": event_type, "id": number, "happenedAt": at(hour), **members}


LOT = {"manufacturer": "Ohm Parts", "mpn": "R-100", "lotCode": "L1"}
PLACE = {"panel": "P1", "position": 1}
PLANT = [
    event("packageCreated", "reel", 1, package="K1", lots=[LOT]),
    event("unitCreated", "product", 1, units=["BOX"], kind="product", customer="meditec"),
    event("unitCreated", "board", 2, units=[PLACE]),
    event("consumed", "used", 5, unit=PLACE, package="K1"),
    event("assembledInto", "built", 6, links=[{"unit": PLACE, "into": "BOX"}]),
]
NAMED = [
    event("unitCreated", "named", 7, units=["LATER"]),
    event("sameUnit", "same", 7, units=[PLACE, {"serial": "LATER"}]),
]


@pytest.mark.parametrize("role", ["quality", "customer_auditor"])
def test_a_name_that_was_told_later_is_in_no_chain_and_no_history_of_before(suppliers, asker, role) -> None:
    mes, quality = asker("production"), asker("quality")
    who = quality if role == "quality" else asker(role, "meditec")
    mes.post("/trace/v1/events", json=PLANT)
    (lot,) = quality.get("/trace/v1/lots?code=L1").get_json()["result"]
    (box,) = quality.get("/trace/v1/units?serial=BOX").get_json()["result"]

    def told(**asked):
        chain = who.get(
            f"/trace/v1/lots/{lot['id']}/where-used",
            query_string={"level": "board", "explain": "true", **asked},
        ).get_json()
        timeline = who.get(f"/trace/v1/units/{box['id']}/timeline", query_string=asked).get_json()
        return chain["headline"]["recordedAsOf"], chain["result"], timeline["result"]

    recorded_as_of, *before = told()
    mes.post("/trace/v1/events", json=NAMED)
    _, *after = told(recordedAsOf=recorded_as_of)
    _, *now = told()

    assert before == after
    assert "LATER" not in str(before)
    assert "LATER" in str(now[0])
    assert "LATER" in str(now[1])
