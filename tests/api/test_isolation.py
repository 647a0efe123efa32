"""A supplier sees its own submissions, through every route, and nothing tells of others."""

import re
from contextlib import contextmanager

import pytest
from aas_samples import (
    concept,
    environment,
    id64,
    lot_aasx,
    lot_shell,
    reference,
    shell,
    submodel,
    text,
)
from sqlalchemy import event

LOT_DATA = "https://aas-registry.example/submodels/LotData/1/0"
SECRETS = re.compile(r"bolt|0042|DN-7|secret", re.IGNORECASE)


def without_marks(response):
    """Return status, body and headers without what differs between any two requests."""
    body = re.sub(rb'"(correlationId|timestamp)": ?"[^"]*"', b"", response.data)
    headers = {name: value for name, value in response.headers if name != "X-Request-Id"}
    return response.status_code, body, headers


@pytest.fixture
def upload(bolt):
    """What Bolt uploaded: a lot with nameplate and data."""
    return bolt.upload(lot_aasx("0042"), "secret.aasx").get_json()


def test_lists_and_counts_show_nothing_of_another(arro, upload):
    for path in (
        "/trace/v1/uploads",
        "/trace/v1/lots",
        "/trace/v1/lots?code=0042",
        "/trace/v1/lots?dateCode=2611",
        "/trace/v1/certificates",
        "/api/v3/shells",
        "/api/v3/shells?idShort=Lot",
        "/api/v3/submodels",
        "/api/v3/concept-descriptions",
    ):
        assert arro.get(path).get_json() == {"paging_metadata": {}, "result": []}, path


def test_the_id_of_another_answers_as_one_that_was_never_given(arro, upload):
    lot = upload["lots"][0]["id"]
    shell_id, made_up = (id64(f"https://bolt.example/lots/{code}") for code in ("0042", "0099"))
    data, no_data = (id64(f"https://bolt.example/lots/{code}/LotData") for code in ("0042", "0099"))
    unknown = "A" * 22
    pairs = [
        ("GET", f"/trace/v1/uploads/{upload['id']}", f"/trace/v1/uploads/{unknown}"),
        ("GET", f"/trace/v1/uploads/{upload['id']}/original", f"/trace/v1/uploads/{unknown}/original"),
        ("GET", f"/trace/v1/lots/{lot}", f"/trace/v1/lots/{unknown}"),
        ("GET", f"/api/v3/shells/{shell_id}", f"/api/v3/shells/{made_up}"),
        ("DELETE", f"/api/v3/shells/{shell_id}", f"/api/v3/shells/{made_up}"),
        ("GET", f"/api/v3/shells/{shell_id}/submodel-refs", f"/api/v3/shells/{made_up}/submodel-refs"),
        ("GET", f"/api/v3/submodels/{data}", f"/api/v3/submodels/{no_data}"),
        ("DELETE", f"/api/v3/submodels/{data}", f"/api/v3/submodels/{no_data}"),
        *(
            (method, f"/api/v3/submodels/{data}{rest}", f"/api/v3/submodels/{no_data}{rest}")
            for method, rest in (
                ("GET", "/submodel-elements"),
                ("GET", "/submodel-elements/LotCode"),
                ("GET", "/submodel-elements/Nowhere"),
                ("GET", "/submodel-elements/LotCode/attachment"),
                ("POST", "/submodel-elements"),
                ("POST", "/submodel-elements/DateCodes"),
                ("PUT", "/submodel-elements/LotCode"),
                ("DELETE", "/submodel-elements/LotCode"),
            )
        ),
        *(
            ("GET", f"/trace/v1/documents/{kind}/{real}{rest}", f"/trace/v1/documents/{kind}/{none}{rest}")
            for kind, real, none in (("shell", shell_id, made_up), ("submodel", data, no_data))
            for rest in ("", "/versions", "?at=2030-01-01T00:00:00Z")
        ),
    ]

    for method, real, invented in pairs:
        body = text("LotCode") if method in {"POST", "PUT"} else None
        answers = [without_marks(arro.send(method, path, json=body)) for path in (real, invented)]

        assert answers[0][0] == 404, real
        assert answers[0] == answers[1], real


def test_nothing_of_another_was_changed_by_trying(bolt, arro, upload):
    data = id64("https://bolt.example/lots/0042/LotData")
    before = bolt.get(f"/api/v3/submodels/{data}").data

    arro.delete(f"/api/v3/submodels/{data}")
    arro.put(f"/api/v3/submodels/{data}/submodel-elements/LotCode", json=text("LotCode"))
    arro.put(f"/api/v3/submodels/{data}", json=submodel("https://bolt.example/lots/0042/LotData"))

    assert bolt.get(f"/api/v3/submodels/{data}").data == before


@contextmanager
def counting(registry):
    """Gather the statements that reach the database, in their order."""
    found = []

    def keep(_connection, _cursor, statement, *_):
        found.append(statement)

    event.listen(registry.engine, "before_cursor_execute", keep)
    yield found
    event.remove(registry.engine, "before_cursor_execute", keep)


def data_of(name):
    return submodel(f"{name}/data", text("DeliveryNote", "DN-1"), semantic_id=LOT_DATA)


def lot_of_one(name):
    """Return the JSON of a shell that states a lot, its data, and a concept description."""
    named = lot_shell(name, code="L1") | {"submodels": [reference("Submodel", f"{name}/data")]}
    return environment(named, data_of(name), concept(f"{name}/concept"))


WRITES = {
    "POST": lambda arro, name: arro.post("/api/v3/submodels", json=data_of(name)),
    "POST shell": lambda arro, name: arro.post("/api/v3/shells", json=shell(name)),
    "PUT": lambda arro, name: arro.put(f"/api/v3/submodels/{id64(name + '/data')}", json=data_of(name)),
    "PUT concept": lambda arro, name: arro.put(
        f"/api/v3/concept-descriptions/{id64(name + '/concept')}", json=concept(f"{name}/concept")
    ),
    "upload": lambda arro, name: arro.upload(lot_of_one(name)),
    "dry run": lambda arro, name: arro.upload(lot_of_one(name), dryRun="true"),
    "DELETE": lambda arro, name: arro.delete(f"/api/v3/shells/{id64(name)}"),
    "GET": lambda arro, name: arro.get(f"/api/v3/submodels/{id64(name + '/data')}"),
}
NAMES = {"fresh": "urn:id:0", "of Bolt": "urn:id:1", "of the plant": "urn:id:2", "of both": "urn:id:3"}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_an_id_that_others_hold_takes_the_statements_and_the_answer_of_a_fresh_one(
    bolt, arro, quality, administrator, registry, write
):
    """Whoever counts, or times, learns nothing: also where others' shells name the submodel."""
    administrator.post("/trace/v1/identifiers/pins", json={"prefix": "urn:id:1", "party": "bolt"})
    for holders, name in (([bolt], "of Bolt"), ([quality], "of the plant"), ([bolt, quality], "of both")):
        for each in holders:
            assert each.upload(lot_of_one(NAMES[name])).status_code == 201
    write(arro, "urn:id:9")  # blocks of numbers are taken
    answers, statements = {}, {}

    for held, name in NAMES.items():
        with counting(registry) as found:
            status, body, headers = without_marks(write(arro, name))
        told = re.sub(
            rb"[A-Za-z0-9_-]{22,}|[0-9a-f]{64}|[.][0-9]{6}(?=[+])|(?<=:00)(?=[+])",
            b"",
            body.replace(name.encode(), b"ID"),
        )
        answers[held] = status, told, [each for each in headers if each[0] not in {"ETag", "Location"}]
        statements[held] = found

    assert {held: len(each) for held, each in statements.items()} == dict.fromkeys(
        NAMES, len(statements["fresh"])
    )
    assert [held for held, each in statements.items() if each != statements["fresh"]] == []
    assert [held for held, each in answers.items() if each != answers["fresh"]] == []


def test_each_of_two_suppliers_keeps_its_own_object_of_one_id(bolt, arro, quality):
    identifier = "https://bolt.example/lots/0042/LotData"
    address = f"/api/v3/submodels/{id64(identifier)}"
    bolt.upload(lot_aasx("0042"), "secret.aasx")
    before = bolt.get(address).data

    assert arro.put(address, json=submodel(identifier, text("A"))).status_code == 201
    assert arro.put(address, json=submodel(identifier, text("A", "two"))).status_code == 204

    assert bolt.get(address).data == quality.get(address).data == before
    assert arro.get(address).get_json() == submodel(identifier, text("A", "two"))
    assert arro.delete(address).status_code == 204
    assert arro.get(address).status_code == 404
    assert bolt.get(address).data == before


def test_no_supplier_sees_who_else_holds_an_id(bolt, arro):
    for asker in (bolt, arro):
        asker.upload(environment(submodel("urn:shared", text("A", asker.token))))

    for path in ("conflicts", "pins"):
        assert arro.get(f"/trace/v1/identifiers/{path}").status_code == 403
    told = {"party": "arro", "reason": "mine"}
    decided = arro.put(f"/trace/v1/identifiers/submodel/{id64('urn:shared')}/decision", json=told)
    assert decided.status_code == 403
    assert arro.post("/trace/v1/identifiers/pins", json={"prefix": "urn", "party": "arro"}).status_code == 403


def test_cursors_tell_nothing_of_how_much_others_have(bolt, arro):
    def cursors():
        found = []
        for path in ("/trace/v1/uploads", "/trace/v1/lots", "/api/v3/shells"):
            paging = arro.get(path + "?limit=1").get_json()["paging_metadata"]
            found.append(paging["cursor"])
        return found

    for number in range(2):
        arro.upload(environment(lot_shell(f"urn:arro:{number}", code=f"A{number}")))
    few = cursors()
    for number in range(12):
        bolt.upload(environment(lot_shell(f"urn:bolt:{number}", code=f"B{number}")))
    for number in range(2, 4):
        arro.upload(environment(lot_shell(f"urn:arro:{number}", code=f"A{number}")))
    many = cursors()

    assert [len(each) for each in few] == [len(each) for each in many]


def test_a_cursor_of_another_party_is_refused(bolt, arro):
    for asker, name in ((bolt, "bolt"), (arro, "arro")):
        for number in range(2):
            asker.upload(environment(submodel(f"urn:{name}:{number}")))
    cursor = bolt.get("/api/v3/submodels?limit=1").get_json()["paging_metadata"]["cursor"]

    assert bolt.get("/api/v3/submodels", query_string={"cursor": cursor}).status_code == 200
    refused = arro.get("/api/v3/submodels", query_string={"cursor": cursor})
    assert refused.status_code == 400
    assert refused.get_json()["messages"][0]["code"] == "CURSOR-INVALID"


def test_the_answer_to_an_upload_tells_nothing_of_a_lot_that_others_delivered_before(bolt, arro, clock):
    same = lot_shell("urn:arro:1", code="0042", mpn="CAP-100N-0603", maker="BOLT COMPONENTS GMBH")
    first = arro.upload(environment(same)).get_json()

    bolt.upload(lot_aasx("0042"), "lot.aasx")
    [lot] = arro.get("/trace/v1/lots").get_json()["result"]

    assert first["lots"][0]["manufacturer"] == "BOLT COMPONENTS GMBH"
    assert lot["manufacturer"] == "BOLT COMPONENTS GMBH"
    assert [said["party"] for said in lot["submissions"]] == ["arro"]


def test_a_lot_is_spelled_as_the_supplier_spells_it(bolt, arro):
    bolt.upload(lot_aasx("0042"), "lot.aasx")
    arro.upload(
        environment(lot_shell("urn:arro:1", code="0042", mpn="cap-100n-0603", maker="BOLT COMPONENTS GMBH"))
    )

    [lot] = arro.get("/trace/v1/lots").get_json()["result"]

    assert (lot["manufacturer"], lot["mpn"]) == ("BOLT COMPONENTS GMBH", "cap-100n-0603")


def test_a_shell_naming_the_submodel_of_another_reads_nothing_of_it(bolt, arro, upload):
    named = "https://bolt.example/lots/0042/LotData"

    answer = arro.upload(
        environment(
            lot_shell("urn:arro:1", code="0042-X")
            | {"submodels": [{"type": "ModelReference", "keys": [{"type": "Submodel", "value": named}]}]}
        )
    ).get_json()

    assert [lot["code"] for lot in answer["lots"]] == ["0042-X"]
    [lot] = arro.get("/trace/v1/lots").get_json()["result"]
    assert lot["dateCodes"] == []
    assert lot["submissions"][0]["quantity"] is None


def test_a_supplier_without_a_party_sees_and_does_nothing(bolt, upload, asker, registry):
    from aas_registry.services import access
    from aas_registry.storage import access as access_table

    token = asker("quality").token
    with registry.write("plant-1") as connection:
        found = access_table.find_token(connection, access.token_key(token))
        connection.exec_driver_sql(f"UPDATE token SET role = 'supplier' WHERE id = {found.id}")
    stray = type(bolt)(bolt.client, token)

    assert stray.get("/trace/v1/uploads").get_json()["result"] == []
    assert stray.get("/api/v3/shells").get_json()["result"] == []
    assert stray.upload(lot_aasx("1")).status_code == 400


def test_another_site_is_another_world(registry, make_registry, make_asker, upload):
    from aas_registry.domain.principals import Role
    from aas_registry.services import access

    elsewhere = make_registry(site="plant-2")
    administrator = access.local_administrator(elsewhere)
    token = access.issue_token(elsewhere, administrator, name="q", role=Role.QUALITY).text
    other = make_asker("quality", registry=elsewhere)
    other.token = token

    for path in ("/trace/v1/uploads", "/trace/v1/lots", "/api/v3/shells", "/api/v3/submodels"):
        assert other.get(path).get_json()["result"] == []
    assert other.get(f"/trace/v1/lots/{upload['lots'][0]['id']}").status_code == 404
    assert (
        other.post("/api/v3/shells", json=lot_shell("https://bolt.example/lots/0042", code="1")).status_code
        == 201
    )
