"""Every page, as every role that may see it: clean under axe, light and dark, wide and on a phone.

The pages are those of the application's own map. Each is reached as people reach it, by the links of
others, from the start page and from what a search finds; where none leads to it, by its address with
what other addresses named. So a page that is new is seen, or its test fails. The roles read in
different languages, so that the longer words of one are seen on a phone, too.
"""

import io
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aas_samples import environment, submodel, text
from flask import Flask
from playwright.sync_api import Page
from served import served
from sqlalchemy import insert
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from aas_registry.demo.logins import LOGINS, Login
from aas_registry.demo.seeding import seed_plant
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import GRANTS, Permission, Role
from aas_registry.services import access, served_ids
from aas_registry.services.demo_visit import read_visit, write_visit
from aas_registry.services.genealogy import lots
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival, UploadOptions
from aas_registry.services.keys import init_keys
from aas_registry.services.registry import Registry, open_registry
from aas_registry.settings import Settings
from aas_registry.storage.tables.merges import name_merge
from aas_registry.web.app import create_app

pytestmark = [pytest.mark.check, pytest.mark.xdist_group("browser")]

AXE = Path(__file__).parents[2] / ".venv" / "npm" / "axe-core" / "axe.min.js"
STANDARDS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# The document stays the same in another look; these rules go by how it looks.
BY_LOOKS = {"runOnly": ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]}
LOOKS = ((1280, "light", STANDARDS), (390, "dark", BY_LOOKS))
STILL = {"reduced_motion": "reduce"}  # a colour on its way to another is neither of the two
NARROW = 320  # WCAG 2.2, 1.4.10
# Of a long table the first rows say how the others look.
VIOLATIONS = """(rules) => axe.run(
    { exclude: [["tbody tr:nth-child(n + 7)"]] }, { ...rules, resultTypes: ["violations"] },
).then((found) => found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)}`)))"""
# What is wider than the window, and what sticks out of its card.
TOO_WIDE = """() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    const out = [...document.querySelectorAll(".card *, .stack tr *")].filter((each) =>
        each.checkVisibility() && !each.closest(".unseen, svg, .chart") && !each.parentElement.closest(".scroll, .payload, .groups")
        && each.getBoundingClientRect().right > each.parentElement.closest(".card, .stack tr").getBoundingClientRect().right + 0.5);
    return [...(wide > 0 ? [`${wide} pixels too wide`] : []), ...out.slice(0, 3).map((each) => `sticks out: ${each.outerHTML.slice(0, 160)}`)];
}"""
LINKS = (
    "(all) => all.filter((each) => !each.hasAttribute('download')).map((each) => each.pathname + each.search)"
)
NO_PAGES = {"/static/<version>/<path:filename>", "/example.aasx", "/language/<code>", "/", "/docs"}
LANGUAGES = {Role.ADMINISTRATOR: "de", Role.AUDITOR: "ja", Role.CUSTOMER_AUDITOR: "de"}


@dataclass
class Clock:
    """A clock that a test sets back."""

    now: datetime

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now


@dataclass
class Plant:
    """The running server over the small demo plant."""

    address: str
    app: Flask
    registry: Registry
    clock: Clock
    stories: list[str] = field(default_factory=list)

    def searches(self, role: Role) -> list[str]:
        """Return searches: what has something to tell, of one role; what several hits have, and none."""
        if Permission.SEARCH not in GRANTS[role]:
            return []
        stories = self.stories if role is Role.QUALITY else self.stories[:1]
        return [f"/search?q={each}" for each in (*stories, "SH-000", "norr", "ker", "nothing-here")]

    def page_at(self, path: str) -> tuple[str, dict[str, str]]:
        """Return which page an address leads to, and what it names; empty for none."""
        try:
            endpoint, named = self.map.match(path.partition("?")[0], "GET")
        except HTTPException:
            return "", {}
        return endpoint, named

    @property
    def map(self) -> MapAdapter:
        """Return the addresses of the application."""
        return self.app.url_map.bind("")

    def pages(self, role: Role) -> set[str]:
        """Return the pages that a role may see."""
        known = {rule.endpoint: getattr(self.app.view_functions[rule.endpoint], "operation", None)
                 for rule in self.app.url_map.iter_rules() if "GET" in rule.methods and rule.rule not in NO_PAGES}  # fmt: skip
        return {
            endpoint
            for endpoint, operation in known.items()
            if operation is not None and operation.is_page and operation.permission in GRANTS[role]
        }


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe; absent, the test skips, or fails where CI is set."""
    if not AXE.is_file():
        if os.environ.get("CI"):
            pytest.fail("CI is set and axe-core is missing; run: make vendor")
        pytest.skip("axe-core was not brought; run: make vendor")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Plant]:
    folder = tmp_path_factory.mktemp("plant")
    (folder / "registry.sqlite3").write_bytes(migrated_sqlite.read_bytes())
    settings = Settings(data_dir=folder, demo=True)
    clock = Clock(datetime.fromisoformat("2026-03-16T08:00:00Z"))
    init_keys(folder, organization="Demo plant", now=clock())
    seeded = seed_plant(settings, small=True, on_progress=lambda *_: None, clock=clock)
    registry = open_registry(settings, clock=clock)
    add_what_the_demo_lacks(registry)
    app = create_app(registry)
    with served(app) as port:
        stories = [each.identifier for each in seeded.stories]
        yield Plant(f"http://127.0.0.1:{port}", app, registry, clock, stories)
    registry.close()


def add_what_the_demo_lacks(registry: Registry) -> None:
    """Put on record an id that two hold, a pinned prefix, and a name that fell together with another."""
    local = access.local_administrator(registry)
    shared = "https://example.com/ids/an-id-that-is-as-long-as-ids-of-submodels-often-are/0001"
    for party in ("keralit", None):
        content = io.BytesIO(environment(submodel(shared, text("Of", str(party)))))
        options = UploadOptions(on_behalf_of=party)
        uploads.take_upload(registry, local, Arrival(content, "shared.json", options=options))
    served_ids.pin_prefix(registry, local, prefix="https://example.com/ids/", party="keralit")
    lot = lots.list_lots(registry, local, lots.LotFilter(), PageRequest(1))[0]
    with registry.write(local.site) as connection:
        number = registry.opaque_ids.decode("lot", local.site, lot.id)
        row = {"manufacturer": "Keralit", "mpn": "KC1206", "name": "K2531\uff0d0417"}
        connection.execute(
            insert(name_merge).values(
                site=local.site, kind="lot", id=number + 100_000, merged_into=number, merged_at=registry.clock(), **row
            )
        )  # fmt: skip


@pytest.fixture(scope="module")
def session() -> None:
    """Nobody is logged in unless a test says who."""


def faults(page: Page, axe: str) -> list[str]:
    """Return what is wrong with the page that is open, in every look."""
    chart = page.locator("figure.chart:not([hidden])")
    if chart.count():
        chart.locator("svg").first.wait_for()
    page.evaluate(axe)
    found = []
    for width, scheme, rules in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found += [f"{width} {scheme}: {each}" for each in page.evaluate(VIOLATIONS, rules)]
        found += [f"{width}: {each}" for each in page.evaluate(TOO_WIDE)]
    page.set_viewport_size({"width": NARROW, "height": 900})
    found += [f"{NARROW}: {each}" for each in page.evaluate(TOO_WIDE)]
    page.set_viewport_size({"width": LOOKS[0][0], "height": 900})
    page.emulate_media(color_scheme=LOOKS[0][1])
    return found


@pytest.mark.parametrize("login", LOGINS, ids=lambda login: login.role.value)
def test_every_page_of_a_role_is_clean(open_page, log_in, site: Plant, axe: str, login: Login) -> None:
    page = open_page(
        **STILL, locale=LANGUAGES.get(login.role, "en"), storage_state=log_in(login.name, login.password)
    )
    expected, seen = site.pages(login.role), set[str]()
    known: dict[str, str] = {}
    typed = deque(["/", *site.searches(login.role)])
    links = deque[str]()
    wrong: dict[str, list[str]] = {}

    while typed or links or expected - seen:
        if typed:
            path = typed.popleft()
        elif links:
            path = links.popleft()
            if site.page_at(path)[0] in seen:
                continue
        else:
            path = site.map.build(min(expected - seen), known, append_unknown=False)
        answer = page.goto(path, wait_until="load")
        assert answer is not None
        assert answer.status == 200, path
        here = page.url.removeprefix(site.address)
        for each in (path, here):
            endpoint, named = site.page_at(each)
            seen.add(endpoint)
            known |= named
        if found := faults(page, axe):
            wrong[here] = found
        links += [
            each for each in page.locator("a[href]").evaluate_all(LINKS) if site.page_at(each)[0] in expected
        ]

    assert wrong == {}


def test_what_nobody_wants_to_see_is_clean(open_page, log_in, site: Plant, axe: str) -> None:
    wrong = {}
    visitor = open_page(**STILL, logged_in=False)
    visitor.goto("/login")
    visitor.get_by_text("demo-quality").wait_for()
    wrong["login"] = faults(visitor, axe)
    visitor.get_by_label("User name").fill("quality")
    visitor.get_by_label("Password").fill("wrong")
    visitor.keyboard.press("Enter")
    visitor.get_by_role("alert").wait_for()
    wrong["refused"] = faults(visitor, axe)
    supplier = open_page(**STILL, storage_state=log_in("supplier", "demo-supplier"))
    for path, status in (("/nowhere", 404), ("/lots/unknown", 404), ("/users", 403)):
        assert supplier.goto(path).status == status
        wrong[path] = faults(supplier, axe)

    assert {place: found for place, found in wrong.items() if found} == {}


def test_while_the_plant_fills_the_pages_are_clean(open_page, log_in, site: Plant, axe: str) -> None:
    page = open_page(**STILL, storage_state=log_in("quality", "demo-quality"))
    visit = read_visit(site.registry)
    assert visit is not None
    write_visit(site.registry.settings.data_dir, replace(visit, percent=42))
    try:
        page.goto("/search")
        page.get_by_text("The plant is being filled").wait_for()
        wrong = faults(page, axe)
    finally:
        write_visit(site.registry.settings.data_dir, visit)

    assert wrong == []


def test_a_clock_that_jumped_is_told_on_clean_pages(open_page, log_in, site: Plant, axe: str) -> None:
    page = open_page(**STILL, storage_state=log_in("admin", "demo-admin"))
    site.clock.now -= timedelta(days=40)
    try:
        page.goto("/clock")
        page.get_by_label("Why the clock is right").wait_for()
        wrong = faults(page, axe)
        page.goto("/lots")
        page.get_by_text("nothing is recorded").wait_for()
        wrong += faults(page, axe)
    finally:
        site.clock.now += timedelta(days=40)

    assert wrong == []
