"""Certificates over HTTP: kept, checked, matched, countersigned, or kept as evidence."""

import base64
import io
import json
from datetime import timedelta

import pytest
from aas_samples import lot_aasx
from certificate_samples import LONG_AGO, NOW, paper, signed, signing_party, time_stamping

from aas_registry.services.keys import init_keys


@pytest.fixture
def settings(settings):
    init_keys(settings.data_dir, organization="Plant", now=NOW)
    return settings


@pytest.fixture
def lot(bolt) -> str:
    answer = bolt.post("/trace/v1/uploads", data={"file": (io.BytesIO(lot_aasx()), "lot.aasx")})
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()["lots"][0]["id"]


@pytest.fixture
def pinned(administrator):
    def pin(party, code="bolt", purpose="signer"):
        body = {"pem": party.root_pem.decode(), "purpose": purpose}
        if purpose == "signer":
            body["party"] = code
        answer = administrator.post("/trace/v1/anchors", json=body)
        assert answer.status_code == 201, answer.get_json()
        return answer.get_json()["id"]

    return pin


def submit(asker, content, lot, **fields):
    data = {"file": (io.BytesIO(content), "certificate.pdf"), "lot": lot, **fields}
    return asker.post("/trace/v1/certificates", data=data)


def checks_of(answer):
    return {check["name"]: check["status"] for check in answer.get_json()["checks"]}


def test_countersigns_a_signed_certificate_of_the_lot(bolt, lot, pinned):
    party = signing_party("Bolt Components GmbH")
    pinned(party)

    answer = submit(bolt, signed(paper(), party), lot, number="C-1")

    body = answer.get_json()
    assert answer.status_code == 201, body
    assert (body["state"], body["authentic"], body["matches"], body["accepted"]) == (
        "countersigned", "passed", "passed", "unknown",
    )  # fmt: skip
    assert checks_of(answer)["signature"] == "passed"
    assert body["signingParty"] == "bolt"
    assert [step["state"] for step in body["steps"]][-1] == "countersigned"
    payload = base64.b64decode(body["statements"][0]["envelope"]["payload"])
    assert body["sha256"].encode() in payload


def test_gives_back_the_very_bytes(bolt, lot):
    content = paper()
    made = submit(bolt, content, lot).get_json()

    answer = bolt.get(f"/trace/v1/certificates/{made['id']}/original")

    assert answer.data == content


@pytest.mark.parametrize("day", ["20261129", "0", "2026-03-02T00:00:00Z", "2026-03-02\n", "2.3.2026"])
def test_a_date_that_is_none_of_iso_8601_is_refused(bolt, lot, day):
    fields = {"file": (io.BytesIO(paper()), "c.pdf"), "lot": lot, "expiresOn": day}

    answer = bolt.post("/trace/v1/certificates", data=fields)

    [found] = answer.get_json()["findings"]
    assert (answer.status_code, found["code"], found["path"]) == (400, "REQUEST-INVALID", "expiresOn")
    assert 'expected a date, such as "2026-03-01"' in found["message"]


def test_shows_an_unsigned_certificate_as_unsigned(bolt, lot):
    body = submit(bolt, paper(), lot).get_json()

    assert body["authentic"] == "unknown"
    assert body["signer"] is None
    assert body["steps"][-1]["reason"] == "received unsigned"


def test_keeps_a_certificate_altered_after_signing_and_never_countersigns_it(bolt, lot, pinned):
    party = signing_party("Bolt Components GmbH")
    pinned(party)
    content = signed(paper(), party)
    altered = content.replace(b"/Type /Page", b"/Type /Pagf", 1)
    assert altered != content

    body = submit(bolt, altered, lot).get_json()

    assert (body["state"], body["authentic"], body["statements"]) == ("rejected", "failed", [])


def test_fails_a_certificate_of_another_lot(bolt, lot, pinned):
    party = signing_party("Bolt Components GmbH")
    pinned(party)

    body = submit(bolt, signed(paper("9999-X"), party), lot).get_json()

    assert (body["state"], body["authentic"], body["matches"]) == ("rejected", "passed", "failed")
    assert body["statements"] == []


def test_knows_nothing_of_a_signer_whose_anchor_is_not_pinned(bolt, lot):
    body = submit(bolt, signed(paper(), signing_party("Stranger")), lot).get_json()

    assert (body["state"], body["authentic"], body["statements"]) == ("needs review", "unknown", [])


def test_does_not_trust_the_anchor_of_another_party(bolt, lot, pinned):
    party = signing_party("Arro")
    pinned(party, code="arro")

    body = submit(bolt, signed(paper(), party), lot).get_json()

    assert body["authentic"] == "unknown"


def test_passes_a_signer_that_expired_since_but_was_valid_at_a_proven_time(bolt, lot, pinned):
    party = signing_party("Bolt of old", since=LONG_AGO, leaf_days=365)
    pinned(party)
    pinned(time_stamping(), purpose="timestamp")
    then = LONG_AGO + timedelta(days=30)

    proven = submit(bolt, signed(paper(), party, at=then, time_stamped=True), lot).get_json()
    claimed = submit(bolt, signed(paper(), party, at=then), lot).get_json()

    assert (proven["authentic"], proven["state"]) == ("passed", "countersigned")
    assert (claimed["authentic"], claimed["state"]) == ("unknown", "needs review")


def test_answers_the_same_document_for_the_same_lot_once(bolt, lot):
    first, second = submit(bolt, paper(), lot), submit(bolt, paper(), lot)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json()["id"] == second.get_json()["id"]


def test_one_document_covers_several_lots(bolt):
    lots = []
    for code in ("0042", "0043"):
        sent = {"file": (io.BytesIO(lot_aasx(code)), "lot.aasx")}
        lots.append(bolt.post("/trace/v1/uploads", data=sent).get_json()["lots"][0]["id"])
    content = paper("0042", more="\\ Lot code: 0043")

    body = submit(bolt, content, lots).get_json()

    assert sorted(each["code"] for each in body["lots"]) == ["0042", "0043"]
    assert len(body["statements"]) == 1
    for lot in lots:
        found = bolt.get(f"/trace/v1/certificates?lot={lot}").get_json()["result"]
        assert [each["id"] for each in found] == [body["id"]]


def test_one_delivery_note_names_its_lots(bolt, lot):
    content = {"file": (io.BytesIO(paper()), "c.pdf"), "deliveryNote": "DN-7"}

    body = bolt.post("/trace/v1/certificates", data=content).get_json()

    assert [each["id"] for each in body["lots"]] == [lot]


def test_refuses_a_certificate_that_says_nothing_of_what_it_speaks_of(bolt, lot):
    answer = bolt.post("/trace/v1/certificates", data={"file": (io.BytesIO(paper()), "c.pdf")})

    assert answer.status_code == 400
    assert answer.get_json()["messages"][0]["code"] == "CERTIFICATE-SUBJECT-MISSING"


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [("lot", "A" * 22, "LOT-NOT-FOUND"), ("deliveryNote", "DN-99", "CERTIFICATE-SUBJECT-UNKNOWN")],
)
def test_what_a_certificate_speaks_of_and_is_not_on_record_is_named(bolt, lot, member, value, code):
    values = [lot, value] if member == "lot" else value

    answer = bolt.post(
        "/trace/v1/certificates", data={"file": (io.BytesIO(paper()), "c.pdf"), member: values}
    )

    [found] = answer.get_json()["findings"]
    assert (answer.status_code, found["code"]) == (404, code)
    assert (found["path"], found["value"]) == (member, value)


def test_refuses_what_is_no_pdf(bolt, lot):
    answer = submit(bolt, b"MZ\x90", lot)

    assert answer.status_code == 400
    assert answer.get_json()["messages"][0]["code"] == "CERTIFICATE-TYPE-UNKNOWN"


def test_hides_the_certificates_of_others(bolt, arro, quality, lot):
    made = submit(bolt, paper(), lot).get_json()

    assert arro.get(f"/trace/v1/certificates/{made['id']}").status_code == 404
    assert arro.get("/trace/v1/certificates").get_json()["result"] == []
    assert submit(arro, paper(), lot).status_code == 404
    assert quality.get(f"/trace/v1/certificates/{made['id']}").status_code == 200


def test_keeps_a_persons_decision_apart_from_the_other_verdicts(bolt, quality, lot):
    made = submit(bolt, paper(), lot).get_json()
    decision = {"accepted": True, "reason": "checked with the supplier by phone"}

    body = quality.post(f"/trace/v1/certificates/{made['id']}/acceptance", json=decision).get_json()

    assert (body["accepted"], body["authentic"]) == ("passed", "unknown")
    assert body["steps"][-1]["who"].startswith("quality")


def test_nobody_accepts_a_rejected_certificate(bolt, quality, lot):
    made = submit(bolt, paper("9999-X"), lot).get_json()

    answer = quality.post(
        f"/trace/v1/certificates/{made['id']}/acceptance", json={"accepted": True, "reason": "please"}
    )

    assert answer.status_code == 409


def test_lots_chain_their_statements(bolt, lot, registry):
    first = submit(bolt, paper(), lot).get_json()["statements"][0]
    second = submit(bolt, paper(more="again"), lot).get_json()["statements"][0]

    (stated,) = json.loads(base64.b64decode(second["envelope"]["payload"]))["predicate"]["lots"]
    assert (stated["sequence"], stated["previousStatement"]) == ("2", first["digest"])
