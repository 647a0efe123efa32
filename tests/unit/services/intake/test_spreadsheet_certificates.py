"""Certificates that are sent with a list: what can be taken, and for which lots."""

import io
from typing import Any

import pytest
from certificate_samples import paper

from aas_registry.domain.codes import Code
from aas_registry.formats.lists.writer import write_list_xlsx
from aas_registry.services import access
from aas_registry.services.certificates import certificates
from aas_registry.services.intake import spreadsheet_certificates, spreadsheets
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.registry import Registry


def lot(code: str, **more: str) -> dict[str, str]:
    return {"manufacturer": "Bolt", "mpn": "CAP-100N-0603", "lot_code": code, **more}


def take(registry: Registry, rows: list[dict[str, str]], *names: str) -> dict[str, Any]:
    asker = access.local_administrator(registry)
    return spreadsheets.take_spreadsheet(
        registry,
        asker,
        Arrival(
            io.BytesIO(write_list_xlsx(rows)),
            "lots.xlsx",
            attachments=[(name, io.BytesIO(paper())) for name in names],
        ),
    ).outcome


def test_an_attachment_is_measured_and_stays_where_it_is(registry: Registry) -> None:
    stream = io.BytesIO(paper())

    found = spreadsheet_certificates.receive(registry, "folder\u202e/c.pdf", stream)

    assert (found.is_pdf, found.is_too_large, found.size) == (True, False, len(paper()))
    assert found.stream is stream
    assert "\u202e" not in found.name


def test_what_is_no_certificate_is_told_by_name(make_registry: Any) -> None:
    registry = make_registry(certificate_bytes=10)
    contents = {"a.txt": b"text", "b.pdf": paper(), "c.pdf": b"%PDF-1.7"}
    sent = [
        spreadsheet_certificates.receive(registry, name, io.BytesIO(content))
        for name, content in contents.items()
    ]

    found = list(spreadsheet_certificates.check_attachments(sent))

    assert [(each.code, each.part) for each in found] == [
        (Code.CERTIFICATE_TYPE_UNKNOWN, "a.txt"),
        (Code.CERTIFICATE_TOO_LARGE, "b.pdf"),
    ]


def test_one_document_is_one_certificate_of_all_lots(registry: Registry) -> None:
    said = {"certificate_number": "C-7", "issued_on": "2026-03-04"}

    outcome = take(registry, [lot("0042", **said), lot("0043")], "c.pdf")

    (told,) = outcome["certificates"]
    row = certificates.get_certificate(registry, access.local_administrator(registry), told["id"])
    assert told["lots"] == 2
    assert sorted(each.code for _, each in row.lots) == ["0042", "0043"]
    assert (row.certificate.number, row.certificate.issued_on) == ("C-7", "2026-03-04")


def test_each_document_covers_the_lots_whose_rows_name_it(registry: Registry) -> None:
    rows = [lot("0042", certificate_file="c.pdf"), lot("0043", certificate_file="d.pdf")]

    outcome = take(registry, rows, "d.pdf", "c.pdf")

    assert {each["part"]: each["matches"] for each in outcome["certificates"]} == {
        "c.pdf": "passed",
        "d.pdf": "failed",
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Pr\u00fcf.pdf", "Pru\u0308f.pdf"),
        ("Pru\u0308f.pdf", "Pr\u00fcf.pdf"),
        ("\uff23.pdf", "c\u00ad.pdf"),
    ],
)
def test_a_document_is_found_by_a_name_that_looks_the_same(
    registry: Registry, written: str, sent: str
) -> None:
    rows = [lot("0042", certificate_file=written), lot("0043", certificate_file="other.pdf")]
    outcome = take(registry, rows, sent, "other.pdf")

    told = {each["part"]: each["lots"] for each in outcome["certificates"]}
    assert told[sent] == 1


def test_lots_whose_names_read_alike_are_both_covered(registry: Registry) -> None:
    alike = [lot("1", manufacturer="Bolt A", mpn="C"), lot("1", manufacturer="Bolt", mpn="A C")]

    (told,) = take(registry, alike, "c.pdf")["certificates"]

    row = certificates.get_certificate(registry, access.local_administrator(registry), told["id"])
    assert len(row.lots) == told["lots"] == 2
