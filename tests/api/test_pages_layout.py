"""What every page shares: language, static files, security headers, errors as pages."""

import re

import pytest
from page_visitor import Visitor, visit, words_of

PAGES = ["/search", "/lots", "/certificates", "/uploads", "/reports"]

# What the pages ask of the database is tested on both by the tests of the API.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def quinn(app, registry, suppliers):
    return visit(app, registry, "quality")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_no_other_host_and_holds_no_script(quinn, path):
    answer = quinn.get(path)

    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", answer.text)
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=", answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_one_heading_a_title_and_labels(quinn, path):
    page = quinn.get(path).text

    assert len(re.findall(r"<h1[ >]", page)) == 1
    assert re.search(r"<title>\S", page)
    ids = re.findall(r'<label[^>]* for="([^"]+)"', page)
    assert all(f'id="{each}"' in page for each in ids)
    assert len(set(re.findall(r' id="([^"]+)"', page))) == len(re.findall(r' id="([^"]+)"', page))


@pytest.mark.parametrize(
    ("accept", "word"), [("de-AT,de;q=0.9", "Suche"), ("ja", "検索"), ("fr", "Search"), ("", "Search")]
)
def test_a_page_speaks_the_browsers_language_or_english(quinn, accept, word):
    answer = quinn.get("/search", headers={"Accept-Language": accept})

    assert word in words_of(answer).split()


def test_a_chosen_language_counts_more_than_the_browsers(app):
    stranger = Visitor(app.test_client())

    answer = stranger.get("/language/ja?next=/login?next%3D/lots")

    assert answer.location == "/login?next=/lots"
    assert '<html lang="ja">' in stranger.get("/login", headers={"Accept-Language": "de"}).text


def test_a_language_that_nobody_translated_is_not_found(app):
    answer = app.test_client().get("/language/xx")

    assert answer.status_code == 404


def test_a_language_switch_never_leads_elsewhere(app):
    assert app.test_client().get("/language/de?next=//evil.example").location == "/"


def test_numbers_are_written_as_the_language_does(app, registry, suppliers, quality):
    quality.upload(b'{"submodels": [{"modelType": "Submodel", "id": "urn:a"}]}' + b" " * 1_500_000)
    visitor = visit(app, registry, "quality", name="other")

    [upload] = set(re.findall(r"/uploads/([\w-]{8,})", visitor.get("/uploads").text))

    assert "1.4 MiB" in words_of(visitor.get(f"/uploads/{upload}"))
    assert "1,4 MiB" in words_of(visitor.get(f"/uploads/{upload}", headers={"Accept-Language": "de"}))


def test_files_of_the_pages_are_kept_for_a_year_under_their_digest(app):
    client = app.test_client()
    [address] = re.findall(r'href="(/static/[^"]+/pages\.css)"', client.get("/login").text)

    answer = client.get(address)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_files_under_an_old_digest_are_asked_for_again(app):
    answer = app.test_client().get("/static/000000000000/pages.css")

    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["../layout.py", "%2e%2e/layout.py", "nothing.css"])
def test_only_files_of_the_pages_are_served(app, path):
    assert app.test_client().get(f"/static/000000000000/{path}").status_code == 404


def test_pages_are_never_kept(quinn):
    assert quinn.get("/lots").headers["Cache-Control"] == "no-store"


def test_a_browser_that_is_lost_gets_a_page(app):
    answer = app.test_client().get("/nowhere", headers={"Accept": "text/html,*/*;q=0.8"})

    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert "Nothing is here" in words_of(answer)


@pytest.mark.parametrize("path", ["/nowhere", "/trace/v1/nowhere"])
def test_a_program_that_is_lost_gets_json(app, path):
    assert app.test_client().get(path, headers={"Accept": "application/json"}).is_json


def test_what_the_role_may_not_do_is_said_on_a_page(app, registry, suppliers):
    visitor = visit(app, registry, "supplier", "bolt")

    answer = visitor.get("/reports")

    assert answer.status_code == 403
    assert "Your role may not do this" in words_of(answer)


@pytest.mark.parametrize(
    ("role", "party", "shown"),
    [
        ("supplier", "bolt", ["/search", "/lots", "/certificates", "/uploads"]),
        ("customer_auditor", "meditec", ["/search", "/where-used", "/reports", "/anomalies"]),
        ("auditor", None, [*PAGES, "/where-used", "/events", "/anomalies"]),
        ("production", None, ["/events", "/anomalies"]),
    ],
)
def test_the_menu_shows_only_what_the_role_may_open(app, registry, suppliers, role, party, shown):
    visitor = visit(app, registry, role, party)

    menu = visitor.get("/", follow_redirects=True).text.split('<nav class="nav"')[1].split("</nav>")[0]

    assert sorted(re.findall(r'href="([^"]+)"', menu)) == sorted(shown)
    assert all(visitor.get(path).status_code == 200 for path in shown)


def test_the_demo_says_so(make_registry):
    from aas_registry.web.app import create_app

    page = create_app(make_registry(demo=True)).test_client().get("/login")

    assert "Demo" in words_of(page)


def test_a_registry_without_authentication_says_so_loudly(make_registry):
    from aas_registry.web.app import create_app

    page = create_app(make_registry(auth="none")).test_client().get("/search")

    assert "Authentication is off." in words_of(page)


ROLES = [
    ("supplier", "bolt"),
    ("production", None),
    ("quality", None),
    ("auditor", None),
    ("customer_auditor", "bolt"),
    ("administrator", None),
]


@pytest.mark.parametrize(("role", "party"), ROLES)
def test_every_role_begins_on_a_page_that_it_may_see_and_no_link_of_it_is_refused(
    app, registry, suppliers, role, party
):
    visitor = visit(app, registry, role, party)

    start = visitor.get("/", follow_redirects=True)
    links = set(re.findall(r'<a[^>]* href="(/[^"#]*)"', start.text))

    assert start.status_code == 200
    assert len(links) > 3
    refused = {link for link in links if visitor.get(link.replace("&amp;", "&")).status_code >= 400}
    assert refused == set()


def test_a_refusal_never_leads_back_to_what_was_refused(app, registry, suppliers):
    visitor = visit(app, registry, "production")

    answer = visitor.get("/search")

    assert answer.status_code == 403
    assert 'href="/events"' in answer.text
    main = answer.text[answer.text.index("<main") : answer.text.index("</main")]
    assert 'href="/"' not in main
    assert 'href="/search"' not in main


def test_what_would_turn_the_direction_of_reading_is_left_out_of_a_page(quinn, quality):
    receipt = {
        "id": "turned",
        "type": "receipt",
        "happenedAt": "2026-03-10T06:00:00+01:00",
        "deliveryNote": "DN-7",
        "from": "bolt",
        "lots": [{"manufacturer": "Bolt", "mpn": "CAP\u2067-1", "lotCode": "\u202e4321"}],
    }
    quality.post("/trace/v1/events", json=[receipt])
    (lot,) = quality.get("/trace/v1/lots", query_string={"code": "4321"}).get_json()["result"]

    pages = [quinn.get(path).text for path in ("/lots", f"/lots/{lot['id']}")]

    assert lot["code"] == "\u202e4321"  # for programs it stays as it was written
    assert all("4321" in page for page in pages)
    assert not any(re.search("[\u202a-\u202e\u2066-\u2069]", page) for page in pages)
