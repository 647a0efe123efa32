"""Pages of uploads: files through the form, their findings, the list, the receipt, an example."""

import io
import re
import zipfile

import pytest
from aas_samples import environment, lot_aasx, submodel
from certificate_samples import paper
from page_visitor import log_in, visit, words_of

from aas_registry.web.app import create_app

# What the pages ask of the database is tested on both by the tests of the API.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def supplier(app, registry, suppliers):
    return visit(app, registry, "supplier", "bolt")


def send(visitor, *files, **form):
    given = {"file": [(io.BytesIO(content), name) for name, content in files], **form}
    return visitor.send("/uploads", given)


def office_document(*parts):
    """Return an archive as programs for texts write it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for part in parts:
            archive.writestr(part, "<a/>")
    return content.getvalue()


def results_of(answer):
    return [
        (word, name)
        for word, name in re.findall(
            r'data-result>.*?<span>([^<]+)</span></span>\s*<span class="file-name">([^<]+)',
            answer.text,
            re.DOTALL,
        )
    ]


def test_an_upload_shows_what_was_taken_and_its_receipt(supplier):
    answer = send(supplier, ("lot.aasx", lot_aasx()))

    assert answer.status_code == 200
    assert results_of(answer) == [("taken", "lot.aasx")]
    receipt = supplier.get(re.search(r'href="(/uploads/[^"]+)"', answer.text)[1])
    assert "0042" in words_of(receipt)
    original = re.search(r'href="([^"]+/original)"', receipt.text)[1]
    assert supplier.get(original).data == lot_aasx()


def test_a_receipt_says_where_it_lists_the_first_only(make_registry, suppliers):
    registry = make_registry(receipt_entries=2)
    supplier = visit(create_app(registry), registry, "supplier", "bolt")
    send(supplier, ("a.json", environment(*(submodel(f"urn:sm:{number}") for number in range(5)))))
    uploads = supplier.get("/uploads")

    receipt = supplier.get(re.search(r'href="(/uploads/[^"]+)"', uploads.text)[1])

    assert "Submodels 5 urn:sm:0 new urn:sm:1 new The first 2 are shown." in words_of(receipt)
    assert "urn:sm:2" not in receipt.text


def test_the_same_file_again_is_known_already(supplier):
    send(supplier, ("lot.aasx", lot_aasx()))

    assert results_of(send(supplier, ("lot.aasx", lot_aasx()))) == [("unchanged", "lot.aasx")]


def test_a_dry_run_keeps_nothing(supplier):
    answer = send(supplier, ("lot.aasx", lot_aasx()), dryRun="true")

    assert results_of(answer) == [("checked only", "lot.aasx")]
    assert "Nothing was uploaded yet" in words_of(supplier.get("/uploads"))


def test_each_of_several_files_stands_for_itself(supplier):
    answer = send(
        supplier,
        ("a.aasx", lot_aasx("0042")),
        ("bad.aasx", b"PK\x03\x04 no archive"),
        ("b.aasx", lot_aasx("0043")),
    )

    assert answer.status_code == 400
    assert results_of(answer) == [("taken", "a.aasx"), ("refused", "bad.aasx"), ("taken", "b.aasx")]
    assert "ZIP-INVALID" in words_of(answer)


def test_findings_name_severity_code_message_and_place(supplier):
    body = b'{"submodels": [{"modelType": "Submodel", "id": "urn:a", "idShort": "1bad"}]}'

    answer = send(supplier, ("bad.json", body))

    [row] = re.findall(r"<tr>\s*<td data-title=\"Severity\">.*?</tr>", answer.text, re.DOTALL)
    assert re.search(r"badge-error.*?<span>error</span>", row, re.DOTALL)
    assert "AAS-CONSTRAINT" in row
    assert "submodels[0]" in row


def test_a_file_name_is_shown_as_text(supplier):
    answer = send(supplier, ("<img src=x onerror=alert(1)>.aasx", lot_aasx()))

    assert "<img src=x" not in answer.text
    assert "&lt;img src=x" in answer.text


def test_sending_no_file_is_told(supplier):
    assert supplier.send("/uploads").status_code == 400


def test_an_upload_needs_the_token_of_a_form(suppliers, app, registry):
    supplier = log_in(app, registry, "supplier", "bolt")
    form = {"file": (io.BytesIO(lot_aasx()), "lot.aasx")}

    assert supplier.send("/uploads", form, token="made up").status_code == 400

    assert "Nothing was uploaded yet" in words_of(supplier.get("/uploads"))
    assert results_of(send(supplier, ("lot.aasx", lot_aasx()))) == [("taken", "lot.aasx")]


def test_a_supplier_is_not_asked_on_whose_behalf(supplier, app, registry):
    assert "onBehalfOf" not in supplier.get("/uploads").text
    assert 'value="bolt"' in visit(app, registry, "quality").get("/uploads").text


def test_the_plant_uploads_on_behalf_of_a_supplier(supplier, app, registry):
    quinn = visit(app, registry, "quality")

    send(quinn, ("lot.aasx", lot_aasx()), onBehalfOf="bolt")

    assert "lot.aasx" in words_of(supplier.get("/uploads"))


def test_an_auditor_sees_the_list_and_no_form(supplier, app, registry):
    send(supplier, ("lot.aasx", lot_aasx()))
    auditor = visit(app, registry, "auditor")

    page = auditor.get("/uploads")

    assert "lot.aasx" in words_of(page)
    assert 'type="file"' not in page.text
    assert auditor.send("/uploads").status_code == 403


def test_another_supplier_finds_no_such_upload(supplier, app, registry):
    address = re.search(r'href="(/uploads/[^"]+)"', send(supplier, ("lot.aasx", lot_aasx())).text)[1]
    other = visit(app, registry, "supplier", "arro")

    assert other.get(address).status_code == 404
    assert "lot.aasx" not in other.get("/uploads").text


def test_a_body_over_the_limit_is_refused_on_a_page(make_registry, suppliers):
    from aas_registry.web.app import create_app

    small = make_registry(upload_bytes=20_000)
    visitor = visit(create_app(small), small, "supplier", "bolt")

    answer = send(visitor, ("big.json", b" " * 30_000))

    assert answer.status_code == 413
    assert "data-result" in answer.text


def test_the_example_can_be_uploaded_as_it_is(supplier):
    example = supplier.get("/example.aasx")

    assert "attachment" in example.headers["Content-Disposition"]
    answer = send(supplier, ("example.aasx", example.data))
    assert results_of(answer) == [("taken", "example.aasx")]
    assert "1 certificate: needs review" in words_of(answer)


def test_a_receipt_shows_a_certificate_that_needs_review_until_a_person_decided(supplier, app, registry):
    answer = send(supplier, ("example.aasx", supplier.get("/example.aasx").data))

    link = re.search(r'class="to-see" href="(/certificates/[^"]+)"', answer.text)[1]
    receipt = re.search(r'href="(/uploads/[^"]+)"', answer.text)[1]
    for page in (answer, supplier.get(receipt), supplier.get("/uploads")):
        assert "1 certificate: needs review" in words_of(page)
        assert "nothing to report" not in page.text
    assert "badge-passed" not in supplier.get("/uploads").text

    quality = visit(app, registry, "quality")
    assert quality.send(f"{link}/acceptance", {"accepted": "yes", "reason": "seen"}).status_code == 303

    assert "nothing to report" in words_of(supplier.get(receipt))
    assert "needs review" not in words_of(supplier.get("/uploads"))


@pytest.mark.parametrize(
    ("name", "content", "said", "link"),
    [
        ("c.pdf", paper(), "A PDF alone does not say which lot", "/lots"),
        ("reel.jpg", b"\xff\xd8\xff\xe0 a picture", "A picture is taken inside a package", "/search"),
        ("reel.heic", b"\x00\x00\x00\x18ftypheic", "A picture is taken inside a package", "/search"),
        ("letter.docx", office_document("word/document.xml"), "Save a certificate as PDF", "/lots"),
        ("letter.odt", office_document("mimetype", "content.xml"), "Save a certificate as PDF", "/lots"),
        ("Letter.DOCX", office_document("word/document.xml")[:-9], "Save a certificate as PDF", "/lots"),
        ("slides.pptx", b"PK\x03\x04 cut off", "Save a certificate as PDF", "/lots"),
        ("letter.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Save a certificate as PDF", "/lots"),
        ("a.bin", b"\x00\x01\x02\x03", "any other file goes into a package", "/example.aasx"),
    ],
)
def test_a_file_that_is_taken_elsewhere_is_told_where(supplier, name, content, said, link):
    answer = send(supplier, (name, content))

    assert answer.status_code == 400
    assert said in words_of(answer)
    told = re.search(r"data-what-to-do>(.*?)</p>", answer.text, re.DOTALL)[1]
    address = re.search(rf'href="({link})"', told)[1]
    assert supplier.get(address).status_code == 200
