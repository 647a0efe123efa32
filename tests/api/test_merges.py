"""What fell together: a paged list for quality and administrators alone."""

import io
from datetime import UTC, datetime

import pytest
from aas_samples import environment, lot_shell
from sqlalchemy import insert

from aas_registry.domain.identifiers import Site
from aas_registry.services.genealogy import events as event_service
from aas_registry.services.registry import Registry
from aas_registry.storage.tables.merges import name_merge

MERGES = "/trace/v1/merges"
SPELLINGS = f"{MERGES}/spellings"
AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def merged(registry: Registry) -> None:
    rows = [
        {"kind": "part_type", "id": 2, "merged_into": 1, "manufacturer": "\uff2fhm", "mpn": "R-1"},
        {"kind": "lot", "id": 8, "merged_into": 7, "manufacturer": "Ohm", "mpn": "R-1", "name": "L\uff11"},
        {"kind": "lot", "id": 9, "part_type": 2},  # came to another part type only
    ]
    site = Site(registry.settings.site)
    with registry.write(site) as connection:
        for row in rows:
            connection.execute(insert(name_merge).values(site=site, merged_at=AT, **row))


def test_quality_sees_what_fell_together_page_by_page(quality, merged) -> None:
    first = quality.get(MERGES, query_string={"limit": 1}).get_json()
    cursor = first["paging_metadata"]["cursor"]
    second = quality.get(MERGES, query_string={"limit": 1, "cursor": cursor}).get_json()

    (lot,) = first["result"]
    (part_type,) = second["result"]
    assert (lot["kind"], lot["name"], lot["mergedAt"]) == ("lot", "L\uff11", AT.isoformat())
    assert len(lot["id"]) == len(lot["mergedInto"]) == 22
    assert (part_type["kind"], part_type["manufacturer"]) == ("part_type", "\uff2fhm")
    assert second["paging_metadata"] == {}


def test_what_is_not_merged_cannot_be_parted(quality, merged) -> None:
    listed = quality.get(MERGES).get_json()["result"]

    answers = [quality.post(f"{MERGES}/{each}/part") for each in ("unknown", listed[0]["mergedInto"])]

    assert [each.status_code for each in answers] == [404, 404]
    assert answers[0].get_json()["messages"][0]["code"] == "MERGE-NOT-FOUND"
    assert listed[0]["partedAt"] is None


def test_a_supplier_learns_nothing_of_it(bolt, merged) -> None:
    assert bolt.get(MERGES).status_code == 403
    assert bolt.post(f"{MERGES}/unknown/part").status_code == 403


LIST = "lot number;manufacturer;part number;quantity;reel id\n"


def list_of(asker, *rows, name="list.csv"):
    content = LIST + "".join(f"{row}\n" for row in rows)
    answer = asker.post("/trace/v1/spreadsheets", data={"file": (io.BytesIO(content.encode()), name)})
    assert answer.status_code in {200, 201}, answer.text
    return answer.get_json()


def told(asker):
    """Return each lot's code with its quantities that hold, reels and units."""
    found = {}
    for lot in asker.get("/trace/v1/lots").get_json()["result"]:
        path = f"/trace/v1/lots/{lot['id']}"
        used = asker.get(f"{path}/where-used?level=board").get_json()["result"]
        found[lot["code"]] = (
            sorted(each["quantity"] for each in lot["submissions"]),
            sorted(each["package"] for each in asker.get(f"{path}/packages").get_json()["result"]),
            sorted(each["serial"] for each in used),
        )
    return found


def lots_by_code(asker):
    return {each["code"]: each["id"] for each in asker.get("/trace/v1/lots").get_json()["result"]}


@pytest.fixture
def fallen(bolt, arro, quality):
    """Lots X2, of Bolt's list and an event, and X² of Arro's list and an event, which came later."""
    list_of(bolt, "X2;Ohm;R-1;10;R1", "½;Ohm;R-1;7;R7")
    list_of(arro, "X²;Ohm;R-1;20;R2", "x2 ;Ohm;R-1;20;R9")
    happened = {"happenedAt": "2026-03-01T06:00:00Z"}
    events = []
    for number, code in enumerate(("X2", "X²")):
        lot = {"manufacturer": "Ohm", "mpn": "R-1", "lotCode": code}
        events += [
            {
                "type": "packageCreated",
                "id": f"p{number}",
                "package": f"P{number}",
                "lots": [lot],
                **happened,
            },
            {"type": "unitCreated", "id": f"u{number}", "units": [f"B{number}"], **happened},
            {
                "type": "consumed",
                "id": f"c{number}",
                "unit": f"B{number}",
                "package": f"P{number}",
                **happened,
            },
        ]
    answer = quality.post("/trace/v1/events", json=events)
    assert {each["state"] for each in answer.get_json()["result"]} == {"accepted"}


def test_a_spelling_that_came_later_is_listed_and_parted(fallen, bolt, arro, quality, registry):
    before = told(quality)
    (said,) = quality.get(SPELLINGS).get_json()["result"]
    assert set(before) == {"X2", "½"}
    assert (said["code"], said["spelling"], said["statements"]) == ("X2", "X²", 1)
    assert said["lot"] == lots_by_code(quality)["X2"]

    parted = quality.post(SPELLINGS, json={"lot": said["lot"], "spelling": "X²"})

    assert (parted.status_code, parted.get_json()["name"]) == (200, "X²")
    after = told(quality)
    assert set(after) == {"X2", "X²", "½"}
    assert (after["X2"][2], after["X²"][2]) == (["B0"], ["B1"])
    assert "R1" in after["X2"][1]
    assert lots_by_code(quality)["X2"] == said["lot"]
    assert quality.get(SPELLINGS).get_json()["result"] == []
    again = quality.post(SPELLINGS, json={"lot": said["lot"], "spelling": "X²"})
    assert (again.status_code, again.get_json()["messages"][0]["code"]) == (404, "SPELLING-NOT-FOUND")
    assert event_service.differs(registry, Site(registry.settings.site)) == []


def test_parting_is_audited_and_what_comes_later_goes_by_its_spelling(
    fallen, bolt, quality, administrator, registry
):
    lot = lots_by_code(quality)["X2"]
    quality.post(SPELLINGS, json={"lot": lot, "spelling": "X²"})

    list_of(bolt, "X²;Ohm;R-1;33;R33")
    list_of(bolt, "X2;Ohm;R-1;11;R1", name="other.csv")
    list_of(bolt, "X²;Ohm;R-1;34;R33", name="later.csv")

    after = told(quality)
    assert 34 in map(float, after["X²"][0])
    assert 11 in map(float, after["X2"][0])
    assert 34 not in map(float, after["X2"][0])
    assert ("R33" in after["X²"][1], "R33" in after["X2"][1]) == (True, False)
    (entry,) = [
        each
        for each in administrator.get("/trace/v1/audit").get_json()["result"]
        if each["what"] == "lot parted"
    ]
    assert entry["detail"] == "Ohm R-1 X²"
    (merge,) = quality.get(MERGES).get_json()["result"]
    assert (merge["name"], merge["mergedInto"]) == ("X²", lot)
    assert merge["partedAt"] is not None
    assert merge["partedBy"].endswith(" (token)")


@pytest.mark.parametrize("text", ["X2", " x2 ", "X\u200b2", "X3"])
def test_what_is_no_other_spelling_is_not_parted(fallen, quality, text):
    before = told(quality)
    lot = lots_by_code(quality)["X2"]

    refused = quality.post(SPELLINGS, json={"lot": lot, "spelling": text})

    assert (refused.status_code, refused.get_json()["messages"][0]["code"]) == (404, "SPELLING-NOT-FOUND")
    assert told(quality) == before


@pytest.mark.parametrize("text", ["X2", "\uff38\uff12", "X²", "x2"])
def test_from_a_parted_lot_nothing_is_parted_that_is_the_older_ones(fallen, quality, registry, text):
    lot = lots_by_code(quality)["X2"]
    quality.post(SPELLINGS, json={"lot": lot, "spelling": "X²"})
    before = told(quality)

    refused = quality.post(SPELLINGS, json={"lot": lots_by_code(quality)["X²"], "spelling": text})

    assert (refused.status_code, refused.get_json()["messages"][0]["code"]) == (404, "SPELLING-NOT-FOUND")
    assert told(quality) == before
    assert len(quality.get("/trace/v1/lots").get_json()["result"]) == len(before)


def test_a_supplier_learns_no_spelling_of_another(fallen, bolt, quality):
    lot = lots_by_code(quality)["X2"]

    assert bolt.get(SPELLINGS).status_code == 403
    assert bolt.post(SPELLINGS, json={"lot": lot, "spelling": "X²"}).status_code == 403


def reels(asker, code):
    lot = lots_by_code(asker)[code]
    listed = asker.get(f"/trace/v1/lots/{lot}/packages").get_json()["result"]
    return sorted(each["package"] for each in listed)


def quantities(asker, code):
    lots = {each["code"]: each for each in asker.get("/trace/v1/lots").get_json()["result"]}
    return [float(each["quantity"]) for each in lots[code]["submissions"]]


NOTED = "lot number;manufacturer;part number;quantity;reel id;delivery note\n"


def noted(asker, row, name="list.csv"):
    sent = {"file": (io.BytesIO(f"{NOTED}{row};DN-1\n".encode()), name)}
    answer = asker.post("/trace/v1/spreadsheets", data=sent)
    assert answer.status_code in {200, 201}, answer.text
    return answer


@pytest.mark.parametrize(
    ("older", "later"),
    [("U2;Ohm;P-U", "U²;Ohm;P-U"), ("u²;Ohm;P-U", "\uff352;Ohm;P-U"), ("½x;Ohm;P-U", "1\u20442X;Ohm;P-U")],
)
def test_lists_of_a_parted_lot_and_of_the_older_one_leave_each_other_alone(bolt, quality, older, later):
    code, parted = older.partition(";")[0], later.partition(";")[0]
    noted(bolt, f"{older};100;RU-100")
    noted(bolt, f"{later};200;RU-200")
    lot = lots_by_code(quality)[code]
    answer = quality.post(SPELLINGS, json={"lot": lot, "spelling": parted})
    assert answer.status_code == 200, answer.text
    assert (quantities(quality, parted), reels(quality, parted)) == ([200], ["RU-200"])

    noted(bolt, f"{older};100;RU-100")
    of_older = quantities(quality, code), reels(quality, code)
    of_parted = quantities(quality, parted), reels(quality, parted)
    again = noted(bolt, f"{later};200;RU-200")
    same = quantities(quality, parted), reels(quality, parted)
    noted(bolt, f"{later};200;RU-other")

    assert (of_older, of_parted, same) == (([100], ["RU-100"]), ([200], ["RU-200"]), ([200], ["RU-200"]))
    assert again.status_code == 200  # unchanged
    assert (quantities(quality, parted), reels(quality, parted)) == ([200], ["RU-other"])
    assert (quantities(quality, code), reels(quality, code)) == ([100], ["RU-100"])
    noted(bolt, f"{older};101;RU-101")
    assert (quantities(quality, code), reels(quality, code)) == ([101], ["RU-101"])
    assert (quantities(quality, parted), reels(quality, parted)) == ([200], ["RU-other"])


def test_a_reel_that_both_spellings_named_goes_with_the_one_that_holds(bolt, quality):
    noted(bolt, "U2;Ohm;P-U;100;RU-1")
    noted(bolt, "U²;Ohm;P-U;200;RU-1")

    quality.post(SPELLINGS, json={"lot": lots_by_code(quality)["U2"], "spelling": "U²"})

    assert (reels(quality, "U2"), reels(quality, "U²")) == ([], ["RU-1"])
    noted(bolt, "U2;Ohm;P-U;100;RU-1")
    noted(bolt, "U2;Ohm;P-U;100;RU-2")
    assert (reels(quality, "U2"), reels(quality, "U²")) == (["RU-2"], ["RU-1"])


@pytest.mark.parametrize("text", ["X\u2461", "X\u00b2\u200b", "\u202eX\u00b2", "X\u00b2 \uf8ff"])
def test_what_looks_like_a_parted_spelling_is_that_one_and_what_nobody_said_is_none(
    fallen, bolt, quality, text
):
    lot = lots_by_code(quality)["X2"]
    quality.post(SPELLINGS, json={"lot": lot, "spelling": "X²"})
    before = told(quality)

    refused = quality.post(SPELLINGS, json={"lot": lot, "spelling": text})

    assert (refused.status_code, refused.get_json()["messages"][0]["code"]) == (404, "SPELLING-NOT-FOUND")
    assert told(quality) == before
    assert len(quality.get(MERGES).get_json()["result"]) == 1
    list_of(bolt, f"{text};Ohm;R-1;77;R77")
    of_parted = told(quality)["X²"]
    assert ("R77" in of_parted[1]) == ("²" in text)


def test_what_only_an_event_said_is_parted(fallen, quality):
    lots = [{"manufacturer": "Ohm", "mpn": "R-1", "lotCode": "X\u2461"}]
    event = {"type": "packageCreated", "id": "e9", "package": "P9", "happenedAt": "2026-03-01T06:00:00Z"}
    assert quality.post("/trace/v1/events", json=[event | {"lots": lots}]).status_code == 200
    lot = lots_by_code(quality)["X2"]

    parted = quality.post(SPELLINGS, json={"lot": lot, "spelling": "X\u2461"})

    assert parted.status_code == 200, parted.text
    assert set(told(quality)) == {"X2", "X\u2461", "½"}


@pytest.fixture
def upgraded(fallen, quality, registry):
    """Lots that fell together with X2 in an upgrade: two look like each other, and one like X2; the last first."""
    site = Site(registry.settings.site)
    lot = registry.opaque_ids.decode("lot", site, lots_by_code(quality)["X2"])
    spelled = {"kind": "lot", "merged_into": lot, "manufacturer": "Ohm", "mpn": "R-1", "merged_at": AT}
    with registry.write(site) as connection:
        for number, name in enumerate(("X²", "x²\u200b", "X\u200b2")):
            connection.execute(
                insert(name_merge).values(site=site, id=lot + 1000 + number, name=name, **spelled)
            )
    return [each["id"] for each in quality.get(MERGES).get_json()["result"]]


def test_what_fell_together_and_looks_like_the_older_one_is_not_parted(upgraded, quality):
    before = told(quality)

    refused = quality.post(f"{MERGES}/{upgraded[2]}/part")

    assert (refused.status_code, refused.get_json()["messages"][0]["code"]) == (404, "SPELLING-NOT-FOUND")
    assert told(quality) == before


@pytest.mark.parametrize("by_spelling", [True, False])
def test_what_fell_together_is_parted_once_with_what_looks_like_it(upgraded, quality, by_spelling, registry):
    path, sent = f"{MERGES}/{upgraded[0]}/part", None
    if by_spelling:
        path, sent = SPELLINGS, {"lot": lots_by_code(quality)["X2"], "spelling": "X\u200b²"}

    parted = quality.post(path, json=sent)
    again = [quality.post(f"{MERGES}/{each}/part").status_code for each in upgraded]

    assert (parted.status_code, parted.get_json()["id"]) == (200, upgraded[0])
    assert again == [404, 404, 404]
    assert set(told(quality)) == {"X2", "X²", "½"}
    listed = [each["mergedInto"] for each in quality.get(MERGES).get_json()["result"]]
    lots = lots_by_code(quality)
    assert listed == [lots["X2"], lots["X²"], lots["X2"]]
    assert event_service.differs(registry, Site(registry.settings.site)) == []


@pytest.mark.parametrize("kind", ["list", "package"])
def test_receipts_of_before_the_parting_name_the_lot_of_now(fallen, arro, quality, kind):
    name, content = {
        "list": ("s.csv", f"{LIST}X²;Ohm;R-1;20;R2\n".encode()),
        "package": ("s.json", environment(lot_shell("urn:s2", code="X²", mpn="R-1", maker="Ohm"))),
    }[kind]

    def send(**options):
        return arro.upload(content, name, **options)

    first = send()
    older = lots_by_code(quality)["X2"]
    assert first.status_code == 201
    assert [each["id"] for each in first.get_json()["lots"]] == [older]

    quality.post(SPELLINGS, json={"lot": older, "spelling": "X²"})

    parted = lots_by_code(quality)["X²"]
    answers = [
        send(),
        send(dryRun="true"),
        arro.get(f"/trace/v1/uploads/{first.get_json()['id']}"),
    ]
    assert [each.status_code for each in answers] == [200, 200, 200]
    assert [[lot["id"] for lot in each.get_json()["lots"]] for each in answers] == [[parted]] * 3
    assert arro.get(f"/trace/v1/lots/{parted}").status_code == 200


def test_whoever_sees_the_parted_lot_alone_finds_it_by_its_name(bolt, arro, quality):
    noted(bolt, "U2;Ohm;P-U;100;RU-100")
    noted(arro, "U²;Ohm;P-U;200;RU-200")
    older = lots_by_code(quality)["U2"]
    assert lots_by_code(arro) == {"U²": older}

    quality.post(SPELLINGS, json={"lot": older, "spelling": "U²"})

    refused = arro.get(f"/trace/v1/lots/{older}")
    assert (refused.status_code, refused.get_json()["messages"][0]["code"]) == (404, "LOT-NOT-FOUND")
    [own] = arro.get("/trace/v1/lots?code=U2").get_json()["result"]
    assert arro.get(f"/trace/v1/lots/{own['id']}").get_json()["code"] == "U²"


def warned(receipt):
    found = receipt["findings"]
    return [each["message"] for each in found if each["code"] == "LOT-SPELLED-OTHERWISE"]


def test_a_receipt_warns_of_a_lot_on_record_in_another_spelling(bolt, arro, quality):
    first = noted(bolt, "U2;Ohm;P-U;100;RU-100").get_json()
    by_another = noted(arro, "U\u2461;Ohm;P-U;5;RU-5").get_json()
    later = noted(bolt, "U²;Ohm;P-U;200;RU-200").get_json()
    package = environment(lot_shell("urn:u2", code="U2", mpn="P-U", maker="Ohm"))
    by_package = bolt.upload(package, "u2.json").get_json()
    by_plant = noted(quality, "\uff352;Ohm;P-U;1;RU-1").get_json()
    blanks = noted(bolt, " u\u200b² ;Ohm;P-U;201;RU-200", name="b.csv").get_json()

    assert warned(first) == warned(by_another) == []  # nobody learns how others spell
    for receipt, own, other in ((later, "U²", "U2"), (by_package, "U2", "U²"), (by_plant, "\uff352", "U2")):
        (message,) = warned(receipt)
        assert f"The lot '{own}' is on record as '{other}'" in message
    assert len(warned(blanks)) == 1  # of the package's U2, not of its own U²
    quality.post(SPELLINGS, json={"lot": lots_by_code(quality)["U2"], "spelling": "U²"})
    assert warned(noted(bolt, "U²;Ohm;P-U;300;RU-200").get_json()) == []


def test_one_list_of_two_spellings_is_told_and_refused_where_they_are_two_lots(bolt, quality):
    def both(name):
        content = f"{LIST}U2;Ohm;P-U;100;RU-1\nU²;Ohm;P-U;100;RU-2\n".encode()
        return bolt.post("/trace/v1/spreadsheets", data={"file": (io.BytesIO(content), name)})

    before = both("before.csv")
    list_of(bolt, "U²;Ohm;P-U;200;RU-200")
    quality.post(SPELLINGS, json={"lot": lots_by_code(quality)["U2"], "spelling": "U²"})
    after = both("after.csv")

    (finding,) = [each for each in before.get_json()["findings"] if each["code"] == "LOT-SPELLED-OTHERWISE"]
    assert (finding["row"], "is 'U2' in row 2" in finding["message"]) == (3, True)
    assert after.status_code == 400
    (message,) = after.get_json()["messages"]
    assert message["code"] == "SPREADSHEET-LOT-CONFLICT"
    assert reels(quality, "U²") == ["RU-200"]
