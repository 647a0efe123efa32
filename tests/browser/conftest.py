"""A real server over a real database, and Debian's Chromium in front of it.

Playwright keeps an event loop running in the thread of the tests, where nothing else can then
run one: so the server is filled before it starts, and it ends with each module.
"""

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aas_samples import lot_aasx, submodel, text
from certificate_samples import NOW, paper, signed, signing_party
from patience import PATIENCE_S
from plant_samples import events
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from served import served

from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Principal, Role
from aas_registry.services import access, documents, parties
from aas_registry.services.certificates import submission as certificate_submission
from aas_registry.services.certificates.countersigning import DocumentFacts
from aas_registry.services.certificates.submission import SentDocument, Subject
from aas_registry.services.genealogy import events as event_service
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival, UploadOptions
from aas_registry.services.keys import init_keys
from aas_registry.services.registry import Registry, open_registry
from aas_registry.settings import Settings
from aas_registry.web.app import create_app

CHROMIUM = Path("/usr/bin/chromium")
PASSWORD = "correct horse battery"
QUIET = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@dataclass
class Site:
    """The running server, and the addresses of what it holds."""

    address: str
    pages: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    (folder / "registry.sqlite3").write_bytes(migrated_sqlite.read_bytes())
    init_keys(folder, organization="Plant", now=NOW)
    registry = open_registry(Settings(data_dir=folder, demo=True))
    filled = fill(registry)
    with served(create_app(registry)) as port:
        yield Site(f"http://127.0.0.1:{port}", filled)
    registry.close()


def fill(registry: Registry) -> dict[str, str]:
    """Put the sample plant on record; return the addresses of a page of every kind."""
    local = access.local_administrator(registry)
    for code, name in (
        ("bolt", "Bolt Components GmbH"),
        ("meditec", "Meditec AG"),
        ("railway", "Railway Systems"),
    ):
        parties.add_party(registry, local, code=code, name=name)
    party = signing_party("Bolt Components GmbH")
    parties.pin_anchor(registry, local, pem=party.root_pem, party="bolt")
    access.add_user(registry, local, name="quinn", password=PASSWORD, role=Role.QUALITY)
    access.add_user(registry, local, name="ada", password=PASSWORD, role=Role.ADMINISTRATOR)
    taken = uploads.take_upload(
        registry,
        local,
        Arrival(io.BytesIO(lot_aasx()), "0042.aasx", options=UploadOptions(on_behalf_of="bolt")),
    )
    lot = taken.outcome["lots"][0]["id"]
    certificate, _ = certificate_submission.submit_certificate(
        registry,
        local,
        SentDocument(
            stream=io.BytesIO(signed(paper(), party)),
            file_name="certificate.pdf",
            subject=Subject(lots=[lot]),
            facts=DocumentFacts(number="C-1", document_type="Certificate 3.1", issuer="Bolt Components GmbH"),
            on_behalf_of="bolt",
        ),
    )
    bolt = parties.party_for(registry, local, "bolt")
    assert bolt is not None
    supplier = Principal(name="Bolt", role=Role.SUPPLIER, site=local.site, party=bolt.id)
    for who in (supplier, local):
        body = submodel("https://bolt.example/held/by/bolt/and/by/the/plant/too", text("Of", who.name))
        documents.post_document(registry, who, IdentifiableKind.SUBMODEL, body)
    outcomes = event_service.ingest(registry, local, [*events(), *a_week_apart()])
    assert {each.state.value for each in outcomes} == {"accepted"}
    return {
        "search": "/search",
        "candidates": "/search?q=BRD",
        "lots": "/lots",
        "lot": f"/lots/{lot}?level=board&groupBy=day",
        "certificates": "/certificates",
        "certificate": f"/certificates/{certificate.id}",
        "uploads": "/uploads",
        "upload": f"/uploads/{taken.id}",
        "unit": "/search?q=PRD-1",
        "reports": "/reports",
        "account": "/account",
        "events": "/events",
        "shipment": "/search?q=SHP-1",
        "party": "/search?q=meditec",
        "users": "/users",
        "user": "/users/quinn",
        "identifiers": "/identifiers",
        "prefixes": "/identifiers/prefixes",
    }


def a_week_apart() -> list[dict]:
    """Return what puts one lot on a board of one day and on two boards of a day a week later."""
    days = {"BRD-A": "2026-03-10", "BRD-B": "2026-03-17", "BRD-C": "2026-03-17"}
    lot = {"manufacturer": "Ohm Parts", "mpn": "R-100", "lotCode": "0099"}
    reel = {
        "type": "packageCreated",
        "id": "w",
        "happenedAt": "2026-03-09T06:00:00Z",
        "package": "REEL-9",
        "kind": "reel",
        "lots": [lot],
    }
    made = [
        {
            "type": "unitCreated",
            "id": f"w {unit}",
            "happenedAt": f"{day}T09:00:00Z",
            "kind": "board",
            "units": [unit],
        }
        for unit, day in days.items()
    ]
    placed = [{"type": "consumed", "id": f"w R {unit}", "happenedAt": f"{day}T09:30:00Z", "unit": unit, "package": "REEL-9"}
              for unit, day in days.items()]  # fmt: skip
    return [reel, *made, *placed]


@pytest.fixture(scope="module")
def chromium(site: Site) -> Iterator[Browser]:
    """The browser; absent, the test skips, or fails where CI is set."""
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail(f"CI is set and {CHROMIUM} is missing")
        pytest.skip(f"{CHROMIUM} is not here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def log_in(chromium: Browser, site: Site) -> Callable[..., dict]:
    """Log in through the form; what is returned are the cookies."""

    def logged_in(name: str, password: str = PASSWORD) -> dict:
        context = chromium.new_context(base_url=site.address)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        page.goto("/")
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password").fill(password)
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Log out").wait_for()
        state = context.storage_state()
        context.close()
        return state

    return logged_in


@pytest.fixture(scope="module")
def session(log_in: Callable[..., dict]) -> dict:
    """The cookies of a quality engineer who logged in."""
    return log_in("quinn")


@pytest.fixture
def open_page(chromium: Browser, site: Site, session: dict) -> Iterator[Callable[..., Page]]:
    """Open a browser window; in the end nothing may have gone wrong in it, or left this machine."""
    contexts: list[BrowserContext] = []
    trouble: list[str] = []
    hosts: set[str] = set()

    def opened(*, width: int = 1280, logged_in: bool = True, **options: object) -> Page:
        context = chromium.new_context(
            base_url=site.address,
            viewport={"width": width, "height": 900},
            **{"storage_state": session if logged_in else None, "locale": "en", **options},
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        # That the page itself is a refusal is for the test to say, by its status.
        page.on(
            "console",
            lambda said: (
                said.type in {"error", "warning"}
                and not (said.text.startswith("Failed to load") and said.location["url"] == page.url)
                and trouble.append(f"{page.url}: {said.text}")
            ),
        )
        page.on("pageerror", lambda error: trouble.append(f"{page.url}: {error}"))
        # What the next page cut short was not missing.
        page.on(
            "requestfailed",
            lambda request: (
                request.failure != "net::ERR_ABORTED" and trouble.append(f"{request.url}: {request.failure}")
            ),
        )
        page.on("request", lambda request: hosts.add(request.url.split("/", 3)[2]))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert trouble == []
    assert hosts <= {site.address.removeprefix("http://")}
