"""How the pages look, beside what `test_every_page` sees on each of them."""

import pytest

pytestmark = [pytest.mark.check, pytest.mark.xdist_group("browser")]


def test_dark_is_dark_and_light_is_light(open_page):
    grounds = {}
    for scheme in ("light", "dark"):
        page = open_page(color_scheme=scheme, logged_in=False)
        page.goto("/login", wait_until="networkidle")
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        grounds[scheme] = sum(map(int, ground.removeprefix("rgb(").rstrip(")").split(",")))

    assert grounds["dark"] < 3 * 60
    assert grounds["light"] > 3 * 200


def test_a_touch_target_is_large_enough(open_page, site):
    page = open_page(width=390, is_mobile=True, has_touch=True)
    page.goto(site.pages["uploads"], wait_until="networkidle")

    heights = page.locator(".button").evaluate_all(
        "(all) => all.map((each) => each.getBoundingClientRect().height)"
    )

    assert heights
    assert min(heights) >= 24  # WCAG 2.2, 2.5.8


def test_what_has_the_focus_shows_it(open_page):
    page = open_page()
    page.goto("/lots", wait_until="networkidle")
    without = []
    for _ in range(14):
        page.keyboard.press("Tab")
        ring = page.evaluate(
            "(() => { const style = getComputedStyle(document.activeElement); return [style.outlineStyle, parseFloat(style.outlineWidth)]; })()"
        )
        if ring[0] == "none" or ring[1] < 2:
            without.append(page.evaluate("document.activeElement.outerHTML.slice(0, 80)"))

    assert without == []
