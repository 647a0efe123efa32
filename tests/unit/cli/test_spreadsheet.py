"""`aas-registry spreadsheet`: the template, a check that keeps nothing, and taking a list."""

import io

import openpyxl
import pytest

from aas_registry.services import example_lists


@pytest.fixture
def party(run):
    run("supplier", "add", "bolt", "Bolt Components GmbH")


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "lots.xlsx"
    path.write_bytes(example_lists.example_list())
    (tmp_path / "coc.pdf").write_bytes(example_lists.example_certificate())
    return path


@pytest.fixture
def bad(tmp_path):
    path = tmp_path / "bad.xlsx"
    path.write_bytes(example_lists.example_with_errors())
    return path


@pytest.mark.parametrize(("name", "start"), [("t.xlsx", b"PK"), ("t.csv", b"\xef\xbb\xbfManufacturer,")])
def test_writes_the_template_and_never_over_a_file(run, tmp_path, name, start) -> None:
    first, second = (
        run("spreadsheet", "template", tmp_path / name),
        run("spreadsheet", "template", tmp_path / name),
    )

    assert (first.code, second.code) == (0, 3)
    assert (tmp_path / name).read_bytes().startswith(start)


def test_takes_a_list_with_its_certificate_and_knows_it_again(run, party, good) -> None:
    words = ("spreadsheet", "take", good, "--attachment", good.with_name("coc.pdf"), "--on-behalf-of", "bolt")

    first, second = run(*words, "--json"), run(*words)

    assert (first.code, second.code) == (0, 0)
    assert (first.json["party"], len(first.json["lots"]), len(first.json["certificates"])) == ("bolt", 10, 1)
    assert "unchanged" in second.out
    assert run("trace", "where-used", "00805").code == 0


def test_a_check_keeps_nothing_and_tells_every_error(run, party, bad) -> None:
    errors = bad.with_name("errors.xlsx")

    ran = run("spreadsheet", "check", bad, "--errors", errors, "--json")
    shown = run("spreadsheet", "check", bad)

    assert (ran.code, shown.code) == (3, 3)
    assert [each["row"] for each in ran.json["error"]["findings"]] == [3, 5, 6, 9, 12]
    assert "SPREADSHEET-QUANTITY-INVALID" in shown.out
    assert "Nothing was stored." in shown.out
    sheet = openpyxl.load_workbook(io.BytesIO(errors.read_bytes())).active
    assert sheet.cell(1, sheet.max_column).value == "Errors"


def test_a_good_list_would_be_taken(run, party, good) -> None:
    ran = run("spreadsheet", "check", good)

    assert ran.code == 0
    assert "would be taken" in ran.out
    assert run("trace", "where-used", "00805").code == 4
