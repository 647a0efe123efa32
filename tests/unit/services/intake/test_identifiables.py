"""Intake: many objects at once are taken as each alone would be."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from aas_samples import concept, lot_shell, shell, submodel, text
from sqlalchemy import event, func, select

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.identifiers import DocumentId, PartyId, Sha256, Site, SubmissionId
from aas_registry.domain.package import Identifiable, IdentifiableKind
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.domain.submitter import Submitter
from aas_registry.services.intake import identifiables
from aas_registry.services.intake.identifiables import StoredPart, Taken
from aas_registry.services.registry import Registry
from aas_registry.storage import lot_names, lots
from aas_registry.storage.documents import documents, versions
from aas_registry.storage.documents import files as document_files
from aas_registry.storage.documents.versions import NewContent
from aas_registry.storage.tables.documents import document

PLANT = Site("plant")
SHELL, SUBMODEL, CONCEPT = IdentifiableKind
LOT_DATA = "https://aas-registry.example/submodels/LotData/1/0"


def entry(body: dict[str, Any]) -> Identifiable:
    kinds = {kind.model_type: kind for kind in IdentifiableKind}
    return Identifiable(
        kind=kinds[body["modelType"]], identifier=body["id"], id_short=body.get("idShort"), body=body
    )


def take(
    registry: Registry,
    *bodies: dict[str, Any],
    party: int | None = 1,
    submission: int | None = 1,
    **options: Any,
) -> Taken:
    submitter = Submitter(
        site=PLANT,
        party=party,
        submission=None if submission is None else SubmissionId(submission),
        at=registry.clock(),
    )
    with registry.write(PLANT) as connection:
        return identifiables.take(registry, connection, submitter, map(entry, bodies), **options)


def many(count: int, **more: Any) -> list[dict[str, Any]]:
    return [submodel(f"urn:sm:{number}") | more for number in range(count)]


def naming(identifier: str) -> dict[str, Any]:
    keys = [{"type": "Submodel", "value": identifier}]
    return {"submodels": [{"type": "ModelReference", "keys": keys}]}


def lot_data(identifier: str, *members: dict[str, Any]) -> dict[str, Any]:
    keys = [{"type": "GlobalReference", "value": LOT_DATA}]
    return submodel(identifier, *members) | {"semanticId": {"type": "ExternalReference", "keys": keys}}


@contextmanager
def statements(registry: Registry) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(registry.engine, "before_cursor_execute", note)
    yield sent
    event.remove(registry.engine, "before_cursor_execute", note)


def test_says_of_each_object_what_became_of_it(registry: Registry) -> None:
    take(registry, *many(700))

    taken = take(registry, *many(650), *many(720, idShort="Changed")[650:], submission=2)

    changes = [taken.changes[SUBMODEL, f"urn:sm:{number}"] for number in range(720)]
    assert changes == ["unchanged"] * 650 + ["changed"] * 50 + ["added"] * 20
    assert list(taken.digests) == [f"urn:sm:{number}" for number in range(720)]


def test_sends_no_statement_for_each_object(registry: Registry) -> None:
    with statements(registry) as few:
        take(registry, *many(10))
    with statements(registry) as for_many:
        take(registry, *many(460))

    # of the 460, ten are looked up and are unchanged
    assert len(for_many) <= len(few) + 4


def test_what_is_stored_is_the_canonical_json_and_its_digest(registry: Registry) -> None:
    body = submodel("urn:sm:1", text("A", "Größe 1,5"))

    taken = take(registry, body)

    with registry.read() as connection:
        stored = documents.find_document(connection, Scope(PLANT), SUBMODEL, "urn:sm:1")
    assert stored is not None
    assert stored.body == entry(body).canonical()
    assert stored.digest == digest_of(stored.body) == taken.digests["urn:sm:1"]
    assert stored.id == taken.documents[SUBMODEL, "urn:sm:1"]


def test_of_two_with_one_id_the_later_is_the_next_version(registry: Registry) -> None:
    taken = take(registry, submodel("urn:sm:1"), submodel("urn:sm:1", text("A")))

    assert taken.changes == {(SUBMODEL, "urn:sm:1"): "changed"}
    with registry.read() as connection:
        versions = documents.list_versions(
            connection, Scope(PLANT), SUBMODEL, "urn:sm:1", PageRequest(limit=9)
        )
    assert [each[0] for each in versions] == [2, 1]
    assert versions[0][3] is None
    assert versions[1][3] is not None


def test_kinds_and_ids_that_look_alike_do_not_meet(registry: Registry) -> None:
    taken = take(registry, shell("urn:x"), submodel("urn:x"), concept("urn:x"))

    assert set(taken.changes.values()) == {"added"}
    assert len(set(taken.documents.values())) == 3
    assert list(taken.digests) == ["urn:x"]


def test_an_id_too_long_for_an_index_is_held_like_any_other(registry: Registry) -> None:
    long = "urn:" + "ä" * 1000
    take(registry, shell("urn:aas") | naming(long), lot_data(long))

    taken = take(registry, lot_data(long, text("A")))

    assert taken.changes == {(SUBMODEL, long): "changed"}


def test_ids_that_another_holds_are_new_to_a_party(registry: Registry) -> None:
    take(registry, submodel("urn:sm:3"), submodel("urn:sm:4"), party=2)

    taken = take(registry, *many(600), party=1)

    assert set(taken.changes.values()) == {"added"}
    with registry.read() as connection:
        held = select(document.c.holder, func.count()).group_by(document.c.holder)
        assert dict(connection.execute(held).tuples().all()) == {1: 600, 2: 2}


def test_concept_descriptions_are_kept_for_each_submitter(registry: Registry) -> None:
    first, second = concept("urn:cd", "Bolts"), concept("urn:cd", "Arros")

    assert take(registry, first, party=1).changes[CONCEPT, "urn:cd"] == "added"
    assert take(registry, second, party=2).changes[CONCEPT, "urn:cd"] == "added"
    assert take(registry, second, party=2).changes[CONCEPT, "urn:cd"] == "unchanged"


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_of_four_who_bring_the_same_ids_at_once_all_hold_them_and_one_is_served(registry: Registry) -> None:
    def bring(party: int) -> set[str]:
        return set(take(registry, *many(300), party=party).changes.values())

    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(bring, [1, 2, 3, 4]))

    assert outcomes == [{"added"}] * 4
    with registry.read() as connection:
        holders = connection.execute(select(document.c.holder)).scalars().all()
        served = connection.execute(select(document.c.holder).where(document.c.is_served)).scalars().all()
    assert len(holders) == 1200
    assert len(served) == 300
    assert len(set(served)) == 1


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_uploads_of_one_party_at_once_follow_each_other(registry: Registry) -> None:
    def bring(turn: int) -> set[str]:
        return set(take(registry, *many(100, idShort=f"T{turn}"), submission=turn).changes.values())

    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(bring, [1, 2, 3, 4]))

    assert sorted(map(sorted, outcomes)) == [["added"], ["changed"], ["changed"], ["changed"]]


def test_what_was_deleted_is_on_record_again(registry: Registry) -> None:
    taken = take(registry, submodel("urn:sm:1"))
    with registry.write(PLANT) as connection:
        number = taken.documents[SUBMODEL, "urn:sm:1"]
        versions.end_documents(connection, PLANT, [number], now=registry.clock())

    again = take(registry, submodel("urn:sm:1"))

    assert again.changes == {(SUBMODEL, "urn:sm:1"): "added"}
    assert again.documents == taken.documents


def test_lots_follow_from_shells_and_the_submodels_they_name(registry: Registry) -> None:
    bodies = [
        lot_shell(f"urn:aas:{number}", code=f"L{number}") | naming(f"urn:data:{number}")
        for number in range(3)
    ]
    data = [lot_data(f"urn:data:{number}") for number in range(3)]
    take(registry, *bodies, *data)

    changed = lot_data("urn:data:1", text("DeliveryNote", "DN-9"))
    taken = take(registry, changed, submission=2)

    assert [(facts.lot_code, facts.delivery_note) for _, facts in taken.lots] == [("L1", "DN-9")]
    assert taken.submodels_of_shell == {"urn:aas:1": ["urn:data:1"]}
    with registry.read() as connection:
        page = lots.list_lots(connection, Scope(PLANT), lots.LotFilter(), PageRequest(limit=9))
        said = lots.lot_submissions_about(connection, Scope(PLANT), [each.id for each in page])
    assert [each.code for each in page] == ["L0", "L1", "L2"]
    notes = [[one.delivery_note for one in said[each.id]] for each in page]
    assert notes == [[None], ["DN-9"], [None]]


def test_reads_nothing_back_that_it_has_just_stored(registry: Registry) -> None:
    with statements(registry) as sent:
        taken = take(registry, lot_shell("urn:aas", code="L1") | naming("urn:data"), lot_data("urn:data"))

    assert [facts.lot_code for _, facts in taken.lots] == ["L1"]
    assert not [each for each in sent if "document_version.body" in each]


def contents(*bodies: dict[str, Any]) -> list[NewContent]:
    return [
        NewContent(
            kind=each.kind,
            identifier=each.identifier,
            id_short=each.id_short,
            semantic_id=None,
            digest=each.digest(),
            body=each.canonical(),
            submodel_refs=["urn:data"] if each.kind is SHELL else (),
        )
        for each in map(entry, bodies)
    ]


def test_of_facts_that_the_caller_does_not_state_the_content_is_read(registry: Registry) -> None:
    bodies = [
        lot_shell("urn:aas", code="L1") | naming("urn:data"),
        lot_data("urn:data", text("Quantity", "7")),
    ]
    submitter = Submitter(site=PLANT, party=PartyId(1), submission=SubmissionId(1), at=registry.clock())
    with registry.write(PLANT) as connection:
        read = identifiables.take_stated(registry, connection, submitter, contents(*bodies), stated={})
    (_, facts) = read.lots[0]

    with registry.write(PLANT) as connection, statements(registry) as sent:
        stated = identifiables.take_stated(
            registry, connection, submitter, contents(*bodies), stated={"urn:aas": facts}
        )

    assert facts.quantity == 7
    assert stated.lots == read.lots
    assert not [each for each in sent if "document_version.body" in each]


def test_a_lot_of_many_shells_is_one_lot_spelled_as_first_named(registry: Registry) -> None:
    named = [("urn:1", "l 1"), ("urn:2", "L 1"), ("urn:3", "L  1")]

    taken = take(registry, *(lot_shell(identifier, code=code) for identifier, code in named))

    assert len({lot for lot, _ in taken.lots}) == 1
    with registry.read() as connection:
        found = lots.find_lot(connection, Scope(PLANT), taken.lots[0][0])
        said = lots.lot_submissions_about(connection, Scope(PLANT), [taken.lots[0][0]])
    assert found is not None
    assert found.code == "l 1"
    assert len(said[found.id]) == 3


def test_a_shell_of_another_party_keeps_what_it_says(registry: Registry) -> None:
    take(registry, lot_shell("urn:aas:2", code="L2") | naming("urn:sm:1"), party=2)

    taken = take(registry, lot_data("urn:sm:1", text("Quantity", "1")), party=1)

    assert taken.lots == []
    with registry.read() as connection:
        named = [("Bolt", "CAP-100N", "L2")]
        assert lot_names.find_lots_named(connection, Scope(PLANT, party=PartyId(2)), named).keys() == set(
            named
        )


ODD: list[Any] = [None, 0, True, 1.5, "", "x", [], [[]], {}, {"keys": 3}, [None, {"keys": [{"value": 1}]}]]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("kind", IdentifiableKind)
def test_takes_any_json_below_an_id(registry: Registry, kind: IdentifiableKind, odd: Any) -> None:
    names = ("idShort", "semanticId", "supplementalSemanticIds", "assetInformation", "submodels")
    members = dict.fromkeys((*names, "submodelElements", "administration"), odd)
    nested = {
        "modelType": "File", "value": odd,
        "assetInformation": {"specificAssetIds": odd, "defaultThumbnail": odd, "globalAssetId": odd},
        "submodels": [{"keys": odd}], "submodelElements": [{"modelType": "File", "value": odd}, odd],
    }  # fmt: skip
    part = StoredPart("/a.pdf", Sha256("0" * 64), "application/pdf", 1)
    first = {"modelType": kind.model_type, "id": "urn:1", **members}
    second = {"id": "urn:2", **nested, "modelType": kind.model_type}

    taken = take(registry, first, second, files=[part])

    assert set(taken.changes.values()) == {"added"}


def test_texts_that_no_column_takes_stay_in_the_body(registry: Registry) -> None:
    body = shell("urn:1") | naming("a\x00b") | {"idShort": "x\x00"}

    take(registry, body)

    with registry.read() as connection:
        found = documents.find_document(connection, Scope(PLANT), SHELL, "urn:1")
    assert found is not None
    assert b"x\\u0000" in found.body


def test_refuses_an_id_that_no_column_takes(registry: Registry) -> None:
    with pytest.raises(RefusedError):
        take(registry, submodel("urn:\x00"))


def test_tells_how_far_it_is(registry: Registry) -> None:
    told: list[tuple[str, int, int | None]] = []
    bodies = [*many(600), lot_shell("urn:aas", code="1")]

    take(registry, *bodies, progress=lambda *each: told.append(each))

    assert told == [
        ("recording", 0, None),
        ("recording", 500, None),
        ("recording", 601, None),
        ("deriving", 0, 1),
        ("deriving", 1, 1),
    ]


def paper(value: str, *others: Any) -> dict[str, Any]:
    file = {"modelType": "File", "idShort": "Paper", "contentType": "application/pdf", "value": value}
    return submodel("urn:sm:1", file, *others)


def file_named(registry: Registry, number: DocumentId, version: int, name: str) -> Any:
    with registry.read() as connection:
        return document_files.find_file(connection, PLANT, number, version, name)


@pytest.mark.parametrize("length", [10, 1500])
def test_a_file_survives_a_write_without_files(registry: Registry, length: int) -> None:
    name = "/aasx/files/" + "ä" * length + ".pdf"
    part = StoredPart(name, Sha256("a" * 64), "application/pdf", 1)
    number = take(registry, paper(name), files=[part]).documents[SUBMODEL, "urn:sm:1"]

    take(registry, paper(name, text("A")), submission=None)
    take(registry, paper(name, text("B")), submission=None)

    assert file_named(registry, number, 3, name) == (Sha256("a" * 64), "application/pdf")


def test_an_upload_carries_no_file_over(registry: Registry) -> None:
    part = StoredPart("/a.pdf", Sha256("a" * 64), "application/pdf", 1)
    number = take(registry, paper("/a.pdf"), files=[part]).documents[SUBMODEL, "urn:sm:1"]

    take(registry, paper("/a.pdf", text("A")), submission=2)

    assert file_named(registry, number, 1, "/a.pdf") is not None
    assert file_named(registry, number, 2, "/a.pdf") is None


def test_a_file_of_a_package_is_found_by_a_name_that_looks_the_same(registry: Registry) -> None:
    value, part = "/aasx/\u00e9.pdf", StoredPart("/aasx/e\u0301.pdf", Sha256("a" * 64), "application/pdf", 1)
    newer = StoredPart(part.name, Sha256("b" * 64), "application/pdf", 1)

    number = take(registry, paper(value), files=[part]).documents[SUBMODEL, "urn:sm:1"]
    take(registry, paper(value), submission=2, files=[newer])

    assert file_named(registry, number, 1, value) == (part.sha256, part.media_type)
    assert file_named(registry, number, 2, value) == (newer.sha256, newer.media_type)  # not the one of before


def test_two_files_of_names_that_look_the_same_are_not_confused(registry: Registry) -> None:
    value = "/aasx/\u00e9.pdf"
    parts = [
        StoredPart(f"/aasx/e\u0301{mark}.pdf", Sha256(digest * 64), "application/pdf", 1)
        for mark, digest in (("\u00ad", "a"), ("\u200b", "b"))
    ]

    number = take(registry, paper(value), files=parts).documents[SUBMODEL, "urn:sm:1"]

    assert file_named(registry, number, 1, value) is None


def test_lists_as_many_findings_as_the_limit_and_says_how_many_more(registry: Registry) -> None:
    most = registry.limits.listed_findings

    taken = take(registry, *[shell(f"urn:{number}", lotCode="0042") for number in range(most + 5)])

    assert len(taken.findings) == most + 1
    assert taken.findings[-1].message.startswith("At least 5 more")
