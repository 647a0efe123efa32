"""The main job in a real browser: log in, search, see where a lot went, upload, make a report."""

import json
import os
import re
import zipfile
from pathlib import Path

import pytest
from aas_samples import lot_aasx
from playwright.sync_api import expect

pytestmark = [pytest.mark.check, pytest.mark.xdist_group("browser")]

VENDOR = Path(__file__).parents[2] / "aas_registry" / "web" / "pages" / "static" / "vendor"
ODD = b'{"submodels": [{"modelType": "Submodel", "id": "urn:odd", "idShort": "1odd"}]}'


def test_from_the_login_to_where_a_lot_went_by_keyboard_alone(open_page):
    page = open_page(logged_in=False)
    page.goto("/")
    expect(page.get_by_label("User name")).to_be_focused()
    page.keyboard.type("quinn")
    page.keyboard.press("Tab")
    page.keyboard.type("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Identifier", exact=True)).to_be_focused()

    page.keyboard.type("CAP-100N-0603")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Lot 0042")
    expect(page.get_by_label("In short")).to_contain_text("hold this lot")


def test_a_slash_goes_to_the_search_and_types_itself_elsewhere(open_page, site):
    page = open_page()
    page.goto("/lots")

    page.keyboard.press("/")
    expect(page.get_by_label("Search any identifier")).to_be_focused()
    page.keyboard.type("a/b")

    expect(page.get_by_label("Search any identifier")).to_have_value("a/b")


def test_the_first_tab_leads_past_the_menu(open_page):
    page = open_page()
    page.goto("/lots")

    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to content")).to_be_in_viewport()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_counts_units_and_chart_say_the_same(open_page, site):
    page = open_page()
    page.goto(site.pages["lot"])

    expect(page.locator("#groups tbody tr")).to_have_count(1)
    assert page.locator("#groups tbody td").all_inner_texts() == ["4", "1", "0"]
    expect(page.locator("#units tbody tr")).to_have_count(5)
    skip_without_charts(page)
    expect(page.locator("figure.chart svg")).to_be_visible()


def skip_without_charts(page):
    if not (VENDOR / "echarts" / "echarts.min.js").is_file():
        assert "CI" not in os.environ, "CI is set and ECharts is missing"
        expect(page.locator("figure.chart")).to_be_hidden()
        pytest.skip("ECharts was not brought; run: make vendor")


def test_days_on_which_nothing_was_made_keep_their_place_in_the_chart(open_page):
    page = open_page()
    page.goto("/search?q=0099")
    page.goto(page.url.partition("?")[0] + "?level=board&groupBy=day")

    rows = [row.split("\t") for row in page.locator("#groups tbody tr").all_inner_texts()]
    assert sorted(row[:2] for row in rows) == [["2026-03-10", "1"], ["2026-03-17", "2"]]
    skip_without_charts(page)
    page.locator("figure.chart svg").wait_for()
    drawn = page.evaluate(
        "(() => { const { xAxis, series } = echarts.getInstanceByDom(document.querySelector('.chart')).getOption();"
        " return { days: xAxis[0].data, counts: series.map((each) => each.data) }; })()"
    )

    assert drawn["days"] == [f"2026-03-{day}" for day in range(10, 18)]
    assert drawn["counts"] == [[1, 0, 0, 0, 0, 0, 0, 2], [0] * 8, [0] * 8]


def test_choosing_what_is_counted_asks_at_once(open_page, site):
    page = open_page()
    page.goto(site.pages["lot"])

    page.locator("select[name=level]").select_option("product")

    page.wait_for_url("**level=product**")
    expect(page.locator("#units tbody tr")).to_have_count(3)


def test_the_units_are_turned_page_by_page(open_page, site):
    page = open_page()
    page.goto(site.pages["lot"] + "&limit=3")

    page.get_by_role("link", name="Next page").click()

    expect(page.locator("#units tbody tr")).to_have_count(2)
    page.get_by_role("link", name="First page").click()
    expect(page.locator("#units tbody tr")).to_have_count(3)


def test_an_upload_shows_its_findings_without_leaving_the_page(open_page):
    page = open_page()
    page.goto("/uploads")
    page.evaluate("window.stillHere = true")

    page.get_by_label("Drop files here").set_input_files(
        [{"name": "a.json", "mimeType": "application/json", "buffer": ODD}]
    )
    page.get_by_role("button", name="Upload").click()

    result = page.locator("#results article").first
    expect(result).to_contain_text("a.json")
    expect(result).to_contain_text("taken")
    expect(result.get_by_role("row").nth(1)).to_contain_text("AAS-CONSTRAINT")
    assert page.evaluate("window.stillHere")
    page.reload()
    expect(page.get_by_role("link", name="a.json")).to_be_visible()


def test_several_files_are_dropped_and_checked_only(open_page):
    page = open_page()
    page.goto("/uploads")
    page.get_by_label("Check only").check()

    page.evaluate(
        """(files) => {
            const dropped = new DataTransfer();
            for (const [name, bytes] of files) dropped.items.add(new File([new Uint8Array(bytes)], name));
            const form = document.getElementById("upload");
            for (const kind of ["dragenter", "dragover", "drop"])
                form.dispatchEvent(new DragEvent(kind, { dataTransfer: dropped, bubbles: true, cancelable: true }));
        }""",
        [["x.aasx", list(lot_aasx("X-1"))], ["y.aasx", list(lot_aasx("Y-1"))]],
    )

    expect(page.locator("#results article")).to_have_count(2)
    expect(page.locator("#results article").get_by_text("checked only")).to_have_count(2)
    expect(page.locator("#progress li")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("link", name="x.aasx")).to_have_count(0)


def test_a_file_over_the_limit_is_not_even_sent(open_page):
    page = open_page()
    page.goto("/uploads")
    page.evaluate("document.getElementById('upload').dataset.limit = '10'")

    page.get_by_label("Drop files here").set_input_files(
        [{"name": "big.json", "mimeType": "application/json", "buffer": b" " * 11}]
    )
    page.get_by_role("button", name="Upload").click()

    expect(page.locator("#results article")).to_contain_text("over the limit")


def test_a_report_is_made_and_downloaded(open_page, site, tmp_path):
    page = open_page()
    page.goto(site.pages["lot"])
    page.get_by_role("button", name="Signed report").click()
    expect(page.get_by_text("just made")).to_be_visible()

    with page.expect_download() as download:
        page.locator("tr.fresh").get_by_role("link", name="Download").click()
    download.value.save_as(tmp_path / "report.zip")

    with zipfile.ZipFile(tmp_path / "report.zip") as bundle:
        assert json.loads(bundle.read("report.json"))["headlines"][0]["exact"] == 4


def test_the_link_to_a_view_is_copied(open_page, site):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(site.pages["lot"])

    page.get_by_role("link", name="Link to exactly this view").click()

    expect(page.get_by_text("Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.search(r"/lots/.*asOf=.*recordedAsOf=", copied)


def test_everything_works_without_scripts(open_page, site):
    page = open_page(logged_in=False, java_script_enabled=False)
    page.goto("/uploads")
    page.get_by_label("User name").fill("quinn")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Log in").click()

    page.get_by_label("Drop files here").set_input_files(
        [{"name": "n.json", "mimeType": "application/json", "buffer": ODD.replace(b"odd", b"no-script")}]
    )
    page.get_by_role("button", name="Upload").click()

    expect(page.locator("#results article")).to_contain_text("n.json")
    page.goto(site.pages["lot"] + "&limit=3")
    expect(page.locator("#groups tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Next page").click()
    expect(page.locator("#units tbody tr")).to_have_count(2)


def test_the_language_is_switched_and_stays(open_page, site):
    page = open_page()
    page.goto(site.pages["lot"])

    page.get_by_role("link", name="日本語").click()

    expect(page.locator("html")).to_have_attribute("lang", "ja")
    assert page.url.endswith(site.pages["lot"])
    page.goto("/search")
    expect(page.locator("html")).to_have_attribute("lang", "ja")
