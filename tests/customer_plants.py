"""Plants that build for two customers, and everything that an auditor of one of them can ask.

Meditec asks. Whatever is Railway's own is called ``ZC-…``, so that one search over all answers finds it.
What both share (reels, runs, panels, cartons, papers) is the plant's and bears neutral names.
"""

import base64
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

from certificate_samples import paper
from pypdf import PdfReader

from aas_registry.reports import bundle

Event = dict[str, Any]

MAKER, MPN = "Bolt", "BZX84"
# The first two are in units of both or of Meditec alone, the last in Railway's only.
SHARED, OWN, OTHERS = "LOT0042", "LOT0043", "ZC-0077"
OF_OTHERS = re.compile(rb"ZC-|[Rr]ailway")


def at(day: int, hour: int = 6) -> str:
    return f"2026-03-{day:02}T{hour:02}:00:00+00:00"


def said(event_type: str, number: str, day: int, **members: Any) -> Event:
    return {"type": event_type, "id": number, "happenedAt": at(day), **members}


def reel(package: str, *codes: str) -> Event:
    lots = [{"manufacturer": MAKER, "mpn": MPN, "lotCode": code} for code in codes]
    return said("packageCreated", f"reel {package}", 1, package=package, lots=lots)


def made(name: str, day: int, customer: str | None = None, **members: Any) -> Event:
    owner = {} if customer is None else {"customer": customer}
    return said("unitCreated", f"made {name}", day, units=[name], **owner, **{"firstSequence": 1, **members})


def put(number: str, unit: Any, into: Any, relation: str = "partOf", day: int = 3) -> Event:
    links = [{"unit": unit, "into": into, "relation": relation}]
    return said("assembledInto", number, day, links=links)


# What the plant says of its material and of what both customers' units pass and travel in.
COMMON = [
    reel("REEL-1", SHARED),
    reel("REEL-2", OWN),
    reel("REEL-3", OTHERS),
    reel("REEL-4", SHARED, OWN),
    said("unitCreated", "panel", 2, units=["PANEL"], kind="panel"),
    said(
        "feed",
        "feeds",
        2,
        run={"id": "RUN-1", "line": "Line 4"},
        feeds=[
            {"package": "REEL-1", "sequenceFrom": 1, "sequenceTo": 9, "designators": ["R1"]},
            {"package": "REEL-4", "sequenceFrom": 4, "sequenceTo": 6, "designators": ["R2"]},
        ],
    ),
    said("consumed", "on panel", 2, unit="PANEL", package="REEL-2", designators=["C1"], quantity=1),
]

# What is Meditec's: boards by their own customer, or by the product that they are part of.
OF_MEDITEC = [
    made("A-BOARD-1", 2, run="RUN-1", firstSequence=1, kind="board"),
    made("A-BOARD-2", 2, "meditec", run="RUN-1", firstSequence=2, kind="board", product="A-PCB"),
    made("A-BOARD-3", 2, "meditec", run="RUN-1", firstSequence=4, kind="board"),
    made("A-BOARD-4", 2, "meditec", kind="board"),
    put("A on panel", "A-BOARD-4", "PANEL", "panelOf", day=2),
    said("consumed", "A consumes", 2, unit="A-BOARD-3", package="REEL-2", designators=["R9"], quantity=1),
    made("A-PUMP-1", 3, "meditec", kind="product", product="A-PUMP"),
    made("A-PUMP-2", 3, "Meditec AG", kind="product", product="A-PUMP"),
    put("A assembles", "A-BOARD-1", "A-PUMP-1"),
    put("A assembles too", "A-BOARD-4", "A-PUMP-2"),
    said("tested", "A tests", 4, units=["A-PUMP-1"], test="A-leak", result="passed"),
    put("A packs", "A-PUMP-1", {"container": "BOX"}, "packedIn", day=5),
]

# What is Railway's; some of it touches what is Meditec's, and some of it is inside that.
OF_RAILWAY = [
    made("ZC-BOARD-1", 2, run="RUN-1", firstSequence=3, kind="board"),
    made("ZC-BOARD-2", 2, "railway", run="RUN-1", firstSequence=5, kind="board", product="ZC-PCB"),
    made("ZC-BOARD-3", 2, "railway", kind="board"),
    made("ZC-SCREW", 2, kind="board"),
    put("ZC on panel", "ZC-BOARD-3", "PANEL", "panelOf", day=2),
    said("consumed", "ZC consumes", 2, unit="ZC-BOARD-2", package="REEL-3", designators=["R7"], quantity=1),
    said("consumed", "ZC screws", 2, unit="ZC-SCREW", package="REEL-3", designators=["R8"], quantity=1),
    made("ZC-RELAY-1", 3, "railway", kind="product", product="ZC-RELAY"),
    made("ZC-RELAY-2", 3, "Railway Systems", kind="product", product="ZC-RELAY"),
    put("ZC assembles", "ZC-BOARD-1", "ZC-RELAY-1"),
    # A board of Meditec's in a product of Railway's, and the reverse, with something of its own in it.
    put("ZC takes a board", "A-BOARD-2", "ZC-RELAY-1"),
    put("ZC goes into a pump", "ZC-BOARD-2", "A-PUMP-1"),
    put("ZC has a screw", "ZC-SCREW", "ZC-BOARD-2"),
    said("tested", "ZC tests", 4, units=["ZC-RELAY-1"], test="ZC-test", result="failed"),
    put("ZC packs", "ZC-RELAY-1", {"container": "BOX"}, "packedIn", day=5),
    put("ZC packs more", "ZC-RELAY-2", {"container": "BOX"}, "packedIn", day=5),
    said("shipped", "ZC ships", 6, units=["ZC-RELAY-2"], shipment="ZC-SHIP", order="ZC-4712"),
    said("returned", "ZC returns", 7, units=["ZC-RELAY-2"]),
]


# Lines of Railway's that name a unit of Meditec's, and what makes the other unit known. While nobody says
# whose that is, it is nobody's: a line of Meditec's unit that waits, which Meditec is told of.
_NEEDS = {"ZC takes a board": "made ZC-RELAY-1", "ZC goes into a pump": "made ZC-BOARD-2"}


def of_another(events: Iterable[Event], corrected: Iterable[Event] = ()) -> list[Event]:
    """Return those of some events of which it is known that they are another's."""
    kept = list(events)
    said_of = {each["id"] for each in kept} - {each["corrects"] for each in corrected}
    return [each for each in kept if each["id"] not in _NEEDS or _NEEDS[each["id"]] in said_of]


def shipping(customer: str | None, order: str) -> list[Event]:
    """Return that the carton of both left, and a pump of Meditec's by itself, with one order."""
    to = {} if customer is None else {"customer": customer}
    return [
        said("shipped", "ship", 6, units=[{"container": "BOX"}], shipment="S-9", order=order, **to),
        said("shipped", "ship more", 6, units=["A-PUMP-2"], shipment="S-9", order=order, **to),
    ]


def spoken(*codes: str, more: str = "") -> bytes:
    """Return a paper whose text calls some codes its lots."""
    return paper(", ".join(codes), MPN, more=more)


def lot_id(asker, code: str) -> str:
    found: str = asker.get("/trace/v1/lots", query_string={"code": code}).get_json()["result"][0]["id"]
    return found


def submit(asker, content: bytes, *codes: str, name: str = "paper.pdf", **fields: str) -> dict[str, Any]:
    form = {"file": (io.BytesIO(content), name), "lot": [lot_id(asker, code) for code in codes], **fields}
    answer = asker.post("/trace/v1/certificates", data=form)
    assert answer.status_code in {200, 201}, answer.get_json()
    kept: dict[str, Any] = answer.get_json()
    return kept


def send(asker, events: Iterable[Event]) -> None:
    answer = asker.post("/trace/v1/events", json=list(events)).get_json()
    assert {each["state"] for each in answer["result"]} <= {"accepted", "pending", "corrected"}, answer


def unit_id(asker, name: str) -> str | None:
    found = asker.get("/trace/v1/units", query_string={"serial": name}).get_json()["result"]
    return found[0]["id"] if found else None


ALL = slice(None)
# Asked one after the other they are as good as all: no question of one is asked in another.
THIRDS = tuple(slice(first, None, 3) for first in range(3))
LEVELS = ("board", "product", "shipment")
UNITS = [each["units"][0] for each in OF_MEDITEC if each["type"] == "unitCreated"]
TEXTS = ["A-BOARD-1", "A-BOARD-2", "A-BO", "BOX", "PANEL", "S-9", "4711", "meditec", "railway", "Railway Sys"]
TEXTS += ["ZC-RELAY-1", "ZC-", "ZC-SHIP", "ZC-4711", "REEL-3", OTHERS]


def packed(files: dict[str, bytes]) -> bytes:
    """Return the bundle that holds some files."""
    return bundle.pack(files)


def bundle_of(asker, direction: str, subject: str, **more: str) -> dict[str, bytes]:
    made = asker.post("/trace/v1/reports", json={"direction": direction, "subject": subject, **more})
    assert made.status_code == 201, made.get_json()
    return files_of(asker.get(made.headers["Location"]))


def files_of(answer) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _payload(envelope: bytes) -> bytes:
    return base64.b64decode(json.loads(envelope)["payload"])


def statements_in(files: dict[str, bytes]) -> list[dict[str, Any]]:
    """Return what the envelopes of a bundle say."""
    return [
        json.loads(_payload(content))
        for name, content in sorted(files.items())
        if name.startswith("evidence/statements/")
    ]


def of_others(files: dict[str, bytes]) -> list[str]:
    """Return the files of a bundle that hold anything of Railway's, envelopes and pages opened."""
    opened = {name: _payload(content) for name, content in files.items() if name.endswith(".dsse.json")}
    pdfs = {name: content for name, content in files.items() if name.endswith(".pdf")}
    pages = {name: [page.extract_text() for page in PdfReader(io.BytesIO(pdfs[name])).pages] for name in pdfs}
    texts = {name: "\n".join(text).encode() for name, text in pages.items()}
    assert all(texts.values())
    shown = [*files.items(), *opened.items(), *texts.items()]
    return [name for name, content in shown if OF_OTHERS.search(content) is not None]


Answers = Iterator[tuple[str, bytes]]
_PAGE = {"Accept": "text/html"}


def questions(asker, quality, part: slice = ALL) -> Answers:
    """Yield what an auditor may ask without a report, or a part of it: the question without ids, and the answer."""
    for code in (SHARED, OWN, OTHERS):
        yield from _where_used(asker, code, lot_id(quality, code), LEVELS[part])
    for unit in UNITS[part]:
        number = unit_id(asker, unit)
        yield from [(f"unit {unit}", b"none")] if number is None else _unit(asker, unit, number)
    for text in TEXTS[part]:
        yield from _search(asker, text)


def _where_used(asker, code: str, lot: str, levels: Iterable[str]) -> Answers:
    for level in levels:
        address = f"/lots/{lot}/where-used?level={level}"
        for query in ("", *(f"&groupBy={each}" for each in ("product", "customer", "day", "line"))):
            yield f"where-used {code} {level} {query}", asker.get(f"/trace/v1{address}{query}").data
        yield f"why {code} {level}", asker.get(f"/trace/v1{address}&explain=true").data
        yield f"page {code} {level}", asker.get(address, headers=_PAGE).data


def _unit(asker, unit: str, number: str) -> Answers:
    for query in ("", "?asOf=2026-03-03T12:00:00Z"):
        yield f"unit {unit} {query}", asker.get(f"/trace/v1/units/{number}{query}").data
        inside = f"/trace/v1/units/{number}/contents{query}"
        yield f"contents {unit} {query}", asker.get(inside).data
        yield f"why {unit} {query}", asker.get(f"{inside}{'&' if query else '?'}explain=true").data
        yield f"timeline {unit} {query}", asker.get(f"/trace/v1/units/{number}/timeline{query}").data
        yield f"page {unit} {query}", asker.get(f"/units/{number}{query}", headers=_PAGE).data


def _search(asker, text: str) -> Answers:
    yield f"units {text}", asker.get("/trace/v1/units", query_string={"serial": text}).data
    found = asker.get("/search", query_string={"q": text}, headers=_PAGE)
    yield f"search {text}", found.data
    places = re.findall(rb'"(/(?:shipments|parties)/[A-Za-z0-9_-]{22})"', found.data)
    if found.status_code == HTTPStatus.SEE_OTHER:
        places.append(found.headers["Location"].encode())
    for place in places:
        yield f"search {text} leads to", asker.get(place.decode(), headers=_PAGE).data


def reports(asker, quality, part: slice = ALL) -> Answers:
    """Yield the parts of two reports that hold facts."""
    pump = unit_id(asker, "A-PUMP-1")
    both = (("where-used", lot_id(quality, SHARED)), ("contents", pump or "A" * 22))
    for direction, subject in both[part]:
        made = asker.post("/trace/v1/reports", json={"direction": direction, "subject": subject})
        yield f"report {direction}", made.data
        if made.status_code == HTTPStatus.CREATED:
            yield from _bundle(f"report {direction}", files_of(asker.get(made.headers["Location"])))
    yield "reports", asker.get("/trace/v1/reports").data


def _bundle(title: str, files: dict[str, bytes]) -> Answers:
    yield title, files["report.json"]
    for name in sorted(files):
        if name.startswith("evidence/certificates/"):
            yield f"{title} {name}", files[name]
    statements = sorted(json.dumps(each, sort_keys=True) for each in statements_in(files))
    yield f"{title} statements", "\n".join(statements).encode()


_VOLATILE = (
    # Today, by the clock of the tests: everything in the plants happened earlier.
    (re.compile(rb"2026-03-(?:0[3-9]|1\d)T08:00:\d\d[^\"<& ]*|2026-03-16[^\"<& ]*"), b"TIME"),
    (re.compile(rb"(?:(?<![\w-])|(?<=%2F))[A-Za-z0-9_-]{22}(?![\w-])"), b"ID"),
    (re.compile(rb"Request [0-9a-f]{32}"), b"REQUEST"),
    (re.compile(rb"plant-\d+"), b"PLANT"),
    (re.compile(rb'"(?:correlationId|timestamp|excerptedAt|cursor)": ?"[^"]*"'), b""),
    (re.compile(rb'(?<=")[0-9a-f]{64}(?=")|(?<=/)[0-9a-f]{64}(?=\.dsse)'), b"DIGEST"),
    (re.compile(rb'"size":\d+'), b"SIZE"),
    (re.compile(rb"(?:nonce|csrf_token)[^>]*"), b""),
)


def steady(content: bytes) -> bytes:
    """Return an answer without what differs between any two plants: ids, times of recording, digests."""
    for pattern, mark in _VOLATILE:
        content = pattern.sub(mark, content)
    return content
