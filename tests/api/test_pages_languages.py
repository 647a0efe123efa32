"""Pages in other languages: nothing of what a person reads stays English, save names and what others wrote."""

import re
from collections import deque
from html.parser import HTMLParser

import pytest
from page_visitor import visit, words_of

from aas_registry.domain.principals import Role

LOT = {"manufacturer": "BOLT", "mpn": "BZX84", "lotCode": "L-1"}
OTHER_LOT = {**LOT, "lotCode": "L-2"}


def event(event_type, number, day, **members):
    return {"type": event_type, "id": number, "happenedAt": f"2026-03-{day:02}T06:00:00+00:00", **members}


def reel(number, package, *lots):
    return event("packageCreated", number, 1, package=package, lots=list(lots))


# Lines that wait for every kind of name, one that is undecided, one that cannot be read, and what does not fit.
PLANT = [
    reel("E1", "R-1", LOT),
    reel("E2", {"id": "R-2", "issuer": "ACORN"}, LOT),
    reel("E3", {"id": "R-2", "issuer": "BIRCH"}, OTHER_LOT),
    reel("E4", "R-3"),
    event("unitCreated", "E5", 2, units=["B-1", "B-2"], kind="board", product="PCB", customer="MEDITEC"),
    event(
        "unitCreated",
        "E6",
        2,
        units=["P-1"],
        kind="panel",
        run={"id": "RUN-1", "line": "L4"},
        firstSequence=1,
    ),
    event("consumed", "E7", 3, unit="B-1", package="R-1", designators=["C1"], quantity=2),
    event("consumed", "E8", 3, unit="B-1", package="R-3", designators=["C1"]),
    event("consumed", "E9", 3, unit="B-1", package={"id": "NO-1", "issuer": "ACORN"}),
    event("consumed", "E10", 3, unit="B-1", package="R-2"),
    event("feed", "E11", 3, run="RUN-1", feeds=[{"package": "NO-2", "sequenceFrom": 1, "sequenceTo": 9}]),
    event(
        "assembledInto",
        "E12",
        3,
        links=[
            {"unit": "B-1", "into": {"panel": "NO-3", "position": 2}},
            {"unit": "B-1", "into": {"container": "NO-4"}, "relation": "partOf"},
            {"unit": "NO-5", "into": "B-1"},
            {"unit": "B-2", "into": "P-1", "relation": "panelOf", "position": "1"},
        ],
    ),
    event("correction", "E13", 4, corrects="NO-6"),
    event("removed", "E14", 4, unit="B-1", package="R-1", quantity=9, reason="R-17"),
    event("returned", "E15", 4, units=["B-2"]),
    event("tested", "E16", 4, units=["B-1"], test="ICT", result="failed"),
    event("setUp", "E17", 2, station="ST-1", slots=[{"slot": "F1", "package": "R-1"}]),
    event("unitProcessed", "E18", 5, units=["B-2"], run={"id": "RUN-2", "station": "ST-1"}, firstSequence=1),
    event("unitCompleted", "E19", 5, units=["B-1", "B-2"], run="RUN-2"),
    event("shipped", "E20", 6, units=["B-1"], shipment="SH-1", order="PO-1", customer="MEDITEC"),
    event("shipped", "E21", 7, units=["B-1"], shipment="SH-2", order="PO-2"),
    event("consumed", "E22", 30, unit="B-2", package="R-1"),
    event("split", "E23", 4, package="R-1", into=[{"package": "R-9", "quantity": 1}]),
]


class Texts(HTMLParser):
    """What a person reads or hears of a page, piece by piece; not what stands as code, nor names of languages."""

    def __init__(self):
        super().__init__()
        self.found = set()
        self._open = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag not in {"meta", "link", "input", "br", "img", "use", "hr", "path", "wbr"}:
            silent = (
                tag in {"script", "style", "code", "textarea"} or "code" in (given.get("class") or "").split()
            )
            self._open.append(
                (tag, silent or given.get("hreflang") or given.get("lang", "ja") not in {"ja", "en"})
            )
        for name in ("title", "aria-label", "placeholder", "data-title", "alt", "data-copied"):
            if given.get(name) and not self._is_silent:
                self.found.add(given[name].strip())

    def handle_endtag(self, tag):
        while self._open:
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data):
        if data.strip() and not self._is_silent:
            self.found.add(" ".join(data.split()))

    @property
    def _is_silent(self):
        return any(silent for _, silent in self._open)


def texts_of(answer):
    reader = Texts()
    reader.feed(answer.text)
    return reader.found


def english(texts):
    """Return those of some texts that have words; names of this plant have no small letters."""
    found = set()
    for each in texts:
        words = [word for word in re.findall(r"[^\s,;:·()\[\]{}\"'/]+", each) if re.search(r"[a-z]{3}", word)]
        if any(word.strip(".") not in OF_ALL_LANGUAGES for word in words):
            found.add(each)
    return found


# What people called their companies, and themselves, and an address.
OF_ALL_LANGUAGES = {
    *[
        "arro",
        "bolt",
        "meditec",
        "railway",
        "Arro",
        "Bolt",
        "Meditec",
        "Railway",
        "Distribution",
        "Components",
        "Systems",
        "GmbH",
    ],
    *(role.value for role in Role),
    "https",
    "supplier.example",
}


@pytest.fixture
def plant(suppliers, asker):
    answer = asker("production").post("/trace/v1/events", json=PLANT).get_json()["result"]
    assert {each["state"] for each in answer} == {"accepted", "pending"}, answer


def walk(app, visitor):
    """Yield an address of every page to which links lead, and of each unit and lot that a search finds."""
    to_see, seen = deque(["/", "/search?q=R-", "/search?q=B-", "/search?q=SH-", "/search?q=L-"]), set()
    addresses = app.url_map.bind("")
    while to_see:
        path = to_see.popleft()
        answer = visitor.get(path)
        if not answer.location:
            yield path
        links = [answer.location or "", *re.findall(r'href="(/[^"#]*)', answer.text)]
        for link in (each.replace("&amp;", "&") for each in links):
            if not link or link.startswith(("/static", "/language", "/trace", "/example", "/docs", "/api")):
                continue
            page = addresses.match(link.partition("?")[0], "GET")[0]
            number = link if page in {"pages_units.get_unit", "pages_lots.get_lot"} else page
            if number not in seen:
                seen.add(number)
                to_see.append(link)


@pytest.mark.check
@pytest.mark.parametrize("role", [Role.QUALITY, Role.CUSTOMER_AUDITOR, Role.ADMINISTRATOR])
def test_no_page_leaves_a_text_in_english(plant, app, registry, role):
    visitor = visit(app, registry, role.value, "meditec" if role is Role.CUSTOMER_AUDITOR else None)
    left = dict[str, str]()

    for path in walk(app, visitor):
        pages = {
            language: texts_of(visitor.get(path, headers={"Accept-Language": language}))
            for language in ("en", "ja")
        }
        for each in english(pages["en"] & pages["ja"]):
            left.setdefault(each, path)

    assert left == {}


@pytest.mark.parametrize(
    ("language", "awaited"),
    [
        ("en", ["package NO-1 of ACORN", "serial number NO-5", "position on a panel NO-3/2", "package R-2"]),
        (
            "de",
            [
                "Gebinde NO-1 von ACORN",
                "Seriennummer NO-5",
                "Position auf einem Nutzen NO-3/2",
                "Gebinde R-2",
            ],
        ),
        ("ja", ["ACORNのパッケージ NO-1", "シリアル番号 NO-5", "パネル上の位置 NO-3/2", "パッケージ R-2"]),
    ],
)
def test_what_a_line_waits_for_is_told_in_the_language_of_the_page(plant, app, registry, language, awaited):
    visitor = visit(app, registry, "quality")
    headers = {"Accept-Language": language}
    (unit,) = (
        each["id"]
        for each in visitor.get("/trace/v1/units", query_string={"serial": "B-1"}).get_json()["result"]
    )

    told = words_of(visitor.get("/events", headers=headers))
    of_unit = words_of(visitor.get(f"/units/{unit}", headers=headers))

    for each in awaited:
        assert each in told, each
    for each in awaited[:3]:
        assert each in of_unit, each
