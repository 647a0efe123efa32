"""Uploads in a real browser: a list with its certificate, errors by row, pieces, the picture of a label."""

import io

import pytest
from aas_samples import lot_aasx
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from aas_registry.services import example_lists

pytestmark = [pytest.mark.check, pytest.mark.xdist_group("browser")]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def choose(page, *files):
    page.get_by_label("Drop files here").set_input_files(
        [{"name": name, "mimeType": kind, "buffer": content} for name, kind, content in files]
    )
    page.get_by_role("button", name="Upload").click()


def test_ten_lots_and_their_certificate_are_one_drop(open_page):
    page = open_page()
    page.goto("/uploads")

    choose(
        page,
        ("ten.xlsx", XLSX, example_lists.example_list()),
        ("coc.pdf", "application/pdf", example_lists.example_certificate()),
    )

    result = page.locator("#results article")
    expect(result).to_have_count(1)
    expect(result).to_contain_text("30 rows")
    expect(result).to_contain_text("10 lots")
    expect(result.get_by_role("link", name="coc.pdf")).to_be_visible()
    expect(page.locator("#progress li")).to_have_count(0)


def test_five_errors_are_shown_by_row_and_come_back_in_the_file(open_page, tmp_path):
    page = open_page()
    page.goto("/uploads")

    choose(page, ("errors.xlsx", XLSX, example_lists.example_with_errors()))
    result = page.locator("#results article")
    expect(result).to_contain_text("refused")
    expect(result.locator(".badge-error")).to_have_count(5)
    expect(result).to_contain_text("row 3")
    with page.expect_download() as download:
        result.get_by_role("button", name="My list with its errors").click()
    download.value.save_as(tmp_path / "marked.xlsx")

    assert download.value.suggested_filename == "errors - errors.xlsx"
    rows = CalamineWorkbook.from_filelike(io.BytesIO((tmp_path / "marked.xlsx").read_bytes()))
    assert sum(bool(row[-1]) for row in rows.get_sheet_by_index(0).to_python()[1:]) == 5


def test_a_phone_sees_the_refusal_and_the_list_stays_chosen(open_page):
    page = open_page(width=390)
    page.goto("/uploads")

    choose(page, ("errors.xlsx", XLSX, example_lists.example_with_errors()))

    expect(page.locator("#results article h3")).to_be_in_viewport()
    with page.expect_download():
        page.locator("#upload").get_by_role("button", name="My list with its errors").click()


def test_a_large_file_goes_in_pieces(open_page):
    page = open_page()
    page.goto("/uploads")
    page.evaluate("document.getElementById('upload').dataset.pieces = '1000'")
    requests = []
    page.on("request", lambda request: requests.append((request.method, request.url)))

    choose(page, ("big.aasx", "application/octet-stream", lot_aasx("P-1")))

    expect(page.locator("#results article")).to_contain_text("big.aasx")
    expect(page.locator("#results article")).to_contain_text("taken")
    assert sum(method == "PATCH" for method, _ in requests) > 1
    assert not any(method == "POST" and url.endswith("/uploads") for method, url in requests)


@pytest.mark.parametrize("is_checked_only", [True, False])
def test_pieces_are_given_up_once_there_is_a_result(open_page, is_checked_only):
    page = open_page()
    page.goto("/uploads")
    page.evaluate("document.getElementById('upload').dataset.pieces = '1000'")
    if is_checked_only:
        page.get_by_label("Check only, keep nothing").check()
    name = f"checked-{is_checked_only}.aasx"

    with page.expect_request(lambda request: request.method == "DELETE") as given_up:
        choose(page, (name, "application/octet-stream", lot_aasx(f"P-{name}")))

    expect(page.locator("#results article")).to_contain_text("checked only" if is_checked_only else "taken")
    assert given_up.value.response().status == 204
    assert page.evaluate("localStorage.length") == 0


def test_the_keys_of_a_scanner_become_separators_in_the_search(open_page, site):
    page = open_page()
    page.goto("/search")
    page.keyboard.type("[)>")

    page.keyboard.press("Control+^")
    page.keyboard.type("06")
    for field in ("1PCAP-100N-0603", "1T0042"):
        page.keyboard.press("Control+]")
        page.keyboard.type(field)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Lot 0042")


def test_the_picture_of_a_label_leads_to_its_lot(open_page, site):
    page = open_page()
    lot = site.pages["lot"].partition("?")[0]
    picture = page.request.get(f"/trace/v1{lot}/label?format=png").body()
    page.goto("/search")

    page.locator("#picture").set_input_files(
        [{"name": "label.png", "mimeType": "image/png", "buffer": picture}]
    )

    expect(page.get_by_role("heading", level=1)).to_have_text("1 label in the picture")
    page.get_by_role("link", name="0042").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lot 0042")
