"""CFX messages become events, in their envelope or bare; a line that cannot be read takes no other with it."""

from datetime import UTC, datetime

import pytest
from cfx_samples import JOINED, KEPT, LIMITS, LINES, NOW, component, enveloped, installed, understood, unit

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.items import Name, Scheme
from aas_registry.domain.passes import UnitsCompleted, UnitsPassed
from aas_registry.domain.unread_lines import LineUnread
from aas_registry.formats.events.cfx.messages import MESSAGES


def test_a_bare_installation_happened_when_its_first_component_was_placed() -> None:
    parts = [
        component("C1", "2026-03-01T06:00:05.1234567-04:00"),
        component("C2", "2026-03-01T06:00:02-04:00"),
    ]

    said = understood(
        {"InstalledMaterials": [installed(InstalledComponents=parts)]},
        "CFX.Production.Assembly.MaterialsInstalled",
    )

    assert said.happened_at == datetime(2026, 3, 1, 10, 0, 2, tzinfo=UTC)
    assert (said.zone_minutes, said.time_given) == (-240, True)


@pytest.mark.parametrize("unset", ["0001-01-01T00:00:00", "2026-03-01T09:00:00", None])
def test_a_time_that_was_never_set_is_none_and_costs_no_line(unset) -> None:
    said = understood(
        {"InstalledMaterials": [installed(InstalledComponents=[component("C1", unset)])]},
        "MaterialsInstalled",
    )

    assert (said.happened_at, said.time_given, said.findings) == (NOW, False, ())
    assert len(said.facts) == 2


def test_without_a_time_the_time_of_receipt_stands_and_is_marked() -> None:
    said = understood({"TransactionId": "t"}, "CFX.Production.WorkCompleted")

    assert (said.happened_at, said.time_given) == (NOW, False)


def test_an_envelope_gives_id_time_and_source() -> None:
    said = understood(
        {
            "MessageName": "CFX.Production.WorkCompleted",
            "UniqueID": "f3b2c8ec",
            "TimeStamp": "2026-03-01T06:00:00+01:00",
            "Source": "Line.4",
            "MessageBody": {"$type": "CFX.Production.WorkCompleted, CFX", "TransactionID": "t"},
        }
    )

    assert (said.event_id, said.source, said.zone_minutes) == ("f3b2c8ec", "Line.4", 60)


@pytest.mark.parametrize(
    ("value", "message", "path", "code"),
    [
        ({}, "CFX.Production.Unheard", "message", Code.EVENT_TYPE_UNKNOWN),
        ({}, "", "message", Code.EVENT_TYPE_UNKNOWN),
        (enveloped("Heartbeats", {}), None, "MessageName", Code.EVENT_TYPE_UNKNOWN),
        (
            {"InstalledMaterials": [{}]},
            "MaterialsInstalled",
            "InstalledMaterials[0].UnitIdentifier",
            Code.EVENT_INVALID,
        ),
        ({"InstalledMaterials": 7}, "MaterialsInstalled", "InstalledMaterials", Code.EVENT_INVALID),
        ({}, "MaterialsInstalled", "InstalledMaterials", Code.EVENT_INVALID),
        ({}, "MaterialsSplit", "SourceMaterialPackageIdentifier", Code.EVENT_INVALID),
        ({"MessageName": "x", "MessageBody": []}, None, "UniqueID", Code.EVENT_INVALID),
        (
            enveloped(
                "CFX.Production.Assembly.MaterialsInstalled", {"InstalledMaterials": [installed(None)]}
            ),
            None,
            "MessageBody.InstalledMaterials[0].UnitIdentifier",
            Code.EVENT_INVALID,
        ),
    ],
)
def test_a_message_of_another_form_is_refused_by_its_path(value, message, path, code) -> None:
    with pytest.raises(RefusedError) as refused:
        understood(value, message)

    assert (refused.value.findings[0].path, refused.value.code) == (path, code)


@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_of_the_sdk_is_taken_by_its_name(name) -> None:
    of_lists = {members: [] for members, _ in LINES.values()}
    split = {"SourceMaterialPackageIdentifier": "R1", "NewMaterialPackageIdentifier": "R2"}

    said = understood(enveloped(name, {**of_lists, **split, **JOINED, "MaterialPackageIdentifiers": []}))

    assert (said.type, said.findings) == (name, ())
    assert bool(said.facts) == name.endswith((".MaterialsSplit", ".MaterialsJoined"))


@pytest.mark.parametrize("name", KEPT)
def test_what_is_kept_states_nothing(name) -> None:
    said = understood(enveloped(name, KEPT[name]))

    assert (said.facts, said.findings, said.source) == ((), (), "Placer.X1.SN1")


def test_a_message_without_a_body_is_one_that_says_nothing() -> None:
    assert understood(enveloped("CFX.WhoIsThereRequest", None)).facts == ()


@pytest.mark.parametrize(("name", "members", "line"), [(name, *each) for name, each in LINES.items()])
def test_a_line_that_cannot_be_read_is_a_finding_and_the_others_are_taken(name, members, line) -> None:
    key = next(each for each in ("UnitIdentifier", "MaterialPackage", "UniqueIdentifier") if each in line)
    broken, transaction = {**line, key: None}, {"TransactionID": "t"}

    alone = understood(enveloped(name, {**transaction, members: [line]}))
    beside = understood(enveloped(name, {**transaction, members: [broken, line, 7]}))

    assert alone.facts
    assert [each for each in beside.facts if not isinstance(each, LineUnread)] == list(alone.facts)
    of_material = members.startswith(("Installed", "Applied", "Uninstalled", "Unapplied"))
    is_told = of_material or name.endswith((".MaterialsLoaded", ".WorkStarted", ".WorkCompleted"))
    assert sum(isinstance(each, LineUnread) for each in beside.facts) == (2 if is_told else 0)
    assert [each.path for each in beside.findings] == [
        f"MessageBody.{members}[0].{key}",
        f"MessageBody.{members}[2]",
    ]
    assert {each.code for each in beside.findings} == {Code.EVENT_INVALID}


@pytest.mark.parametrize(("name", "members"), [(name, members) for name, (members, _) in LINES.items()])
def test_a_list_that_is_null_is_an_empty_one(name, members) -> None:
    said = understood(enveloped(name, {members: None}))

    assert (said.facts, said.findings) == ((), ())


def test_a_station_is_whose_envelope_it_is_and_its_passes_go_by_the_transaction() -> None:
    units = {"Units": [unit("B1", 1), unit("B2", 2)]}
    one = understood(enveloped("CFX.Production.WorkStarted", {"TransactionID": "T-1", "Lane": 2, **units}))
    other = understood(enveloped("CFX.Production.WorkCompleted", {"TransactionID": "t-1"}))
    bare = understood({"TransactionID": "T-1", **units}, "WorkStarted")

    passed, completed = one.facts[-1], other.facts[-1]

    assert isinstance(passed, UnitsPassed)
    assert isinstance(completed, UnitsCompleted)
    assert (passed.station, passed.lane) == (Name(Scheme.STATION, "Placer.X1.SN1"), "2")
    assert set(passed.sequence) == {completed.sequence}
    assert not any(isinstance(each, UnitsPassed) for each in bare.facts)


def test_what_is_unloaded_is_told_package_by_package() -> None:
    said = understood(
        enveloped("CFX.Materials.Storage.MaterialsUnloaded", {"MaterialPackageIdentifiers": ["R1", None]})
    )

    assert [each.package for each in said.facts] == [Name(Scheme.PACKAGE, "R1")]
    assert [each.path for each in said.findings] == ["MessageBody.MaterialPackageIdentifiers[1]"]


def test_findings_are_listed_up_to_the_limit_and_then_counted() -> None:
    lines = [installed(), *(installed(None) for _ in range(LIMITS.event_findings + 7))]

    said = understood({"InstalledMaterials": lines}, "MaterialsInstalled")

    assert len(said.findings) == LIMITS.event_findings + 1
    assert "7 more findings" in said.findings[-1].message
