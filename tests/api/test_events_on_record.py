"""An event on record is read by the rule by which it was taken; what cannot be read is damage, and told as such."""

import pytest
from cfx_samples import enveloped, installed
from sqlalchemy import update

from aas_registry.domain.identifiers import Site
from aas_registry.services import database
from aas_registry.storage.tables.events import event as event_table

LOT = {"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": "L-1"}
TIMES = [
    "2026-03-01T08:00:00Z",
    "2026-03-01T08:00:00z",
    "2026-03-01t08:00:00z",
    "2026-03-01 08:00z",
    "2026-03-01T09:00+01",
    "2026-03-01T09:00:00.123456789+0100",
    "2026-03-01T09:00:00,5+01:00",
]
TIME = TIMES[1]
ODD = "20260301T080000Z"  # a time of ISO 8601 that the door does not take


def said(kind, number, at=TIMES[0], /, **members):
    return {"type": kind, "id": number, "happenedAt": at, **members}


REEL = said("packageCreated", "reel", "2026-03-01T06:00:00Z", package="R", lots=[LOT])
NEW_REEL = {**REEL, "id": "new reel", "package": "NEW"}
BOARDS = said("unitCreated", "boards", "2026-03-01T07:00:00Z", units=["A", "B"])
NEW_BOARD = {**BOARDS, "id": "new board", "units": ["NEW"]}


def cfx(package, time):
    lines = {"InstalledMaterials": [installed("A", None, Material={"UniqueIdentifier": package})]}
    return enveloped("CFX.Production.Assembly.MaterialsInstalled", lines, TimeStamp=time)


def feeding(package, **members):
    return said(
        "feed", "odd", run="RUN", feeds=[{"package": package, "sequenceFrom": 1, "sequenceTo": 2, **members}]
    )


def waiting(at):
    """Return events that tell a time wherever one can be told; they wait for the unit and package NEW."""
    told = (
        said("consumed", "happenedAt", at, unit="NEW", package="R"),
        said(
            "consumed", "openedAt", unit="NEW", package="R", run={"id": "RUN", "openedAt": at, "closedAt": at}
        ),
        feeding("NEW", **{"from": at, "to": at}),
        said("merged", "until", how="splice", packages=[{"package": "NEW"}], into="R", zone={"until": at}),
        said("sameUnit", "at", units=[{"serial": "NEW", "at": at}, "A"]),
    )
    return (*told, cfx("NEW", at))


@pytest.fixture
def send(asker):
    production = asker("production")

    def answer(*events):
        told = production.post("/trace/v1/events", json=list(events))
        assert told.status_code == 200, told.get_json()
        return [each["state"] for each in told.get_json()["result"]]

    return answer


@pytest.fixture
def is_whole(registry):
    def answer():
        return not database.check(registry.settings, full=True).findings

    return answer


@pytest.mark.parametrize("at", TIMES)
def test_a_time_that_was_taken_is_one_when_the_event_is_read_again(send, quality, is_whole, at) -> None:
    assert send(REEL, BOARDS) == ["accepted"] * 2
    assert "rejected" not in send(*waiting(at))

    assert (
        send(said("tested", "other", units=["B"], result="passed"), NEW_REEL, NEW_BOARD) == ["accepted"] * 3
    )

    assert quality.get("/trace/v1/events?state=pending").get_json()["result"] == []
    assert is_whole()


def test_what_waits_for_nothing_is_read_by_the_same_rule_when_all_is_built_anew(send, is_whole) -> None:
    assert set(send(REEL, NEW_REEL, BOARDS, NEW_BOARD, *waiting(TIME))) == {"accepted"}

    assert is_whole()


def test_a_line_that_could_not_be_read_is_not_read_later_either(send, is_whole) -> None:
    line = {"package": "R", "sequenceFrom": 3, "sequenceTo": 4, "from": ODD}
    fed = feeding("R")
    assert send(REEL, BOARDS, {**fed, "feeds": [*fed["feeds"], line]}) == ["accepted"] * 3

    assert is_whole()


def test_a_time_of_a_machine_that_could_not_be_read_is_not_read_later_either(send, is_whole) -> None:
    components = [
        {"ReferenceDesignator": "C1", "InstallationTime": each} for each in (ODD, "2026-03-01T08:00:00z")
    ]
    line = installed("A", None, Material={"UniqueIdentifier": "R"}, InstalledComponents=components)
    message = enveloped(
        "CFX.Production.Assembly.MaterialsInstalled", {"InstalledMaterials": [line]}, TimeStamp=None
    )
    assert send(REEL, BOARDS, message) == ["accepted"] * 3

    assert is_whole()


@pytest.fixture
def damage(registry):
    def change(number):
        with registry.write(Site(registry.settings.site)) as connection:
            changed = (
                update(event_table)
                .where(event_table.c.event_id == number)
                .values(body=b'{"type":"consumed"}')
            )
            connection.execute(changed)

    return change


def test_an_event_that_waits_and_was_damaged_refuses_nobody_elses(send, damage, quality) -> None:
    send(REEL, said("consumed", "odd", unit="A", package="R"))
    damage("odd")

    assert send(BOARDS, said("tested", "other", units=["B"], result="passed")) == ["accepted"] * 2

    (waiting,) = quality.get("/trace/v1/events?state=pending").get_json()["result"]
    assert [(each["code"], each["path"]) for each in waiting["findings"]] == [("EVENT-UNREADABLE", "odd")]
    assert waiting["waitsFor"] == ["serial A"]


def test_an_event_that_is_applied_again_and_was_damaged_is_told_as_damage(
    asker, send, damage, registry
) -> None:
    send(REEL, BOARDS, said("consumed", "odd", unit="A", package="R"))
    send(said("correction", "no", corrects="odd"))
    damage("odd")

    answer = asker("production").post("/trace/v1/events", json=said("correction", "yes", corrects="no"))

    assert (answer.status_code, answer.get_json()["messages"][0]["code"]) == (503, "EVENT-UNREADABLE")
    assert [each["path"] for each in answer.get_json()["findings"]] == ["odd"]
    found = [*database.recompute_projection(registry, Site(registry.settings.site))]
    assert [each.code.value for each in found] == ["EVENT-UNREADABLE"]
