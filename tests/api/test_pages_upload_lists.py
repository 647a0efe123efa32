"""The upload form beyond single packages: lists with documents, marked lists, lines of progress, pieces."""

import io
import json
import re

import pytest
from aas_samples import lot_aasx
from page_visitor import visit, words_of
from python_calamine import CalamineWorkbook

from aas_registry.services import example_lists

# What the pages ask of the database is tested on both by the tests of the API.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

LINES = {"Accept": "application/x-ndjson"}
TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture
def supplier(app, registry, suppliers):
    return visit(app, registry, "supplier", "bolt")


def form(*files, **fields):
    return {"file": [(io.BytesIO(content), name) for name, content in files], **fields}


def lines_of(answer):
    return [json.loads(line) for line in answer.get_data().splitlines()]


def test_a_list_takes_the_certificate_that_is_dropped_with_it(supplier):
    files = [("ten.xlsx", example_lists.example_list()), ("coc.pdf", example_lists.example_certificate())]

    answer = supplier.send("/uploads", form(*files))

    assert answer.status_code == 200
    assert answer.text.count("<article") == 1
    words = words_of(answer)
    assert "30 rows" in words
    assert "10 lots" in words
    assert "30 reels" in words
    certificate = re.search(r'href="/certificates/([^"]+)"', answer.text)[1]
    assert "EX-C-55020" in supplier.get(f"/certificates/{certificate}").text


def test_the_page_of_a_lot_lists_its_reels_with_labels_to_print(supplier):
    answer = supplier.send("/uploads", form(("ten.xlsx", example_lists.example_list())))

    page = supplier.get(re.search(r'href="(/lots/[^"]+)"', answer.text)[1])

    labels = re.findall(r'href="([^"]+/label\?format=svg&amp;package=EXR[^"]+)"', page.text)
    assert len(labels) == 3
    assert supplier.get(labels[0].replace("&amp;", "&")).mimetype == "image/svg+xml"


def test_a_list_with_errors_is_refused_by_row_and_given_back_marked(supplier):
    sent = ("errors.xlsx", example_lists.example_with_errors())

    refused = supplier.send("/uploads", form(sent))
    marked = supplier.send("/uploads/marked", form(sent))

    assert refused.status_code == 400
    assert len(re.findall(r"badge-error", refused.text)) == 5
    assert "errors - errors.xlsx" in marked.headers["Content-Disposition"]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(marked.data)).get_sheet_by_index(0).to_python()
    assert sum(bool(row[-1]) for row in rows[1:]) == 5
    assert "Nothing was uploaded yet" in words_of(supplier.get("/uploads"))


def test_a_marked_list_may_have_any_name(supplier):
    body = b"--x\r\nContent-Disposition: form-data; name=file; filename*=UTF-8''a%0Ab.csv\r\n\r\nMPN\nC\n\r\n--x--"

    marked = supplier.client.post(
        "/uploads/marked",
        data=body,
        headers=supplier.headers,
        content_type="multipart/form-data; boundary=x",
    )

    assert marked.status_code == 200
    assert marked.headers["Content-Disposition"] == 'attachment; filename="ab - errors.csv"'


def test_only_a_list_can_be_marked(supplier):
    assert supplier.send("/uploads/marked", form(("lot.aasx", lot_aasx()))).status_code == 400


def test_lines_tell_the_progress_and_at_last_the_result(supplier):
    answer = supplier.get("/uploads")  # the session's own page first, as a browser does
    answer = supplier.client.post(
        "/uploads", data=form(("lot.aasx", lot_aasx())), headers={**supplier.headers, **LINES}
    )

    *before, last = lines_of(answer)
    assert {line["phase"] for line in before} >= {"storing"}
    assert last["status"] == 200
    assert "data-result" in last["html"]


def test_a_refusal_is_the_last_line_too(supplier):
    answer = supplier.client.post(
        "/uploads", data=form(("bad.aasx", b"PK\x03\x04 no archive")), headers={**supplier.headers, **LINES}
    )

    last = lines_of(answer)[-1]
    assert last["status"] == 400
    assert "ZIP-INVALID" in last["html"]


def test_a_file_that_came_in_pieces_is_taken_by_the_form(supplier):
    content = lot_aasx()
    begun = supplier.client.post(
        "/trace/v1/resumable-uploads",
        headers={
            **supplier.headers,
            **TUS,
            "Upload-Length": str(len(content)),
            "Upload-Metadata": "filename bG90LmFhc3g=",
        },
    )
    supplier.client.patch(
        begun.headers["Location"],
        data=content,
        headers={**supplier.headers, **TUS, "Upload-Offset": "0"},
        content_type="application/offset+octet-stream",
    )

    answer = supplier.send("/uploads/resumed/" + begun.headers["Location"].rpartition("/")[2])

    assert answer.status_code == 200
    assert "lot.aasx" in words_of(answer)
    assert supplier.send("/uploads/resumed/none").status_code == 404


def test_the_picture_of_a_label_finds_its_lot(supplier, app, registry):
    lot = supplier.send("/uploads", form(("ten.xlsx", example_lists.example_list())))
    address = re.search(r'href="(/lots/([^"]+))"', lot.text)
    picture = supplier.get(f"/trace/v1/lots/{address[2]}/label?format=png").data

    page = supplier.send("/search/picture", {"picture": (io.BytesIO(picture), "label.png")})

    assert page.status_code == 200
    assert f'href="{address[1]}"' in page.text
    assert "manufacturer part number" in words_of(page)


def test_a_picture_without_a_label_is_told(supplier):
    assert supplier.send("/search/picture").status_code == 400
    page = supplier.send("/search/picture", {"picture": (io.BytesIO(b"GIF89a"), "a.gif")})
    assert page.status_code == 400
    assert "LABEL-PICTURE-TYPE" in words_of(page)


def test_lots_are_exported_from_the_list_and_a_supplier_exports_its_own(supplier, app, registry):
    supplier.send("/uploads", form(("lot.aasx", lot_aasx())))
    page = supplier.get("/lots")
    lot = re.search(r'name="lot" value="([^"]+)"', page.text)[1]

    assert supplier.get(f"/trace/v1/exports?lot={lot}&format=aasx").data.startswith(b"PK")
    assert re.findall(r'<option value="(\w+)">', page.text).count("bolt") == 1
    assert 'value="arro"' not in page.text
    assert 'value="arro"' in visit(app, registry, "quality").get("/lots").text
