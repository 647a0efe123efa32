"""Reel labels over HTTP: one scan or photograph finds the lot, its reel and its certificates."""

import io

import pytest
from aas_samples import environment, lot_aasx, lot_shell
from certificate_samples import paper
from label_samples import fields_of
from page_visitor import visit
from plant_samples import events
from sqlalchemy import event

from aas_registry.formats.labels.picture import read_picture
from aas_registry.formats.labels.reel_label_writer import Symbology, write_message, write_picture
from aas_registry.settings import Settings

LABELS = "/trace/v1/reel-labels"
DATA = [
    ("P", "4711"),
    ("1P", "CAP-100N-0603"),
    ("1T", "0042"),
    ("Q", "4000"),
    ("10D", "2611"),
    ("3S", "REEL-1"),
]
SCAN = write_message(DATA)


@pytest.fixture
def plant(bolt, quality):
    """Bolt's lots 0042 and 0043, a certificate of 0042, and the events that name REEL-1."""
    lots = {
        code: bolt.upload(lot_aasx(code), "lot.aasx").get_json()["lots"][0]["id"] for code in ("0042", "0043")
    }
    form = {"file": (io.BytesIO(paper()), "c.pdf"), "lot": lots["0042"], "number": "C-2026-1"}
    assert bolt.post("/trace/v1/certificates", data=form).status_code == 201
    states = {each["state"] for each in quality.post("/trace/v1/events", json=events()).get_json()["result"]}
    assert states == {"accepted"}
    return lots


def read(asker, text):
    return asker.post(LABELS, json={"text": text}).get_json()["labels"][0]


def matched(label):
    return {
        group["kind"]: [(hit["title"], tuple(hit["matchedBy"])) for hit in group["hits"]]
        for group in label["matches"]
    }


def test_a_scan_finds_lot_package_and_certificate(plant, quality):
    label = read(quality, SCAN)

    assert label["lots"] == [{"code": "0042", "quantity": "4000", "dateCode": "2611"}]
    assert label["manufacturerPartNumber"] == "CAP-100N-0603"
    assert label["fields"][0] == {
        "identifier": "P",
        "text": "4711",
        "meaning": "customer part number",
        "position": 8,
    }
    assert label["findings"] == []
    assert matched(label) == {
        "lot": [("0042", ("lot code", "part number"))],
        "package": [("REEL-1", ("name",))],
        "certificate": [("C-2026-1", ("lot code",))],
    }
    assert label["matches"][0]["hits"][0]["id"] == plant["0042"]


@pytest.mark.parametrize("symbology", list(Symbology))
def test_a_photograph_finds_the_same(plant, quality, symbology):
    form = {"picture": (io.BytesIO(write_picture(DATA, symbology)), "label.png")}

    answer = quality.post(LABELS, data=form).get_json()

    assert matched(answer["labels"][0]) == matched(read(quality, SCAN))
    assert len(answer["codes"]) == (len(DATA) if symbology is Symbology.CODE_128 else 1)


def test_a_lot_code_of_another_part_is_a_candidate_by_its_code_only(plant, bolt, quality):
    bolt.upload(environment(lot_shell("urn:shell:x", code="0042", mpn="RES-10K", maker="Ohm")))

    exact = read(quality, write_message([("1P", "RES-10K"), ("1T", "0042")]))
    loose = read(quality, write_message([("1P", "RES-10K-CT"), ("1T", "0042")]))

    assert [hit["details"][0] for hit in exact["matches"][0]["hits"]] == ["RES-10K"]
    assert sorted(hit["details"][0] for hit in loose["matches"][0]["hits"]) == ["CAP-100N-0603", "RES-10K"]
    assert loose["matches"][0]["hits"][0]["matchedBy"] == ["lot code"]


def test_several_lots_on_one_reel_are_all_found(plant, quality):
    repeated = read(quality, write_message([("1T", "0042"), ("Q", "1"), ("1T", "0043"), ("Q", "2")]))
    joined = read(quality, write_message([("1T", "0042/0043"), ("Q", "3")]))

    assert [title for title, _ in matched(repeated)["lot"]] == ["0042", "0043"]
    assert [title for title, _ in matched(joined)["lot"]] == ["0042", "0043"]


def test_a_label_without_a_lot_is_found_by_part_and_date_code(plant, bolt, quality):
    bolt.upload(lot_aasx("0044", date_codes=("2620",)), "lot.aasx")

    dated = read(quality, write_message([("1P", "CAP-100N-0603"), ("10D", "2620")]))
    undated = read(quality, write_message([("1P", "CAP-100N-0603")]))

    assert matched(dated)["lot"] == [("0044", ("part number", "date code"))]
    assert len(matched(undated)["lot"]) == 3


def test_nobody_finds_what_another_delivered(plant, arro, asker):
    assert read(arro, SCAN)["matches"] == []
    assert read(asker("customer_auditor", "railway"), SCAN)["matches"] == []
    assert asker("production").post(LABELS, json={"text": SCAN}).status_code == 403


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"json": {"text": "0042"}}, 400, "LABEL-UNREADABLE"),
        ({"json": {"text": ""}}, 400, "LABEL-EMPTY"),
        ({"json": {"text": "[)>06P123"}}, 400, "LABEL-SEPARATORS-LOST"),
        ({"json": {"text": "x" * 5000}}, 400, "LABEL-TOO-LONG"),
        ({"json": {"text": "x" * 100_001}}, 400, "LABEL-TOO-LONG"),
        ({"json": {"text": "a\0"}}, 400, "REQUEST-INVALID"),
        ({"json": {}}, 400, "REQUEST-INVALID"),
        ({"data": b"text"}, 415, "MEDIA-TYPE-UNSUPPORTED"),
        ({"data": {"picture": b"GIF89a"}}, 400, "LABEL-PICTURE-TYPE"),
        ({"data": {"other": b"GIF89a"}}, 400, "REQUEST-INVALID"),
    ],
)
def test_what_is_no_label_is_refused_with_a_code(quality, sent, status, code):
    if isinstance(sent.get("data"), dict):
        sent = {"data": {name: (io.BytesIO(content), "a.gif") for name, content in sent["data"].items()}}

    answer = quality.post(LABELS, **sent)

    assert answer.status_code == status
    assert answer.get_json()["messages"][0]["code"] == code


def test_a_finding_tells_the_position(quality):
    messages = quality.post(LABELS, json={"text": "[)>06P123"}).get_json()["messages"]

    assert "6" in str(messages[0])


def test_the_picture_is_bounded_in_bytes(make_asker, make_registry, suppliers):
    small = make_asker("quality", registry=make_registry(label_picture_bytes=100))

    answer = small.post(
        LABELS, data={"picture": (io.BytesIO(write_picture(DATA, Symbology.QR_CODE)), "a.png")}
    )

    assert answer.get_json()["messages"][0]["code"] == "LABEL-PICTURE-TOO-LARGE"


@pytest.mark.parametrize(
    "scan",
    [
        SCAN,
        SCAN.replace("\x1d", "{GS}").replace("\x1e", "{RS}").replace("\x04", "{EOT}"),
        SCAN.replace("\x1d", "]").replace("\x1e", "^").replace("\x04", "d"),
        "1T0042",
        "3SREEL-1",
        "(01)09501101530003(10)0042",
        "]C110" + "0042",
    ],
)
def test_a_label_in_the_search_box_opens_the_lot(plant, app, registry, scan):
    answer = visit(app, registry, "quality").get("/search", query_string={"q": scan})

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/lots/{plant['0042']}"


def test_an_ambiguous_label_asks_a_person_in_the_search_box_and_over_http(plant, app, registry, quality):
    scan = "010950110153000310004217280229"

    answer = visit(app, registry, "quality").get("/search", query_string={"q": scan})
    label = read(quality, scan)

    assert answer.status_code == 200
    assert "004217280229 · 0042 · 004" in answer.text
    assert f"/lots/{plant['0042']}" in answer.text
    assert (label["lots"], label["possibleLots"]) == ([], ["004217280229", "0042", "004"])
    assert matched(label)["lot"] == [("0042", ("lot code",))]


def test_the_search_box_guesses_nothing_from_one_letter(plant, app, registry):
    answer = visit(app, registry, "quality").get("/search", query_string={"q": "SBRD-5"})

    assert answer.status_code == 200
    assert "/units/" not in answer.text


@pytest.mark.parametrize("symbology", list(Symbology))
def test_the_label_of_a_lot_is_printed_and_reads_back(plant, quality, symbology):
    path = f"/trace/v1/lots/{plant['0042']}/label"
    query = {"symbology": symbology.value, "quantity": "1500", "package": "REEL-9"}

    printed = quality.get(path, query_string=query)

    assert printed.mimetype == "image/png"
    label = read_picture(printed.data, limits=Settings().limits).labels[0]
    assert dict(fields_of(label)) == {
        "1P": "CAP-100N-0603",
        "1V": "Bolt Components GmbH",
        "1T": "0042",
        "Q": "1500",
        "3S": "REEL-9",
    }
    assert quality.get(path, query_string=query).data == printed.data


def test_the_label_of_a_lot_is_drawn_or_spelled(plant, quality):
    path = f"/trace/v1/lots/{plant['0042']}/label"

    drawn = quality.get(path, query_string={"format": "svg"})
    spelled = quality.get(path, query_string={"format": "text"})

    assert drawn.mimetype == "image/svg+xml"
    assert "default-src 'none'" in drawn.headers["Content-Security-Policy"]
    assert spelled.text.startswith("[)>\x1e06\x1d1PCAP-100N-0603\x1d")


def test_a_label_is_printed_only_of_a_lot_that_is_seen(plant, arro, quality):
    path = f"/trace/v1/lots/{plant['0042']}/label"

    assert arro.get(path).status_code == 404
    assert quality.get("/trace/v1/lots/unknown/label").status_code == 404
    assert quality.get(path, query_string={"package": "a\x1db"}).get_json()["messages"][0]["code"] == (
        "LABEL-UNWRITABLE"
    )
    assert quality.get(path, query_string={"quantity": "many"}).status_code == 400


def test_a_label_of_many_codes_and_parts_asks_little_of_the_database(plant, quality, registry):
    lots = [("1T", "/".join(f"{number}-{piece}" for piece in range(20))) for number in range(20)]
    others = [("1P", f"PART-{number}") for number in range(20)] + [
        ("3S", f"R{number}") for number in range(20)
    ]
    statements = []
    event.listen(registry.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))

    label = read(quality, write_message(lots + others))

    assert label["matches"] == []
    assert len(statements) <= 150


def test_two_lots_in_one_field_are_found_with_their_certificates(plant, quality):
    found = matched(read(quality, write_message([("1P", "CAP-100N-0603"), ("1T", "0042/0043")])))

    assert [title for title, _ in found["lot"]] == ["0042", "0043"]
    assert found["certificate"] == [("C-2026-1", ("lot code",))]


def test_a_certificate_of_two_lots_of_a_label_is_found_once(plant, quality, bolt):
    form = {"file": (io.BytesIO(paper("0043")), "d.pdf"), "lot": list(plant.values()), "number": "C-2026-2"}
    assert bolt.post("/trace/v1/certificates", data=form).status_code == 201

    found = matched(read(quality, write_message([("1T", "0042/0043")])))

    assert sorted(title for title, _ in found["certificate"]) == ["C-2026-1", "C-2026-2"]
