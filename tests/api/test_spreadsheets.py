"""Lists of lots over HTTP: taken whole or not at all, every error by row and column."""

import io
import json
import zipfile

import pytest
from aas_content import make_rels, make_zip
from aas_samples import environment, lot_shell
from openpyxl import load_workbook

from aas_registry.domain.identifiers import Site
from aas_registry.domain.principals import Principal, Role
from aas_registry.domain.search import HitKind
from aas_registry.formats.lists.writer import write_list_csv, write_list_xlsx
from aas_registry.services import example_lists, search
from aas_registry.storage import parties as party_table

ADDRESS = "/trace/v1/spreadsheets"


def row(**cells):
    return {"manufacturer": "Bolt Components GmbH", "mpn": "CAP-1", "lot_code": "0042", **cells}


def send(asker, content, *attachments, name="list.xlsx", address=ADDRESS, **query):
    form = {"file": (io.BytesIO(content), name)}
    if attachments:
        form["attachment"] = [(io.BytesIO(each), title) for title, each in attachments]
    return asker.post(address, data=form, query_string=query)


def codes(answer):
    return [(each["code"], each.get("row"), each.get("column")) for each in answer.get_json()["findings"]]


@pytest.fixture
def lot(bolt):
    """A list of one lot on two reels, taken; the lot's id."""
    rows = [row(package="R1", package_quantity="4000"), row(package="R2", package_quantity="3500")]
    answer = send(bolt, write_list_xlsx(rows))
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()["lots"][0]["id"]


def test_a_list_becomes_lots_with_leading_zeros_and_reels(bolt, lot):
    shown = bolt.get(f"/trace/v1/lots/{lot}").get_json()
    packages = bolt.get(f"/trace/v1/lots/{lot}/packages").get_json()["result"]

    assert shown["code"] == "0042"
    assert shown["submissions"][0]["quantity"] == "7500"
    assert [(each["package"], each["quantity"], each["party"]) for each in packages] == [
        ("R1", "4000", "bolt"),
        ("R2", "3500", "bolt"),
    ]


def test_the_shell_of_a_lot_is_served_by_the_aas_api(bolt, lot):
    found = bolt.get("/api/v3/shells").get_json()["result"]

    assert len(found) == 1
    assert {"name": "lotCode", "value": "0042"} in found[0]["assetInformation"]["specificAssetIds"]
    assert len(found[0]["submodels"]) == 2


def test_a_list_stands_among_the_uploads_with_its_very_bytes(bolt):
    content = write_list_csv([row()])
    upload = send(bolt, content, name="list.csv").get_json()["id"]

    listed = bolt.get("/trace/v1/uploads").get_json()["result"]
    original = bolt.get(f"/trace/v1/uploads/{upload}/original")

    assert [each["id"] for each in listed] == [upload]
    assert original.data == content


def test_a_list_with_its_certificate_stands_among_the_uploads_too(bolt):
    content, paper = example_lists.example_list(), example_lists.example_certificate()
    first = send(bolt, content, ("c.pdf", paper)).get_json()

    assert bolt.get(f"/trace/v1/uploads/{first['id']}").get_json()["spreadsheet"]["rows"] == 30
    assert [each["id"] for each in bolt.get("/trace/v1/uploads").get_json()["result"]] == [first["id"]]


def test_the_same_list_is_taken_once(bolt):
    content = write_list_xlsx([row()])
    first = send(bolt, content)

    again = send(bolt, content)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json()["id"] == first.get_json()["id"]


def test_a_changed_list_changes_what_it_changed(bolt, lot):
    rows = [row(package="R1", package_quantity="4000"), row(package="R3", package_quantity="10")]
    rows.append(row(lot_code="0043"))

    counts = send(bolt, write_list_xlsx(rows)).get_json()["spreadsheet"]
    packages = bolt.get(f"/trace/v1/lots/{lot}/packages").get_json()["result"]

    assert (counts["addedLots"], counts["changedLots"], counts["unchangedLots"]) == (1, 1, 0)
    assert counts["newPackages"] == 1
    assert [each["package"] for each in packages] == ["R1", "R3"]


def test_reels_of_another_delivery_stay(bolt, lot):
    send(bolt, write_list_xlsx([row(package="R9", delivery_note="DN-2")]))

    packages = bolt.get(f"/trace/v1/lots/{lot}/packages").get_json()["result"]

    assert [each["package"] for each in packages] == ["R1", "R2", "R9"]


def test_packages_are_paged(bolt, lot):
    first = bolt.get(f"/trace/v1/lots/{lot}/packages?limit=1").get_json()
    cursor = first["paging_metadata"]["cursor"]

    second = bolt.get(
        f"/trace/v1/lots/{lot}/packages", query_string={"limit": 1, "cursor": cursor}
    ).get_json()

    assert [each["package"] for each in (*first["result"], *second["result"])] == ["R1", "R2"]
    assert "cursor" not in second["paging_metadata"]


def test_the_reels_of_a_lot_are_seen_by_their_party_and_the_plant_only(arro, quality, lot):
    send(arro, write_list_xlsx([row(package="A1")]))

    assert arro.get(f"/trace/v1/lots/{lot}/packages").get_json()["result"][0]["package"] == "A1"
    assert len(arro.get(f"/trace/v1/lots/{lot}/packages").get_json()["result"]) == 1
    assert len(quality.get(f"/trace/v1/lots/{lot}/packages").get_json()["result"]) == 3


def test_two_parties_name_one_lot_by_shells_of_their_own(bolt, arro, quality, lot):
    answer = send(arro, write_list_xlsx([row()]))

    assert answer.status_code == 201
    assert answer.get_json()["lots"][0]["id"] == lot
    assert len(quality.get("/api/v3/shells").get_json()["result"]) == 2


def test_ten_lots_with_one_certificate_are_one_drop(bolt):
    answer = send(
        bolt, example_lists.example_list(), ("coc.pdf", example_lists.example_certificate())
    ).get_json()

    certificate = bolt.get(f"/trace/v1/certificates/{answer['certificates'][0]['id']}").get_json()

    assert answer["findings"] == []
    assert (len(answer["lots"]), answer["spreadsheet"]["packages"]) == (10, 30)
    assert answer["certificates"][0]["matches"] == "passed"
    assert len(certificate["lots"]) == 10
    assert (certificate["number"], certificate["issuedOn"]) == ("EX-C-55020", "2026-03-02")


def test_the_example_with_errors_has_exactly_five_of_five_kinds(bolt):
    refused = send(bolt, example_lists.example_with_errors())

    assert refused.status_code == 400
    assert sorted(codes(refused), key=lambda each: each[1]) == [
        ("SPREADSHEET-CODE-ALTERED", 3, 3),
        ("SPREADSHEET-CELL-MISSING", 5, 1),
        ("SPREADSHEET-QUANTITY-INVALID", 6, 5),
        ("SPREADSHEET-COUNTRY-UNKNOWN", 9, 11),
        ("SPREADSHEET-DATE-INVALID", 12, 12),
    ]
    assert refused.get_json()["findings"][0]["value"] == "811"
    assert bolt.get("/trace/v1/lots").get_json()["result"] == []
    assert bolt.get("/trace/v1/uploads").get_json()["result"] == []


def test_the_example_with_errors_is_taken_once_it_is_mended(bolt):
    workbook = load_workbook(io.BytesIO(example_lists.example_with_errors()))
    right = {(3, 3): "00811", (5, 1): "Bolt Components GmbH", (6, 5): "15000", (9, 11): "GB"}
    for (row, column), value in {**right, (12, 12): "2026-02-20"}.items():
        workbook["Lots"].cell(row, column).value = value
    mended = io.BytesIO()
    workbook.save(mended)

    answer = send(bolt, mended.getvalue())

    assert answer.status_code == 201
    assert answer.get_json()["findings"] == []
    assert answer.get_json()["spreadsheet"]["lots"] == 12


def test_a_list_comes_back_with_a_column_of_errors(bolt):
    answer = send(bolt, example_lists.example_with_errors(), answer="file")

    sheet = load_workbook(io.BytesIO(answer.data))["Lots"]
    told = {place: sheet.cell(place, sheet.max_column).value for place in range(1, sheet.max_row + 1)}

    assert answer.headers["Content-Disposition"].endswith("list-errors.xlsx")
    assert told.pop(1) == "Errors"
    assert sorted(place for place, text in told.items() if text) == [3, 5, 6, 9, 12]
    assert "SPREADSHEET-COUNTRY-UNKNOWN" in told[9]
    assert sheet.cell(9, 11).fill.fgColor.rgb == "FFF8B4B4"
    assert sheet.cell(2, 3).value == "00810"
    assert bolt.get("/trace/v1/uploads").get_json()["result"] == []


@pytest.mark.parametrize(
    ("told", "given"),
    [
        ('filename="\u30ea\u30b9\u30c8.csv"', "filename*=UTF-8''%E3%83%AA%E3%82%B9%E3%83%88-errors.csv"),
        ("filename*=UTF-8''a%0Ab.csv", "filename=ab-errors.csv"),
        ("filename*=UTF-8''a%22%E2%80%AEb.csv", r'filename="a\"b-errors.csv"'),
    ],
)
def test_whatever_the_list_is_called_it_comes_back_with_its_errors(bolt, told, given):
    body = f"--x\r\nContent-Disposition: form-data; name=file; {told}\r\n\r\nMPN\nCAP-1\n\r\n--x--\r\n"

    answer = bolt.post(
        ADDRESS,
        data=body.encode(),
        content_type="multipart/form-data; boundary=x",
        query_string={"answer": "file"},
    )

    assert answer.status_code == 200
    assert given in answer.headers["Content-Disposition"]
    assert all(value.isascii() and value.isprintable() for _, value in answer.headers)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.xlsx", example_lists.example_with_errors()),
        ("list.csv", 'Lot code;MPN;Manufacturer;Menge\n1;"P";Bolt;-5\n2;Q;Bolt;5\n'.encode("utf-16")),
    ],
)
def test_a_list_that_came_back_is_read_and_given_back_again_with_the_same_errors(bolt, name, content):
    marked = send(bolt, content, name=name, answer="file").data

    assert sorted(codes(send(bolt, marked, name=name))) == sorted(codes(send(bolt, content, name=name)))
    again = send(bolt, marked, name=name, answer="file").data
    if name.endswith(".csv"):
        assert again == marked
    else:
        assert sheet_values(again) == sheet_values(marked)


def sheet_values(content):
    return list(load_workbook(io.BytesIO(content))["Lots"].iter_rows(values_only=True))


def test_a_list_that_cannot_be_given_back_leaves_nothing(bolt, tmp_path):
    with zipfile.ZipFile(io.BytesIO(example_lists.example_with_errors())) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content["xl/worksheets/sheet2.xml"] = b"<worksheet><sheetData>"
    before = {path for path in tmp_path.rglob("*") if path.is_file()}

    refused = send(bolt, make_zip(content), answer="file")

    assert (refused.status_code, codes(refused)[0][0]) == (400, "XML-INVALID")
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_csv_comes_back_as_csv_with_nothing_that_is_a_formula(bolt):
    content = b'MPN;Lot code;Manufacturer;Menge\n=1+1;@x;"Bolt";-5\n'

    answer = send(bolt, content, name="a.csv", answer="file")

    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "MPN;Lot code;Manufacturer;Menge;Errors"
    assert lines[1].startswith("'=1+1;'@x;\"Bolt\";-5;")
    assert "SPREADSHEET-QUANTITY-INVALID" in lines[1]


def test_a_dry_run_keeps_nothing(bolt):
    answer = send(bolt, write_list_xlsx([row(package="R1")]), dryRun="true")

    assert answer.status_code == 200
    assert (answer.get_json()["id"], answer.get_json()["lots"][0]["id"]) == (None, None)
    assert bolt.get("/trace/v1/lots").get_json()["result"] == []


def test_a_file_that_is_no_certificate_refuses_the_list(bolt):
    refused = send(bolt, write_list_xlsx([row()]), ("note.pdf", b"no PDF at all"))

    assert refused.status_code == 400
    assert codes(refused)[0][0] == "CERTIFICATE-TYPE-UNKNOWN"
    assert bolt.get("/trace/v1/lots").get_json()["result"] == []


def test_several_certificates_cover_the_lots_whose_rows_name_them(bolt):
    paper = example_lists.example_certificate()
    rows = [
        row(certificate_file="A.pdf"),
        row(lot_code="0043", certificate_file="b.PDF"),
        row(lot_code="0044"),
    ]

    answer = send(bolt, write_list_xlsx(rows), ("a.pdf", paper), ("b.pdf", paper + b"\n"))

    assert [(each["part"], each["lots"]) for each in answer.get_json()["certificates"]] == [
        ("a.pdf", 1),
        ("b.pdf", 1),
    ]


def test_a_named_certificate_that_was_not_sent_and_a_sent_one_that_no_row_names_are_errors(bolt):
    paper = example_lists.example_certificate()

    refused = send(bolt, write_list_xlsx([row(certificate_file="a.pdf")]), ("b.pdf", paper))

    assert {each[0] for each in codes(refused)} == {
        "SPREADSHEET-CERTIFICATE-MISSING",
        "SPREADSHEET-CERTIFICATE-UNUSED",
    }


def test_uploads_take_a_list_too(bolt):
    answer = send(bolt, write_list_csv([row()]), name="lots.csv", address="/trace/v1/uploads")

    assert answer.status_code == 201
    assert answer.get_json()["spreadsheet"]["lots"] == 1


def test_a_supplier_sends_for_itself_only(bolt, arro):
    assert send(bolt, write_list_xlsx([row()]), onBehalfOf="arro").status_code == 403


OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
BINARY = make_zip(
    {"_rels/.rels": make_rels([(OFFICE, "/xl/workbook.bin")]), "xl/workbook.bin": b"\x83\x01\x00"}
)


def open_document():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old.xls"),
        (BINARY, "list.xlsb"),
        (BINARY, "list.xlsx"),
        (open_document(), "list.ods"),
        (open_document(), "list.xlsx"),
    ],
)
@pytest.mark.parametrize(
    ("address", "query"), [("/trace/v1/uploads", {}), (ADDRESS, {}), (ADDRESS, {"answer": "file"})]
)
def test_what_is_no_spreadsheet_is_refused_with_its_reason(bolt, content, name, address, query):
    refused = send(bolt, content, name=name, address=address, **query)

    assert refused.status_code == 400
    assert codes(refused) == [("SPREADSHEET-TYPE", None, None)]


@pytest.mark.parametrize("name", ["list.csv", "list.txt"])
@pytest.mark.parametrize("address", ["/trace/v1/uploads", ADDRESS])
def test_a_csv_that_begins_with_pk_is_one(bolt, name, address):
    content = b"PKG no;Manufacturer;Manufacturer part number;Lot code\r\n1;Bolt;CAP-1;0042\r\n"

    answer = send(bolt, content, name=name, address=address)

    assert answer.status_code == 201, answer.get_json()
    assert answer.get_json()["lots"][0]["code"] == "0042"


@pytest.mark.parametrize(
    "name", ["template.xlsx", "template.csv", "example.xlsx", "example-with-errors.xlsx"]
)
def test_templates_and_examples_are_public(app, name):
    answer = app.test_client().get(f"{ADDRESS}/{name}")

    assert answer.status_code == 200
    assert answer.data[:3] in (b"PK\x03", b"\xef\xbb\xbf")


def test_the_empty_template_is_refused_for_having_no_row(bolt):
    refused = send(bolt, bolt.get(f"{ADDRESS}/template.xlsx").data)

    assert [each[0] for each in codes(refused)] == ["SPREADSHEET-NO-ROWS"]


def test_a_reel_of_a_list_is_found_by_its_party_and_the_plant_only(registry, bolt, arro, lot):
    site = Site(registry.settings.site)
    with registry.read() as connection:
        parties = {code: party_table.find_party(connection, site, code).id for code in ("bolt", "arro")}

    def found(role, party=None):
        asking = Principal(name="x", role=role, site=site, party=party)
        groups = search.search(registry, asking, "r2").groups
        return [(group.kind, hit.title, hit.id) for group in groups for hit in group.hits]

    hit = [(HitKind.PACKAGE, "R2", lot)]
    assert found(Role.SUPPLIER, parties["bolt"]) == hit
    assert found(Role.SUPPLIER, parties["arro"]) == []
    assert found(Role.QUALITY) == hit
    assert found(Role.CUSTOMER_AUDITOR, parties["arro"]) == []


def test_nobody_can_take_the_shells_of_a_list_that_another_will_send(bolt, arro, lot):
    shell = bolt.get("/api/v3/shells").get_json()["result"][0]["id"]

    before = bolt.get("/api/v3/shells").get_json()["result"]
    assert arro.upload(environment(lot_shell(shell, code="0042"))).status_code == 201
    assert send(arro, write_list_xlsx([row()])).status_code == 201

    assert bolt.get("/api/v3/shells").get_json()["result"] == before


def test_two_lots_whose_names_read_alike_are_on_one_certificate(bolt):
    rows = [row(mpn="A B", lot_code="C1"), row(mpn="A", lot_code="B C1")]

    answer = send(bolt, write_list_xlsx(rows), ("a.pdf", example_lists.example_certificate()))

    assert answer.status_code == 201
    assert answer.get_json()["certificates"][0]["lots"] == 2


def test_progress_is_told_in_lines(bolt):
    form = {"file": (io.BytesIO(write_list_csv([row()])), "a.csv")}

    answer = bolt.post(ADDRESS, data=form, headers={"Accept": "application/x-ndjson"})

    lines = [json.loads(line) for line in answer.data.splitlines()]
    assert {"receiving", "reading", "packages"} <= {each.get("phase") for each in lines}
    assert lines[-1]["status"] == 201


def test_no_file_is_left_behind_by_a_refusal(registry, bolt):
    before = set(registry.settings.data_dir.rglob("files/*/*"))

    send(bolt, example_lists.example_with_errors())
    send(bolt, example_lists.example_list(), ("a.pdf", b"%PDF- but not really"), dryRun="true")

    assert set(registry.settings.data_dir.rglob("files/*/*")) == before
