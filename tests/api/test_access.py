"""Administration of access over HTTP, and who is let in at all."""

from datetime import UTC, datetime, timedelta

import pytest
from aas_samples import environment, submodel
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TOKENS = "/trace/v1/tokens"
NOW = datetime(2026, 3, 16, 8, 0, tzinfo=UTC)


def code_of(response):
    return response.get_json()["messages"][0]["code"]


@pytest.fixture(scope="module")
def authority():
    """A CA: its key, its certificate, and that as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bolt CA")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, certificate, certificate.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture(scope="module")
def revocation_list(authority):
    key, certificate, _ = authority
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(certificate.subject)
        .last_update(NOW)
        .next_update(NOW + timedelta(days=7))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )


def bearer(client, token, path="/trace/v1/uploads"):
    return client.get(path, headers={"Authorization": f"Bearer {token}"})


def test_without_a_token_nothing_is_served(app):
    response = app.test_client().get("/trace/v1/uploads")

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert code_of(response) == "TOKEN-MISSING"


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer aasr_no", "Bearer é", "Bearer a b", "bearer " + "x" * 5000]
)
def test_a_token_that_was_never_issued_is_refused(app, header):
    response = app.test_client().get("/trace/v1/uploads", headers={"Authorization": header})

    assert response.status_code == 401
    assert code_of(response) in {"TOKEN-INVALID", "TOKEN-MISSING"}


def test_other_schemes_are_no_token(app, bolt):
    for scheme in ("Basic", "Token", ""):
        response = app.test_client().get(
            "/trace/v1/uploads", headers={"Authorization": f"{scheme} {bolt.token}"}
        )

        assert response.status_code == 401


def test_a_token_expires(administrator, bolt, clock):
    made = administrator.post(TOKENS, json={"name": "line 4", "role": "quality", "days": 2}).get_json()

    clock.advance(hours=47)
    assert bearer(bolt.client, made["token"]).status_code == 200
    clock.advance(hours=1)
    expired = bearer(bolt.client, made["token"])

    assert expired.status_code == 401
    assert code_of(expired) == "TOKEN-INVALID"


def test_a_revoked_token_is_refused_in_every_worker(administrator, make_registry, make_asker):
    other = make_asker("auditor", registry=make_registry())
    made = administrator.post(TOKENS, json={"name": "line 4", "role": "quality"}).get_json()
    clients = (administrator.client, other.client)
    before = [bearer(client, made["token"]).status_code for client in clients]

    revoked = administrator.delete(f"{TOKENS}/{made['id']}")
    after = [bearer(client, made["token"]) for client in clients]

    assert before == [200, 200]
    assert revoked.status_code == 204
    assert [response.status_code for response in after] == [401, 401]
    assert {code_of(response) for response in after} == {"TOKEN-INVALID"}
    assert administrator.delete(f"{TOKENS}/{made['id']}").status_code == 404


def test_workers_trust_a_token_that_they_checked_for_five_seconds_at_most(settings):
    assert type(settings).model_fields["token_cache_s"].default <= 5
    with pytest.raises(ValueError, match="token_cache_s"):
        type(settings)(token_cache_s=5.1)


def test_a_token_is_shown_once_and_never_listed(administrator, registry):
    made = administrator.post(TOKENS, json={"name": "line 4", "role": "supplier", "party": "bolt"})
    text = made.get_json()["token"]

    listed = administrator.get(TOKENS)

    assert made.status_code == 201
    assert text.startswith("aasr_")
    assert text not in listed.text
    [row] = [each for each in listed.get_json()["result"] if each["name"] == "line 4"]
    assert (row["role"], row["party"], row["revokedAt"]) == ("supplier", "bolt", None)
    assert row["id"] == made.get_json()["id"]
    with registry.read() as connection:
        stored = connection.exec_driver_sql("SELECT * FROM token").fetchall()
    assert text not in str(stored)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "x", "role": "supplier"}, 400, "ROLE-NEEDS-PARTY"),
        ({"name": "x", "role": "customer_auditor"}, 400, "ROLE-NEEDS-PARTY"),
        ({"name": "x", "role": "quality", "party": "bolt"}, 400, "ROLE-WITHOUT-PARTY"),
        ({"name": "x", "role": "supplier", "party": "nobody"}, 404, "PARTY-UNKNOWN"),
        ({"name": "x", "role": "emperor"}, 400, "REQUEST-INVALID"),
        ({"name": "", "role": "quality"}, 400, "REQUEST-INVALID"),
        ({"name": " ", "role": "quality"}, 400, "REQUEST-INVALID"),
        ({"name": "x", "role": "quality", "days": 0}, 400, "REQUEST-INVALID"),
        ({"name": "x", "role": "quality", "days": 10**9}, 400, "REQUEST-INVALID"),
        ({"name": "x", "role": "quality", "admin": True}, 400, "REQUEST-INVALID"),
        ({"role": "quality"}, 400, "REQUEST-INVALID"),
        ([], 400, "REQUEST-INVALID"),
    ],
)
def test_refuses_a_token_that_makes_no_sense(administrator, body, status, code):
    response = administrator.post(TOKENS, json=body)

    assert response.status_code == status
    assert code_of(response) == code


def test_parties_are_put_on_record_once(administrator):
    made = administrator.post("/trace/v1/parties", json={"code": "ohm", "name": "Ohm Resistors"})

    assert made.status_code == 201
    for code in ("ohm", "OHM", " ohm "):
        again = administrator.post("/trace/v1/parties", json={"code": code, "name": "Another"})
        assert again.status_code == 409
        assert code_of(again) == "PARTY-EXISTS"


def test_codes_differ_by_more_than_white_space(administrator):
    first = administrator.post("/trace/v1/parties", json={"code": "ohm west", "name": "A"})
    second = administrator.post("/trace/v1/parties", json={"code": "ohm  west", "name": "B"})

    assert (first.status_code, second.status_code) == (201, 409)


def test_two_companies_may_have_one_name(administrator):
    statuses = [
        administrator.post("/trace/v1/parties", json={"code": code, "name": "Ohm Resistors"}).status_code
        for code in ("ohm-1", "ohm-2")
    ]

    listed = administrator.get("/trace/v1/parties").get_json()["result"]
    assert statuses == [201, 201]
    assert [each["code"] for each in listed][-2:] == ["ohm-1", "ohm-2"]


@pytest.mark.parametrize(
    "body",
    [{"code": "", "name": "x"}, {"code": "  ", "name": "x"}, {"code": "x" * 65, "name": "x"}, {"code": "x"}],
)
def test_refuses_a_party_without_code_or_name(administrator, body):
    assert administrator.post("/trace/v1/parties", json=body).status_code == 400


def test_lists_are_paged(administrator):
    seen, query = [], {"limit": 3}
    while True:
        page = administrator.get("/trace/v1/parties", query_string=query).get_json()
        seen += [each["code"] for each in page["result"]]
        if "cursor" not in page["paging_metadata"]:
            break
        query["cursor"] = page["paging_metadata"]["cursor"]

    assert seen == ["bolt", "arro", "meditec", "railway"]


def test_an_anchor_is_pinned_listed_and_withdrawn(administrator, authority, revocation_list, clock):
    _, _, pem = authority
    pinned = administrator.post("/trace/v1/anchors", json={"pem": pem, "party": "bolt"})
    address = f"/trace/v1/anchors/{pinned.get_json()['id']}"

    kept = administrator.put(
        address + "/revocation-list", data=revocation_list, content_type="application/pkix-crl"
    )
    withdrawn = administrator.delete(address)
    withdrawn_at = clock.now

    [row] = administrator.get("/trace/v1/anchors").get_json()["result"]
    assert pinned.status_code == 201
    assert (kept.status_code, withdrawn.status_code) == (204, 204)
    assert (row["party"], row["subject"], row["hasRevocationList"]) == ("bolt", "CN=Bolt CA", True)
    assert row["withdrawnAt"] == withdrawn_at.isoformat()
    assert administrator.delete(address).status_code == 404


@pytest.mark.parametrize(
    "pem", ["", "no pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "\ud83d\ude00"]
)
def test_refuses_an_anchor_that_is_no_ca(administrator, pem):
    response = administrator.post("/trace/v1/anchors", json={"pem": pem, "party": "bolt"})

    assert response.status_code == 400
    assert code_of(response) == "ANCHOR-INVALID"


def test_an_anchor_belongs_to_a_party_unless_it_is_for_time_stamps(administrator, authority):
    _, _, pem = authority

    assert administrator.post("/trace/v1/anchors", json={"pem": pem}).status_code == 404
    assert administrator.post("/trace/v1/anchors", json={"pem": pem, "party": "nobody"}).status_code == 404
    stamp = administrator.post("/trace/v1/anchors", json={"pem": pem, "purpose": "timestamp"})
    assert (stamp.status_code, stamp.get_json()["party"]) == (201, None)


def test_a_subject_rule_must_be_a_name(administrator, authority):
    body = {"pem": authority[2], "party": "bolt"}

    refused = administrator.post("/trace/v1/anchors", json=body | {"subjectRule": "not a name"})
    taken = administrator.post("/trace/v1/anchors", json=body | {"subjectRule": "CN=Bolt QA, O=Bolt"})

    assert refused.status_code == 400
    assert code_of(refused) == "ANCHOR-INVALID"
    assert taken.get_json()["subjectRule"] == "CN=Bolt QA,O=Bolt"


def test_refuses_what_is_no_revocation_list(administrator, authority, revocation_list):
    pinned = administrator.post("/trace/v1/anchors", json={"pem": authority[2], "party": "bolt"}).get_json()

    for address, content, status in (
        (pinned["id"], b"", 400),
        (pinned["id"], b"garbage", 400),
        ("A" * 22, revocation_list, 404),
    ):
        response = administrator.put(
            f"/trace/v1/anchors/{address}/revocation-list", data=content, content_type="application/pkix-crl"
        )
        assert response.status_code == status


def test_a_user_is_made_listed_and_locked_out(administrator):
    body = {"name": "Ada Example", "password": "correct horse", "role": "quality"}
    made = administrator.post("/trace/v1/users", json=body)
    again = administrator.post("/trace/v1/users", json=body | {"name": "ada  EXAMPLE"})

    locked = administrator.delete("/trace/v1/users/Ada Example")

    listed = administrator.get("/trace/v1/users")
    [row] = listed.get_json()["result"]
    assert (made.status_code, again.status_code, locked.status_code) == (201, 409, 204)
    assert row == {"name": "Ada Example", "role": "quality", "party": None, "disabled": True}
    assert "correct horse" not in listed.text + made.text
    assert administrator.delete("/trace/v1/users/Ada Example").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"password": "short"},
        {"password": "x" * 1025},
        {"name": ""},
        {"name": "a/b"},
        {"role": "x"},
        {"party": "bolt"},
    ],
)
def test_refuses_a_user_that_makes_no_sense(administrator, change):
    body = {"name": "ada", "password": "correct horse", "role": "quality"} | change

    assert administrator.post("/trace/v1/users", json=body).status_code == 400


def test_the_audit_trail_says_who_did_what_when_newest_first(administrator, bolt, clock, asker):
    clock.advance(hours=1)
    bolt.upload(environment(submodel("urn:sm:1")), "data.json")
    uploaded_at = clock.now
    clock.advance(hours=1)
    bolt.delete("/api/v3/submodels/dXJuOnNtOjE")

    rows = asker("auditor").get("/trace/v1/audit?limit=3").get_json()["result"]

    deleted, uploaded = rows[1:] if rows[0]["what"] == "token issued" else rows[:2]
    assert (deleted["what"], deleted["subject"], deleted["role"]) == (
        "submodel deleted",
        "urn:sm:1",
        "supplier",
    )
    assert (uploaded["what"], uploaded["detail"]) == ("upload taken", "data.json")
    assert uploaded["at"] == uploaded_at.isoformat()


def test_the_audit_trail_is_in_order_over_several_workers(administrator, make_asker, make_registry, clock):
    other = make_asker("administrator", registry=make_registry())
    names = []
    for number in range(6):
        clock.advance(seconds=1)
        names.append(f"party-{number}")
        asker = (administrator, other)[number % 2]
        asker.post("/trace/v1/parties", json={"code": names[-1], "name": names[-1]})

    seen, query = [], {"limit": 2}
    while "cursor" in query or not seen:
        page = administrator.get("/trace/v1/audit", query_string=query).get_json()
        seen += [row["subject"] for row in page["result"]]
        query = {"limit": 2} | page["paging_metadata"]

    assert [name for name in seen if name in names] == names[::-1]
    assert len(seen) == len(set(map(str, enumerate(seen))))


def test_only_an_administrator_and_an_auditor_read_the_audit_trail(quality, bolt, asker):
    assert quality.get("/trace/v1/audit").status_code == 403
    assert bolt.get("/trace/v1/audit").status_code == 403
    assert asker("auditor").get("/trace/v1/audit").status_code == 200


@pytest.fixture
def open_house(make_registry):
    """A client of a server whose authentication is off."""
    from aas_registry.web.app import create_app

    return create_app(make_registry(auth="none")).test_client()


def test_without_authentication_everyone_on_this_machine_is_administrator(open_house):
    assert open_house.get("/trace/v1/tokens").status_code == 200


@pytest.mark.parametrize("address", ["192.168.0.7", "10.0.0.1", "2001:db8::1", "", "no address"])
def test_without_authentication_nobody_else_is_served(open_house, address):
    response = open_house.get("/trace/v1/tokens", environ_overrides={"REMOTE_ADDR": address})

    assert response.status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "attacker.example"}, 403),
        ({"Origin": "https://attacker.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost.attacker.example"}, 403),
        ({"Origin": "http://127.0.0.1:3000"}, 200),
        ({"Host": "localhost:8080", "Origin": "http://localhost:8080"}, 200),
        ({"Host": "[::1]:8080"}, 200),
    ],
)
def test_without_authentication_a_strange_web_page_cannot_use_the_browser(open_house, headers, status):
    assert open_house.get("/trace/v1/tokens", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "\u202elive"}, "USER-NAME-UNFIT"),
        ({"name": "ada\u2066"}, "USER-NAME-UNFIT"),
        ({"name": "ada\nadmin"}, "USER-NAME-UNFIT"),
        ({"name": "ada\x1b[2J"}, "USER-NAME-UNFIT"),
        ({"name": "a\u200bda"}, "USER-NAME-UNFIT"),
        ({"password": " " * 12}, "PASSWORD-UNFIT"),
        ({"password": "\u3000\t\u2800\u200b" * 3}, "PASSWORD-UNFIT"),
    ],
)
def test_a_user_is_written_with_what_can_be_seen(administrator, change, code):
    body = {"name": "ada", "password": "correct horse battery", "role": "quality"} | change

    answer = administrator.post("/trace/v1/users", json=body)

    assert (answer.status_code, answer.get_json()["messages"][0]["code"]) == (400, code)
    assert administrator.get("/trace/v1/users").get_json()["result"] == []


@pytest.mark.parametrize("name", ["Jürgen", "山田 太郎", "zoe\u0308", "ada"])
def test_names_of_all_the_world_are_users(administrator, name):
    body = {"name": name, "password": "correct horse battery", "role": "quality"}

    assert administrator.post("/trace/v1/users", json=body).status_code in {201, 204}
