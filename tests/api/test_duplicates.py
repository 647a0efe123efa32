"""The same bytes again: unchanged where all that they brought is so still, else taken again."""

import io
import threading
from datetime import date

import pytest
from aas_samples import aasx, concept, environment, id64, lot_shell, shell, submodel, text
from certificate_samples import paper
from sqlalchemy import event

from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import PackageFile
from aas_registry.formats.package.aasx_writer import write_aasx
from aas_registry.formats.package.lot_package import LotCertificate, build_lot_package

LIST = "lot number;manufacturer;part number;quantity;reel id;delivery note\n"


def package(*documents, code="0042", shell_id="urn:lot:1"):
    facts = LotFacts(manufacturer="Bolt", mpn="CAP-100N-0603", lot_code=code, shell=shell_id)
    papers = [
        LotCertificate(
            file=PackageFile.of(f"/aasx/files/{number}.pdf", "application/pdf", content),
            number=f"C-{number}",
            document_type="Certificate of conformity",
            title="Certificate",
            issued_on=date(2026, 3, 4),
            covers=(facts,),
        )
        for number, content in enumerate(documents)
    ]
    return write_aasx(build_lot_package(facts, certificates=papers))


def send_list(asker, content, **query):
    form = {"file": (io.BytesIO(content.encode()), "list.csv")}
    return asker.post("/trace/v1/spreadsheets", data=form, query_string=query)


def found(asker, path):
    return asker.get(path).get_json()["result"]


def shelf(value):
    return environment(submodel("urn:notes", text("Shelf", value)), shell("urn:s"), concept("urn:c"))


def shelf_of(asker):
    return asker.get(f"/api/v3/submodels/{id64('urn:notes')}").get_json()["submodelElements"][0]["value"]


def changes_of(answer):
    kinds = ("shells", "submodels", "conceptDescriptions")
    return {each["id"]: each["change"] for kind in kinds for each in answer.get_json()[kind]}


def reels_of(asker, code):
    (lot,) = found(asker, f"/trace/v1/lots?code={code}")
    return sorted(each["package"] for each in found(asker, f"/trace/v1/lots/{lot['id']}/packages"))


@pytest.mark.parametrize("kind", ["shells", "submodels", "concept-descriptions"])
@pytest.mark.parametrize("dry_run", ["true", "false"])
def test_what_was_deleted_is_taken_again(bolt, kind, dry_run):
    content = shelf("A-1")
    first = bolt.upload(content).get_json()
    name = {"shells": "urn:s", "submodels": "urn:notes", "concept-descriptions": "urn:c"}[kind]
    assert bolt.delete(f"/api/v3/{kind}/{id64(name)}").status_code == 204

    again = bolt.upload(content, dryRun=dry_run)

    told = dict.fromkeys(("urn:s", "urn:notes", "urn:c"), "unchanged") | {name: "added"}
    assert changes_of(again) == told
    assert (again.get_json()["isNew"], again.get_json()["unchanged"]) == (True, False)
    is_there = bolt.get(f"/api/v3/{kind}/{id64(name)}").status_code == 200
    uploads = [each["id"] for each in found(bolt, "/trace/v1/uploads")]
    if dry_run == "true":
        assert (again.status_code, is_there, uploads) == (200, False, [first["id"]])
    else:
        assert (again.status_code, is_there) == (201, True)
        assert sorted(uploads) == sorted([first["id"], again.get_json()["id"]])


def test_what_another_file_changed_is_changed_back(bolt):
    first = bolt.upload(shelf("A-1"))
    bolt.upload(shelf("B-2"))

    third = bolt.upload(shelf("A-1"))
    fourth = bolt.upload(shelf("B-2"))
    fifth = bolt.upload(shelf("B-2"))

    assert [each.status_code for each in (first, third, fourth, fifth)] == [201, 201, 201, 200]
    assert changes_of(third) == {"urn:notes": "changed", "urn:s": "unchanged", "urn:c": "unchanged"}
    assert fifth.get_json() == fourth.get_json() | {"isNew": False, "unchanged": True}
    assert shelf_of(bolt) == "B-2"


def test_what_the_api_changed_is_changed_back(bolt):
    bolt.upload(shelf("A-1"))
    path = f"/api/v3/submodels/{id64('urn:notes')}/submodel-elements/Shelf"
    assert bolt.put(path, json=text("Shelf", "C-3")).status_code == 204

    assert bolt.upload(shelf("A-1")).status_code == 201

    assert shelf_of(bolt) == "A-1"


def test_what_was_changed_and_changed_back_by_others_is_unchanged(bolt):
    first = bolt.upload(shelf("A-1"))
    path = f"/api/v3/submodels/{id64('urn:notes')}/submodel-elements/Shelf"
    for value in ("C-3", "A-1"):
        bolt.put(path, json=text("Shelf", value))

    second, third = bolt.upload(shelf("A-1")), bolt.upload(shelf("A-1"))

    same = first.get_json() | {"isNew": False, "unchanged": True}
    assert (second.status_code, second.get_json()) == (200, same)
    assert third.get_json() == same
    assert len(found(bolt, f"/trace/v1/documents/submodel/{id64('urn:notes')}/versions")) == 3


def test_for_the_plant_and_on_behalf_of_a_supplier_each_has_its_own(bolt, quality):
    content = shelf("A-1")
    first = quality.upload(content, onBehalfOf="bolt")
    bolt.delete(f"/api/v3/submodels/{id64('urn:notes')}")

    assert quality.upload(content, onBehalfOf="bolt").status_code == 201
    assert bolt.upload(content).get_json()["unchanged"]

    assert first.status_code == 201
    assert shelf_of(bolt) == "A-1"


def test_papers_that_are_on_record_are_not_submitted_again(bolt):
    content = package(paper(), paper(more="second"))
    first = bolt.upload(content, "lot.aasx").get_json()
    bolt.delete(f"/api/v3/shells/{id64('urn:lot:1')}")

    again = bolt.upload(content, "lot.aasx")

    papers = again.get_json()["certificates"]
    assert again.status_code == 201
    assert [each["id"] for each in papers] == [each["id"] for each in first["certificates"]]
    assert {each["change"] for each in papers} == {"unchanged"}
    assert len(found(bolt, "/trace/v1/certificates")) == 2
    assert again.get_json()["certificatesToSee"] == first["certificatesToSee"] == {"unsigned": 2}
    assert found(bolt, "/trace/v1/lots?code=0042")


def test_files_that_another_package_took_the_place_of_are_taken_again(bolt):
    notes = [PackageFile.of("/aasx/note.txt", "text/plain", each) for each in (b"one", b"two")]
    first, second = (aasx(lot_shell("urn:lot:1", code="0042"), files=[each]) for each in notes)
    bolt.upload(first, "lot.aasx")
    bolt.upload(second, "lot.aasx")

    assert [bolt.upload(each, "lot.aasx").status_code for each in (second, first, first)] == [200, 201, 200]


def test_a_list_sent_as_v1_v2_v1_counts_as_v1(bolt):
    rows = ["L-1;Bolt;CAP;100;R-1;N-1\n", "L-1;Bolt;CAP;100;R-2;N-1\n", "L-1;Bolt;CAP;100;R-3;N-1\n"]
    v1, v2 = LIST + "".join(rows[:2]), LIST + "".join(rows)

    statuses = [send_list(bolt, each).status_code for each in (v1, v2)]
    dry = send_list(bolt, v1, dryRun="true").get_json()
    assert reels_of(bolt, "L-1") == ["R-1", "R-2", "R-3"]
    statuses += [send_list(bolt, each).status_code for each in (v1, v1)]

    assert (dry["isNew"], dry["spreadsheet"]["endedPackages"]) == (True, 1)
    assert statuses == [201, 201, 201, 200]
    assert reels_of(bolt, "L-1") == ["R-1", "R-2"]


def test_a_list_whose_reels_another_took_off_says_them_again(bolt):
    v1 = LIST + "L-1;Bolt;CAP;100;R-1;N-1\nL-1;Bolt;CAP;100;R-2;N-1\n"
    v2 = LIST + "L-1;Bolt;CAP;100;R-1;N-1\n"
    for each in (v1, v2, v1):
        assert send_list(bolt, each).status_code == 201

    assert reels_of(bolt, "L-1") == ["R-1", "R-2"]
    assert send_list(bolt, v1).get_json()["unchanged"]


def test_a_lot_whose_facts_another_list_changed_gets_them_back(bolt):
    v1, v2 = (LIST + f"L-1;Bolt;CAP;{each};;N-1\n" for each in (100, 200))
    for each in (v1, v2, v1):
        assert send_list(bolt, each).status_code == 201

    (lot,) = found(bolt, "/trace/v1/lots?code=L-1")
    (said,) = bolt.get(f"/trace/v1/lots/{lot['id']}").get_json()["submissions"]
    assert said["quantity"] == "100"


def test_two_at_once_of_what_was_deleted_store_one(bolt, registry, make_asker):
    content = shelf("A-1")
    bolt.upload(content)
    bolt.delete(f"/api/v3/submodels/{id64('urn:notes')}")
    askers = [make_asker("supplier", "bolt") for _ in range(4)]
    start, answers = threading.Barrier(len(askers)), []

    def send(asker):
        start.wait()
        answers.append(asker.upload(content))

    threads = [threading.Thread(target=send, args=(asker,)) for asker in askers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(each.status_code for each in answers) == [200, 200, 200, 201]
    assert len({each.get_json()["id"] for each in answers}) == 1


def test_what_is_unchanged_is_found_out_in_few_statements(bolt, registry):
    small, large = (
        environment(*(submodel(f"urn:{count}:{number}", text("Shelf", "A")) for number in range(count)))
        for count in (2, 1200)
    )

    def count_statements(content):
        bolt.upload(content)
        statements = []

        def note(_connection, _cursor, statement, *_more):
            statements.append(statement)

        event.listen(registry.engine, "before_cursor_execute", note)
        answer = bolt.upload(content)
        event.remove(registry.engine, "before_cursor_execute", note)
        assert answer.get_json()["unchanged"]
        return len(statements)

    assert count_statements(large) == count_statements(small)


def test_bytes_of_before_the_upgrade_are_compared_once_and_known_from_then_on(bolt, registry):
    content = shelf("A-1")
    first = bolt.upload(content).get_json()
    with registry.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE submission SET standing = NULL")

    assert bolt.upload(content).get_json() == first | {"isNew": False, "unchanged": True}

    with registry.engine.begin() as connection:
        (kept,) = connection.exec_driver_sql("SELECT standing FROM submission").scalars()
    assert kept is not None


def test_a_list_with_its_certificate_submits_it_once(bolt):
    content = (
        LIST.replace("delivery note", "delivery note;certificate file") + "L-1;Bolt;CAP;100;R-1;N-1;c.pdf\n"
    )

    def send():
        form = {
            "file": (io.BytesIO(content.encode()), "list.csv"),
            "attachment": (io.BytesIO(paper()), "c.pdf"),
        }
        return bolt.post("/trace/v1/spreadsheets", data=form)

    first = send().get_json()
    bolt.delete(f"/api/v3/shells/{id64(first['shells'][0]['id'])}")
    second, third = send(), send()

    assert [each.status_code for each in (second, third)] == [201, 200]
    assert second.get_json()["certificates"][0]["id"] == first["certificates"][0]["id"]
    assert len(found(bolt, "/trace/v1/certificates")) == 1


def test_what_arrives_in_pieces_is_taken_again_too(bolt):
    content = shelf("A-1")
    bolt.upload(content)
    bolt.delete(f"/api/v3/submodels/{id64('urn:notes')}")
    version = {"Tus-Resumable": "1.0.0"}
    begun = bolt.post(
        "/trace/v1/resumable-uploads",
        headers={**version, "Upload-Length": str(len(content)), "Upload-Metadata": "filename YS5qc29u"},
    )
    pieces = begun.headers["Location"]
    bolt.send(
        "PATCH",
        pieces,
        data=content,
        headers={**version, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
    )

    assert bolt.post(f"{pieces}/take").status_code == 201

    assert shelf_of(bolt) == "A-1"


def test_a_trial_of_what_is_on_record_says_that_nothing_would_change(bolt):
    listed, packed = f"{LIST}0042;Bolt;CAP-1;5;R-1;DN-1\n", package(paper(), code="0043")
    assert send_list(bolt, listed).get_json()["spreadsheet"]["addedLots"] == 1
    bolt.upload(packed)

    of_list = send_list(bolt, listed, dryRun="true")
    of_package = bolt.upload(packed, dryRun="true").get_json()

    assert (of_list.status_code, set(changes_of(of_list).values())) == (200, {"unchanged"})
    assert of_list.get_json()["spreadsheet"] == {
        "rows": 1, "lots": 1, "packages": 1, "newPackages": 0, "endedPackages": 0,
        "addedLots": 0, "changedLots": 0, "unchangedLots": 1,
    }  # fmt: skip
    assert {each["change"] for each in of_package["certificates"]} == {"unchanged"}
    assert {each["change"] for each in of_package["shells"]} == {"unchanged"}


def test_a_list_whose_shell_was_deleted_still_ends_packages_that_it_no_longer_names(bolt):
    send_list(bolt, f"{LIST}0042;Bolt;CAP-1;5;R-1;DN-1\n0042;Bolt;CAP-1;5;R-2;DN-1\n")
    (shell,) = found(bolt, "/api/v3/shells")
    bolt.delete(f"/api/v3/shells/{id64(shell['id'])}")

    again = send_list(bolt, f"{LIST}0042;Bolt;CAP-1;5;R-1;DN-1\n").get_json()

    assert (again["spreadsheet"]["addedLots"], again["spreadsheet"]["endedPackages"]) == (1, 1)
    assert reels_of(bolt, "0042") == ["R-1"]
