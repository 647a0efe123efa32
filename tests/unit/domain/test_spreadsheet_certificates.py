"""Which file covers which lots follows one rule."""

from aas_registry.domain.lot_list import LotList
from aas_registry.domain.spreadsheet import read_lot_list
from aas_registry.domain.spreadsheet_certificates import assign_certificates

HEADER = ["Manufacturer", "MPN", "Lot code", "Certificate file", "Certificate number"]


def read(*rows: list[str]) -> LotList:
    return read_lot_list(enumerate([HEADER, *rows], start=1), most_rows=100, most_findings=100)


def lot(code: str, file: str = "", number: str = "") -> list[str]:
    return ["B", "C", code, file, number]


def covered(listed: LotList, *names: str, most: int = 10) -> list[tuple[int, list[int]]]:
    return [(each.file, list(each.lots)) for each in assign_certificates(listed, names, most_lots=most)]


def codes(listed: LotList) -> list[tuple[str, int | None]]:
    return [(each.code.value, each.row) for each in listed.findings.all()]


def test_one_file_that_no_row_names_covers_every_lot() -> None:
    listed = read(lot("1x", number="C-1"), lot("2x"), lot("1x"))

    assert covered(listed, "any.pdf") == [(0, [0, 1])]
    assert assign_certificates(listed, ["any.pdf"], most_lots=9)[0].facts == {"certificate_number": "C-1"}
    assert codes(listed) == []


def test_a_named_file_covers_the_lots_that_name_it_in_any_of_their_rows() -> None:
    listed = read(lot("1x"), lot("1x", r"C:\papers\A.PDF"), lot("2x"), lot("3x", "a.pdf", "C-1"))

    assert covered(listed, "a.pdf") == [(0, [0, 2])]
    assert codes(listed) == []


def test_what_does_not_fit_is_an_error() -> None:
    listed = read(lot("1x", "a.pdf"), lot("2x", "b.pdf"), lot("3x", number="C-9"))

    assert covered(listed, "a.pdf", "c.pdf") == [(0, [0])]
    assert codes(listed) == [
        ("SPREADSHEET-CERTIFICATE-UNUSED", None),
        ("SPREADSHEET-CERTIFICATE-MISSING", 3),
        ("SPREADSHEET-CELL-MISSING", 4),
    ]


def test_two_files_of_one_name_and_two_files_without_any_are_errors() -> None:
    twice, unnamed = read(lot("1x", "a.pdf")), read(lot("1x"))

    covered(twice, "a.pdf", "A.pdf")
    covered(unnamed, "a.pdf", "b.pdf")

    assert [code for code, _ in codes(twice)] == ["SPREADSHEET-CERTIFICATE-UNUSED"]
    assert [code for code, _ in codes(unnamed)] == ["SPREADSHEET-CERTIFICATE-UNUSED"] * 2


def test_rows_that_disagree_about_a_certificate_are_told() -> None:
    listed = read(lot("1x", "a.pdf", "C-1"), lot("2x", "a.pdf", "C-2"))

    assert codes(listed) == [("SPREADSHEET-CERTIFICATE-CONFLICT", 3)]


def test_what_is_said_of_a_certificate_that_was_not_sent_is_told() -> None:
    listed = read(lot("1x", number="C-1"))

    assert covered(listed) == []
    assert codes(listed) == [("SPREADSHEET-CERTIFICATE-MISSING", 2)]
    assert not listed.findings.has_errors


def test_a_certificate_covers_so_many_lots_and_no_more() -> None:
    listed = read(lot("1x"), lot("2x"))

    covered(listed, "a.pdf", most=1)

    assert codes(listed) == [("SPREADSHEET-CERTIFICATE-LOTS", None)]
