"""Cases of ../shared/cases about labels, lists, bodies and packages, as its README tells them."""

import io
from pathlib import Path

import pytest

pytestmark = pytest.mark.check


@pytest.fixture(scope="session")
def cases(corpus: Path) -> Path:
    """The folder of small cases beside the corpus."""
    return corpus.parent / "cases"


def read_label(asker, file: Path) -> dict:
    """Return the label that a scanner typed."""
    with file.open(encoding="utf-8", newline="") as stream:
        return asker.post("/trace/v1/reel-labels", json={"text": stream.read()}).get_json()["labels"][0]


def send(asker, address: str, file: Path):
    """Return the answer to a file."""
    return asker.post(address, data={"file": (io.BytesIO(file.read_bytes()), file.name)})


def test_c07_the_last_control_character_typed_as_a_letter(cases, administrator):
    label = read_label(administrator, cases / "c07-end-typed-as-letter.txt")

    assert [lot["code"] for lot in label["lots"]] == ["C07-A9"]
    assert label["quantity"] == "100"
    assert label["findings"]


def test_c07_day_zero_is_the_end_of_the_month(cases, administrator):
    label = read_label(administrator, cases / "c07-day-zero.txt")

    assert label["expiresOn"] == "2028-02-29"
    assert [each for each in label["findings"] if each["severity"] != "info"] == []


def test_c10_the_apostrophe_that_marks_text(cases, administrator):
    answer = send(administrator, "/trace/v1/spreadsheets", cases / "c10-apostrophe.csv")

    assert answer.status_code == 201
    lots = administrator.get("/trace/v1/lots?code=0042").get_json()["result"]
    assert [lot["code"] for lot in lots] == ["0042"]


def test_c10_a_row_that_a_comma_makes_too_long(cases, administrator):
    answer = send(administrator, "/trace/v1/spreadsheets", cases / "c10-row-too-long.csv")

    assert answer.status_code == 400
    (found,) = answer.get_json()["findings"]
    assert (found["code"], found["row"], found["column"]) == ("SPREADSHEET-ROW-TOO-LONG", 2, 5)
    assert administrator.get("/trace/v1/lots?code=C10-LOT").get_json()["result"] == []


def test_c12_messages_that_a_line_engineer_understands(cases, administrator):
    body = (cases / "c12-what-to-mend.json").read_bytes()

    answer = administrator.post("/trace/v1/events", data=body, content_type="application/json")

    serial, designator = answer.get_json()["result"]
    assert serial["message"].startswith("unit: expected a serial number in quotation marks")
    assert designator["message"] == 'designators[0]: expected a designator without blanks, such as "R17"'


def test_c12_a_packed_body(cases, administrator):
    answer = administrator.post(
        "/trace/v1/events",
        data=(cases / "c12-packed.json.gz").read_bytes(),
        content_type="application/json",
        headers={"Content-Encoding": "gzip"},
    )

    assert answer.status_code == 200
    assert {each["state"] for each in answer.get_json()["result"]} <= {"accepted", "pending", "corrected"}


def test_c12_a_body_packed_otherwise_is_refused_where_its_header_says_so(cases, administrator):
    answer = administrator.post(
        "/trace/v1/events",
        data=(cases / "c12-packed.json.gz").read_bytes(),
        content_type="application/json",
        headers={"Content-Encoding": "br"},
    )

    assert answer.status_code == 415
    (finding,) = answer.get_json()["findings"]
    assert finding["code"] == "BODY-ENCODING-UNSUPPORTED"
    assert finding["path"] == "Content-Encoding"


def test_c13_a_target_without_a_slash(cases, administrator):
    answer = send(administrator, "/trace/v1/uploads", cases / "c13-target-without-slash.aasx")

    assert answer.status_code == 201
    assert "AASX-PART-ODDLY-NAMED" in {each["code"] for each in answer.get_json()["findings"]}
