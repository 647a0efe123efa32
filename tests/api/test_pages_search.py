"""The search box: one identifier, straight to the one hit, or the candidates by kind."""

import base64
import io
import re

import pytest
from aas_samples import environment, lot_aasx, lot_shell
from certificate_samples import paper
from page_visitor import visit, words_of
from plant_samples import events


@pytest.fixture
def plant(bolt, arro, quality):
    """Bolt's lots 0042 and 0043 (delivery note DN-7), Arro's word on 0042, a certificate, and the events."""
    for code in ("0042", "0043"):
        lot = bolt.upload(lot_aasx(code), "lot.aasx").get_json()["lots"][0]["id"]
        if code == "0042":
            form = {"file": (io.BytesIO(paper()), "c.pdf"), "lot": lot, "number": "C-2026-1"}
            assert bolt.post("/trace/v1/certificates", data=form).status_code == 201
    shell = lot_shell(
        "https://arro.example/lots/0042", code="0042", mpn="CAP-100N-0603", maker="Bolt Components GmbH"
    )
    assert arro.upload(environment(shell)).status_code == 201
    states = {each["state"] for each in quality.post("/trace/v1/events", json=events()).get_json()["result"]}
    assert states == {"accepted"}


@pytest.fixture
def quinn(plant, app, registry):
    return visit(app, registry, "quality")


def kinds_of(answer):
    return re.findall(r"<h2>([^<]+?) <span", answer.text)


def test_the_start_page_asks_for_an_identifier(app, registry, suppliers):
    answer = visit(app, registry, "quality").get("/search")

    assert answer.status_code == 200
    assert 'name="q"' in answer.text


def test_the_only_hit_opens_at_once(quinn):
    for text, leads_to in (
        ("0042", "/lots/"),
        (" 0042\r\n", "/lots/"),
        ("\x1d0042\x04", "/lots/"),
        ("https://bolt.example/lots/0043", "/lots/"),
        ("https://bolt.example/lots/0043/asset", "/lots/"),
        ("reel-1", "/lots/"),
        ("PRD-2", "/units/"),
        ("brd-5", "/units/"),
        ("C-2026-1", "/certificates/"),
    ):
        answer = quinn.get("/search", query_string={"q": text})

        assert answer.status_code == 303, text
        assert answer.location.startswith(leads_to), text
        assert quinn.get(answer.location).status_code == 200, text


def test_what_several_lots_carry_answers_with_candidates(quinn):
    for text in ("CAP-100N-0603", "DN-7", "2611"):
        answer = quinn.get("/search", query_string={"q": text})

        assert answer.status_code == 200, text
        assert kinds_of(answer) == ["Lots"], text
        assert len(set(re.findall(r'class="hit" href="(/lots/[^"]+)"', answer.text))) == 2, text


def test_things_of_several_kinds_stand_apart(quinn, quality):
    named = {"id": "x1", "type": "unitCreated", "happenedAt": "2026-03-11T08:00:00Z", "units": ["0042"]}
    assert quality.post("/trace/v1/events", json=[named]).get_json()["result"][0]["state"] == "accepted"

    answer = quinn.get("/search?q=0042")

    assert kinds_of(answer) == ["Lots", "Units"]


def test_what_nobody_carries_is_said_so(quinn):
    for text in ("42", "00420", "0042'--", "%", "x" * 2048, "ロット"):
        answer = quinn.get("/search", query_string={"q": text})

        assert answer.status_code == 200, text
        assert "Nothing carries" in words_of(answer), text


def test_what_was_typed_is_shown_as_text(quinn):
    answer = quinn.get("/search", query_string={"q": "<script>alert(1)</script>"})

    assert "<script>alert" not in answer.text


def test_a_shell_of_no_lot_leads_to_its_json(quinn, quality):
    shell = {
        "modelType": "AssetAdministrationShell",
        "id": "urn:pump",
        "assetInformation": {"assetKind": "Type", "globalAssetId": "urn:p"},
    }
    assert quality.post("/api/v3/shells", json=shell).status_code == 201

    answer = quinn.get("/search?q=urn:pump")

    assert answer.location == "/api/v3/shells/" + base64.urlsafe_b64encode(b"urn:pump").decode().rstrip("=")
    assert quinn.get(answer.location).get_json()["id"] == "urn:pump"


def test_a_supplier_finds_nothing_of_another(plant, app, registry):
    visitor = visit(app, registry, "supplier", "arro")
    for text in (
        "0043",
        "C-2026-1",
        "https://bolt.example/lots/0042",
        "REEL-1",
        "PRD-1",
        "BRD-1",
        "DN-7",
        "2611",
    ):
        answer = visitor.get("/search", query_string={"q": text})

        assert answer.status_code == 200, text
        assert "Nothing carries" in words_of(answer), text


def test_a_supplier_finds_its_own(plant, app, registry):
    visitor = visit(app, registry, "supplier", "bolt")

    assert visitor.get("/search?q=0043").location.startswith("/lots/")


def test_a_customers_auditor_finds_that_customers_units_only(plant, app, registry):
    visitor = visit(app, registry, "customer_auditor", "meditec")
    found = {
        text: visitor.get("/search", query_string={"q": text}).location
        for text in ("PRD-1", "BRD-1", "PRD-3", "BRD-5", "0042", "REEL-1", "DN-7", "C-2026-1")
    }

    assert {text for text, address in found.items() if address} == {"PRD-1", "BRD-1"}
    assert found["PRD-1"].startswith("/units/")


def test_more_hits_than_fit_are_said_to_be_more(quinn, quality):
    lots = [{"manufacturer": "Many", "mpn": f"M-{number}", "lotCode": "SAME"} for number in range(25)]
    event = {
        "id": "many",
        "type": "receipt",
        "happenedAt": "2026-03-11T08:00:00Z",
        "deliveryNote": "DN-9",
        "lots": lots,
    }
    assert quality.post("/trace/v1/events", json=[event]).get_json()["result"][0]["state"] == "accepted"

    answer = quinn.get("/search?q=SAME")

    assert len(re.findall(r'class="hit"', answer.text)) == 20
    assert "20+" in words_of(answer)


def test_a_supplier_that_delivered_finds_the_lot_by_the_delivery_note_of_the_receipt(
    plant, app, registry, quality
):
    lots = [{"manufacturer": "Maker", "mpn": "M-1", "lotCode": "L-77"}]
    event = {
        "id": "rc",
        "type": "receipt",
        "happenedAt": "2026-03-11T08:00:00Z",
        "deliveryNote": "DN-77",
        "from": "arro",
        "lots": lots,
    }
    assert quality.post("/trace/v1/events", json=[event]).get_json()["result"][0]["state"] == "accepted"

    assert visit(app, registry, "supplier", "arro").get("/search?q=dn-77").location.startswith("/lots/")
    assert visit(app, registry, "supplier", "bolt").get("/search?q=dn-77").status_code == 200


@pytest.fixture
def shipped(plant, quality):
    """Two more shipments: to railway, with an order number; of a carton with a product for meditec in it."""
    told = [
        {
            "type": "shipped",
            "units": ["PRD-3"],
            "shipment": "SHP-2",
            "order": "PO-ALP-7",
            "customer": "railway",
        },
        {"type": "unitCreated", "kind": "product", "customer": "meditec", "units": ["PRD-4"]},
        {
            "type": "assembledInto",
            "links": [{"unit": "PRD-4", "into": {"container": "CRT-1"}, "relation": "packedIn"}],
        },
        {"type": "shipped", "units": [{"container": "CRT-1"}], "shipment": "SHP-3", "customer": "reseller"},
    ]
    events = [
        {"id": f"s{hour}", "happenedAt": f"2026-03-10T{hour}:00:00+01:00", **each}
        for hour, each in enumerate(told, start=13)
    ]
    answer = quality.post("/trace/v1/events", json=events).get_json()
    assert {each["state"] for each in answer["result"]} == {"accepted"}, answer


def hits_of(answer):
    return re.findall(r'class="hit" href="(/[^"]+)"', answer.text), re.findall(
        r'class="hit-title">([^<]+)<', answer.text
    )


def test_shipments_orders_parties_and_manufacturers_open(quinn, shipped):
    for text, leads_to, shows in (
        ("SHP-1", "/shipments/", "PRD-2"),
        ("shp-2", "/shipments/", "PO-ALP-7"),
        ("po-alp-7", "/shipments/", "PRD-3"),
        ("meditec", "/parties/", "SHP-1"),
        ("Arro Distribution", "/parties/", "0042"),
    ):
        answer = quinn.get("/search", query_string={"q": text})

        assert answer.status_code == 303, text
        assert answer.location.startswith(leads_to), text
        page = quinn.get(answer.location)
        assert page.status_code == 200, text
        assert shows in words_of(page), text
    maker = quinn.get("/search", query_string={"q": "bolt components gmbh"})
    assert kinds_of(maker) == ["Suppliers and customers", "Manufacturers"]
    lots, _ = hits_of(maker)
    assert "0043" in quinn.get(lots[-1].replace("&amp;", "&")).text


def test_a_shipment_shows_what_is_packed_at_any_depth_but_not_what_left_with_a_later_one(quinn, quality):
    def put(unit, into):
        return {"unit": unit, "into": {"container": into}, "relation": "packedIn"}

    links = [put("DEEP-1", "CRT-9"), put("LATE-1", "CRT-9"), put({"container": "CRT-9"}, "PLT-9")]
    told = [
        {"type": "unitCreated", "units": ["DEEP-1", "LATE-1"]},
        {"type": "assembledInto", "links": links},
        {"type": "shipped", "units": [{"container": "PLT-9"}], "shipment": "SHP-9"},
        {"type": "shipped", "units": ["LATE-1"], "shipment": "SHP-10"},
    ]
    events = [
        {"id": f"d{hour}", "happenedAt": f"2026-03-10T{hour}:00:00+01:00", **each}
        for hour, each in enumerate(told, start=13)
    ]
    answer = quality.post("/trace/v1/events", json=events).get_json()
    assert {each["state"] for each in answer["result"]} == {"accepted"}, answer

    words = words_of(quinn.get(quinn.get("/search", query_string={"q": "SHP-9"}).location))

    assert "DEEP-1" in words
    assert "PLT-9" in words
    assert "LATE-1" not in words


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("004", {"0042", "0043"}),
        ("cap-100", {"0042", "0043"}),
        ("DN-", {"0042", "0043"}),
        ("261", {"0042", "0043"}),
        ("prd", {"PRD-1", "PRD-2", "PRD-3", "PRD-4"}),
        ("\uff50\uff52\uff44-", {"PRD-1", "PRD-2", "PRD-3", "PRD-4"}),
        ("REE", {"REEL-1"}),
        ("C-2026", {"C-2026-1"}),
        ("https://bolt.example/lots/004", {"0042", "0043"}),
        ("SHP", {"SHP-1", "SHP-2", "SHP-3"}),
        ("po-a", {"SHP-2"}),
        ("medi", {"Meditec AG"}),
        ("bolt comp", {"Bolt Components GmbH"}),
    ],
)
def test_three_characters_of_the_beginning_are_enough(quinn, shipped, text, titles):
    answer = quinn.get("/search", query_string={"q": text})

    assert answer.status_code == 200
    addresses, shown = hits_of(answer)
    assert set(shown) == titles
    assert "begins so" in words_of(answer)
    assert "names several things" not in words_of(answer)
    for address in addresses:
        assert quinn.get(address.replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize(
    "text",
    ["PR", "SH", "\uff30\uff32", "PR%", "PR_", "P%D", "PRD_", "PRD\\", "%%%", "___", "\\\\\\", "PRD-1%"],
)
def test_two_characters_are_too_few_and_nothing_is_a_wildcard(quinn, shipped, text):
    answer = quinn.get("/search", query_string={"q": text})

    assert answer.status_code == 200
    assert "Nothing carries" in words_of(answer)
    assert "first three characters are enough" in words_of(answer)


def test_what_has_the_text_itself_comes_first(quinn, quality):
    for number, unit in enumerate(("AAA-1", "AAA-12", "AAA-13")):
        event = {"id": f"u{number}", "type": "unitCreated", "happenedAt": "2026-03-11T08:00:00Z"}
        assert quality.post("/trace/v1/events", json=[event | {"units": [unit]}]).status_code == 200
    same = {"id": "rc", "type": "receipt", "happenedAt": "2026-03-11T08:00:00Z", "deliveryNote": "DN-9"}
    lots = [{"manufacturer": "Many", "mpn": "M-1", "lotCode": "AAA-1"}]
    assert quality.post("/trace/v1/events", json=[same | {"lots": lots}]).status_code == 200

    _, shown = hits_of(quinn.get("/search?q=AAA-1"))

    assert shown == ["AAA-1", "AAA-1", "AAA-12", "AAA-13"]
    assert quinn.get("/search?q=AAA-12").location.startswith("/units/")


def test_more_beginnings_than_fit_are_said_to_be_more(quinn, quality):
    units = [f"MANY-{number:03d}" for number in range(30)]
    event = {"id": "many", "type": "unitCreated", "happenedAt": "2026-03-11T08:00:00Z", "units": units}
    assert quality.post("/trace/v1/events", json=[event]).get_json()["result"][0]["state"] == "accepted"

    answer = quinn.get("/search?q=many-")

    assert hits_of(answer)[1] == units[:20]
    assert "20+" in words_of(answer)


def test_a_supplier_finds_its_own_beginnings_and_itself_only(plant, shipped, app, registry):
    arro = visit(app, registry, "supplier", "arro")
    for text in ("PRD", "SHP", "PO-", "medi", "railway", "bolt ag", "REE", "DN-", "261", "C-20", "meditec"):
        answer = arro.get("/search", query_string={"q": text})
        assert "Nothing carries" in words_of(answer), text
    assert kinds_of(arro.get("/search?q=bolt")) == ["Manufacturers"]  # its own word on lot 0042
    assert arro.get("/search?q=arro").location.startswith("/parties/")
    _, shown = hits_of(arro.get("/search?q=004"))
    assert shown == ["0042"]
    quality = visit(app, registry, "quality")
    for text in ("bolt", "SHP-1"):
        other = quality.get("/search", query_string={"q": text}).location
        assert arro.get(other).status_code in {403, 404}, text


def test_a_customers_auditor_finds_its_shipments_orders_and_itself_only(plant, shipped, app, registry):
    visitor = visit(app, registry, "customer_auditor", "meditec")

    found = {
        text: hits_of(visitor.get("/search", query_string={"q": text}))[1] for text in ("PRD", "SHP", "BRD")
    }
    assert found["PRD"] == ["PRD-1", "PRD-2", "PRD-4"]
    assert found["SHP"] == ["SHP-1", "SHP-3"]
    assert found["BRD"] == ["BRD-1", "BRD-2", "BRD-3", "BRD-4"]
    assert visitor.get("/search?q=meditec").location.startswith("/parties/")
    for text in ("SHP-2", "PO-ALP-7", "PO-", "railway", "rail", "bolt", "arro", "004", "REE"):
        assert "Nothing carries" in words_of(visitor.get("/search", query_string={"q": text})), text
    own = visitor.get(visitor.get("/search?q=SHP-1").location)
    assert "PRD-1" in own.text
    packed = words_of(visitor.get(visitor.get("/search?q=SHP-3").location))
    assert "PRD-4" in packed
    assert "CRT-1" not in packed
    quality = visit(app, registry, "quality")
    for text in ("SHP-2", "railway", "arro"):
        other = quality.get("/search", query_string={"q": text}).location
        assert visitor.get(other).status_code == 404, text
