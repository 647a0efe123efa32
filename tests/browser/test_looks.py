"""How the pages look: light and dark with enough contrast, on a phone without sideways scrolling."""

import pytest

pytestmark = [pytest.mark.check, pytest.mark.xdist_group("browser")]

# WCAG 2.2, 1.4.3: 4.5 to 1, or 3 to 1 for large text (24 px, or 18.66 px bold).
FAINT_TEXTS = """() => {
    const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = (text) => {
        paint.clearRect(0, 0, 1, 1);
        paint.fillStyle = text;
        paint.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = paint.getImageData(0, 0, 1, 1).data;
        return { r, g, b, a: a / 255 };
    };
    const over = (top, below) => ({
        r: top.r * top.a + below.r * (1 - top.a), g: top.g * top.a + below.g * (1 - top.a),
        b: top.b * top.a + below.b * (1 - top.a), a: 1,
    });
    const light = ({ r, g, b }) => {
        const [x, y, z] = [r, g, b].map((part) => {
            const share = part / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const behind = (element) => {
        const layers = [];
        for (let at = element; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
        return layers.reverse().reduce((below, top) => over(top, below), { r: 255, g: 255, b: 255, a: 1 });
    };
    const faint = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let seen = 0;
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest("svg, option, .unseen, .skip")) continue;
        const style = getComputedStyle(element);
        const ground = behind(element);
        const ink = over(rgba(style.color), ground);
        const [high, low] = [light(ink), light(ground)].sort((one, two) => two - one);
        const ratio = (high + 0.05) / (low + 0.05);
        const size = parseFloat(style.fontSize);
        const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        seen += 1;
        if (ratio < (isLarge ? 3 : 4.5)) faint.push(`${walker.currentNode.data.trim()}: ${ratio.toFixed(2)}`);
    }
    return { seen, faint };
}"""

PAGES = [
    "search",
    "candidates",
    "lots",
    "lot",
    "certificates",
    "certificate",
    "uploads",
    "upload",
    "unit",
    "reports",
    "account",
    "identifiers",
    "events",
    "shipment",
    "party",
]
ADMINISTRATORS_PAGES = ["users", "user", "prefixes"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(open_page, site, administrator_session, scheme):
    page = open_page(color_scheme=scheme)
    faint = {}
    for name in PAGES + ADMINISTRATORS_PAGES:
        if name == ADMINISTRATORS_PAGES[0]:
            page = open_page(color_scheme=scheme, storage_state=administrator_session)
        page.goto(site.pages[name], wait_until="networkidle")
        assert "/login" not in page.url
        found = page.evaluate(FAINT_TEXTS)
        assert found["seen"] > 15, name
        if found["faint"]:
            faint[name] = found["faint"]

    assert faint == {}


def test_dark_is_dark_and_light_is_light(open_page):
    grounds = {}
    for scheme in ("light", "dark"):
        page = open_page(color_scheme=scheme, logged_in=False)
        page.goto("/login", wait_until="networkidle")
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        grounds[scheme] = sum(map(int, ground.removeprefix("rgb(").rstrip(")").split(",")))

    assert grounds["dark"] < 3 * 60
    assert grounds["light"] > 3 * 200


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("locale", ["en", "de"])
def test_a_phone_never_scrolls_sideways(open_page, site, administrator_session, width, locale):
    phone = {"width": width, "locale": locale, "is_mobile": True, "has_touch": True}
    page = open_page(**phone)
    too_wide = {}
    for name in PAGES + ADMINISTRATORS_PAGES:
        if name == ADMINISTRATORS_PAGES[0]:
            page = open_page(**phone, storage_state=administrator_session)
        page.goto(site.pages[name], wait_until="networkidle")
        assert "/login" not in page.url
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            too_wide[name] = over

    assert too_wide == {}


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
