"""Names in other spellings: at every door they mean what the plain ones mean.

Blanks of any kind, characters that nobody sees, full-width forms and case do not tell two lot codes,
part numbers, names of parties, packages, serials, delivery notes or file names apart.
"""

import io
import itertools

import pytest
from aas_samples import aasx, environment, id64, lot_aasx, lot_shell, submodel
from certificate_samples import paper
from page_visitor import visit
from plant_samples import LOT, MAKER, MPN, at, events

from aas_registry.domain.package import PackageFile

WIDE = {ord(" "): "\u3000"} | {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
SPELLINGS = {
    "a zero-width space": lambda text: f"{text[:2]}\u200b{text[2:]}",
    "no-break spaces": lambda text: f"\u00a0{text.replace(' ', chr(0xA0))}\u00a0",
    "full width": lambda text: text.translate(WIDE),
    "blanks behind": lambda text: f"{text}  \u2003",
    "another case": lambda text: text.swapcase(),
    "a byte order mark": lambda text: f"\ufeff{text}",
    "a soft hyphen": lambda text: f"{text[:1]}\u00ad{text[1:]}",
    "a private character": lambda text: f"{text}\uf70b",
}
LIST = "lot number;manufacturer;part number;reel id;delivery note;quantity\n"


@pytest.fixture
def plant(bolt, quality):
    """One lot of Bolt's, with a certificate, and what the plant made of it."""
    lot = bolt.upload(lot_aasx("0042"), "lot.aasx").get_json()["lots"][0]["id"]
    form = {"file": (io.BytesIO(paper()), "c.pdf"), "lot": lot, "number": "C-2026-1"}
    assert bolt.post("/trace/v1/certificates", data=form).status_code == 201
    answer = quality.post("/trace/v1/events", json=events())
    assert {each["state"] for each in answer.get_json()["result"]} == {"accepted"}
    return lot


def ids(asker, path, **query):
    return sorted(each["id"] for each in asker.get(path, query_string=query).get_json().get("result", ()))


def astray(question, *texts):
    """Return what a question answers of each spelling that is not what it answers of the plain texts."""
    plain = question(*texts)
    assert plain
    spelled = {name: question(*map(spell, texts)) for name, spell in SPELLINGS.items()}
    return {name: found for name, found in spelled.items() if found != plain}


@pytest.mark.parametrize(
    ("path", "name", "text"),
    [
        ("/trace/v1/lots", "code", LOT),
        ("/trace/v1/lots", "manufacturer", MAKER),
        ("/trace/v1/lots", "mpn", MPN),
        ("/trace/v1/lots", "deliveryNote", "DN-7"),
        ("/trace/v1/units", "serial", "BRD-5"),
        ("/trace/v1/units", "serial", "PRD-2"),
    ],
)
def test_the_api_finds_the_same_by_every_spelling(plant, quality, path, name, text):
    assert astray(lambda spelled: ids(quality, path, **{name: spelled}), text) == {}


def test_pages_find_the_same_by_every_spelling(plant, app, registry):
    quinn = visit(app, registry, "quality")

    def found(path, name):
        def ask(text):
            answer = quinn.get(path, query_string={name: text})
            address = answer.headers.get("Location") or answer.text.partition("/lots/")[2][:20]
            return answer.status_code, address.partition("?")[0]

        return ask

    searched = [LOT, MPN, MAKER, "REEL-1", "PRD-2", "DN-7", "SHP-1", "bolt", "Bolt Components GmbH", "REE"]
    by_search = {text: astray(found("/search", "q"), text) for text in searched}
    by_field = {
        name: astray(found("/lots", name), text)
        for name, text in {"code": LOT, "manufacturer": MAKER, "mpn": MPN, "deliveryNote": "DN-7"}.items()
    }

    assert {name: wrong for name, wrong in {**by_search, **by_field}.items() if wrong} == {}


def test_labels_mean_the_same_lot_in_every_spelling(plant, quality):
    def matched(code, mpn):
        answer = quality.post(
            "/trace/v1/reel-labels", json={"text": f"[)>\x1e06\x1d1P{mpn}\x1d1T{code}\x1e\x04"}
        )
        (label,) = answer.get_json()["labels"]
        return sorted(hit["id"] for group in label["matches"] for hit in group["hits"])

    assert astray(matched, LOT, MPN) == {}


def test_parties_are_the_same_in_every_spelling(plant, bolt, quality, administrator):
    numbers = itertools.count()

    def on_behalf_of(code):
        answer = quality.upload(environment(lot_shell("urn:x", code="77")), dryRun="true", onBehalfOf=code)
        return answer.get_json().get("party")

    def exported(code):
        return quality.get("/trace/v1/exports", query_string={"party": code, "dryRun": "true"}).status_code

    def pinned(code):
        body = {"prefix": f"urn:{next(numbers)}:", "party": code}
        return administrator.post("/trace/v1/identifiers/pins", json=body).get_json()["party"]

    doors = {
        "uploads": astray(on_behalf_of, "bolt"),
        "exports": astray(exported, "bolt"),
        "prefixes": astray(pinned, "bolt"),
        "tokens": astray(lambda code: token_of(administrator, code), "bolt"),
    }

    assert {name: wrong for name, wrong in doors.items() if wrong} == {}


def token_of(administrator, code):
    body = {"name": f"t{len(code)}{hash(code)}", "role": "supplier", "party": code}
    answer = administrator.post("/trace/v1/tokens", json=body)
    return answer.status_code, answer.get_json().get("party")


def spelled_events(spell):
    """Return events that speak of the plant's things in another spelling."""
    lots = [{"manufacturer": spell(MAKER), "mpn": spell(MPN), "lotCode": spell(LOT)}]
    return [
        {"id": "s1", "type": "packageCreated", "happenedAt": at(6), "package": "REEL-2", "kind": "reel", "lots": lots},
        {
            "id": "s2", "type": "assembledInto", "happenedAt": at(10),
            "links": [{"unit": spell("BRD-1"), "into": spell("PRD-1")}],
        },
        {
            "id": "s3", "type": "receipt", "happenedAt": at(5), "deliveryNote": spell("DN-7"),
            "from": spell("bolt"), "lots": lots,
        },
        {
            "MessageName": "CFX.Production.Assembly.MaterialsInstalled",
            "Version": "1.7",
            "UniqueID": "6d4c3a55-0000-4000-8000-000000000001",
            "TimeStamp": at(9),
            "Source": "Placer",
            "MessageBody": {
                "TransactionId": "7e712504-0000-4000-8000-000000000001",
                "InstalledMaterials": [
                    {
                        "UnitIdentifier": spell("BRD-6"),
                        "QuantityInstalled": 1.0,
                        "Material": {"UniqueIdentifier": spell("REEL-1"), "Quantity": 1.0},
                    }
                ],
            },
        },
    ]  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_what_arrives_in_another_spelling_speaks_of_the_same_things(plant, bolt, quality, spelling):
    spell = SPELLINGS[spelling]
    shell = lot_shell("urn:again", code=spell(LOT), mpn=spell(MPN), maker=spell(MAKER))
    row = ";".join(map(spell, (LOT, MAKER, MPN, "REEL-1", "DN-7")))

    states = [
        each["state"]
        for each in quality.post("/trace/v1/events", json=spelled_events(spell)).get_json()["result"]
    ]
    package = bolt.upload(environment(shell), "again.json")
    form = {"file": (io.BytesIO(f"{LIST}{row};7\n".encode()), spell("list.csv"))}
    listed = bolt.post("/trace/v1/spreadsheets", data=form)

    assert states == ["accepted"] * 4
    assert (package.status_code, listed.status_code) in {(200, 201), (201, 201)}
    assert {each["id"] for answer in (package, listed) for each in answer.get_json()["lots"]} == {plant}
    assert ids(quality, "/trace/v1/lots") == [plant]
    for serial in ("BRD-1", "BRD-6", "PRD-1"):
        (unit,) = ids(quality, "/trace/v1/units", serial=serial)
        held = quality.get(f"/trace/v1/units/{unit}/contents").get_json()["result"]
        assert {each["lot"]["id"] for each in held} == {plant}, serial
    (reel,) = {
        each["package"] for each in quality.get(f"/trace/v1/lots/{plant}/packages").get_json()["result"]
    }
    assert reel == spell("REEL-1").strip()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_file_is_known_by_its_name_in_every_spelling(plant, bolt, app, registry, spelling):
    spell = SPELLINGS[spelling]
    content = f"lot number;manufacturer;part number;certificate\n0042;{MAKER};{MPN};c9.pdf\n".encode()
    sent = {
        "file": [
            (io.BytesIO(content), spell("list.csv")),
            (io.BytesIO(paper(more=spelling)), spell("c9.pdf")),
        ]
    }

    answer = visit(app, registry, "supplier", "bolt").send("/uploads", sent)

    assert answer.status_code == 200
    newest = bolt.get("/trace/v1/uploads").get_json()["result"][0]
    assert (newest["counts"]["lots"], newest["counts"]["certificates"]) == (1, 1)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_file_of_a_package_is_found_by_the_name_in_every_spelling(bolt, spelling):
    content = PackageFile.of("/aasx/files/Paper1.pdf", "application/pdf", b"%PDF-1.4 content")
    value = f"/aasx/files/{SPELLINGS[spelling]('Paper1.pdf')}"
    file = {"modelType": "File", "idShort": "F", "contentType": "application/pdf", "value": value}

    answer = bolt.upload(aasx(submodel("urn:n", file), files=[content]))

    assert answer.status_code == 201
    served = bolt.get(f"/api/v3/submodels/{id64('urn:n')}/submodel-elements/F/attachment")
    assert (served.status_code, served.data) == (200, b"%PDF-1.4 content")


def test_shell_ids_are_exact(bolt):
    bolt.upload(environment(lot_shell("urn:lot:A1", code="1")))

    answers = {
        name: bolt.get(f"/api/v3/shells/{id64(spell('urn:lot:A1'))}").status_code
        for name, spell in SPELLINGS.items()
    }

    assert set(answers.values()) == {404}
