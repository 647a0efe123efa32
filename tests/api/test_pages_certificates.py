"""Pages of certificates: the three verdicts apart, every check with its reason, a person's decision."""

import html
import io
import re

import pytest
from aas_samples import lot_aasx
from certificate_samples import NOW, paper, signed, signing_party
from page_visitor import log_in, visit, words_of

from aas_registry.services.keys import init_keys

# What the pages ask of the database is tested on both by the tests of the API.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings):
    init_keys(settings.data_dir, organization="Plant", now=NOW)
    return settings


@pytest.fixture
def certificate(bolt, administrator) -> str:
    """A certificate that Bolt signed, under a pinned anchor."""
    party = signing_party("Bolt Components GmbH")
    body = {"pem": party.root_pem.decode(), "purpose": "signer", "party": "bolt"}
    assert administrator.post("/trace/v1/anchors", json=body).status_code == 201
    return submit(bolt, signed(paper(), party), number="C-1")


def submit(asker, content, **fields):
    lot = asker.upload(lot_aasx(), "lot.aasx").get_json()["lots"][0]["id"]
    answer = asker.post(
        "/trace/v1/certificates", data={"file": (io.BytesIO(content), "c.pdf"), "lot": lot, **fields}
    )
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()["id"]


def verdicts_of(answer):
    return re.findall(r'class="verdict verdict-([\w-]+)">\s*<h2>(\w+)</h2>', answer.text)


def test_the_three_verdicts_stand_apart(certificate, app, registry):
    answer = visit(app, registry, "quality").get(f"/certificates/{certificate}")

    assert verdicts_of(answer) == [
        ("passed", "Authentic"),
        ("passed", "Matches"),
        ("not-decided", "Accepted"),
    ]


def test_every_check_is_shown_with_its_outcome_reason_and_time(certificate, app, registry, bolt):
    checks = bolt.get(f"/trace/v1/certificates/{certificate}").get_json()["checks"]

    answer = visit(app, registry, "quality").get(f"/certificates/{certificate}")

    rows = re.findall(r'<tr><th scope="row".*?</tr>', answer.text, re.DOTALL)
    assert len(rows) == len(checks) > 5
    assert all(check["status"] in row and "<time" in row for check, row in zip(checks, rows, strict=True))


def test_an_altered_certificate_is_shown_as_failed_and_says_that_nothing_was_countersigned(
    bolt, app, registry
):
    content = signed(paper(), signing_party("Bolt Components GmbH"))
    place = content.index(b"/Type")
    number = submit(bolt, content[:place] + b"/type" + content[place + 5 :], number="C-2")

    answer = visit(app, registry, "quality").get(f"/certificates/{number}")

    assert verdicts_of(answer)[0] == ("failed", "Authentic")
    assert "this one was not countersigned" in words_of(answer)


def test_what_was_countersigned_can_be_read(certificate, app, registry):
    answer = visit(app, registry, "quality").get(f"/certificates/{certificate}")

    assert "predicateType" in answer.text


def test_the_original_can_be_downloaded(certificate, app, registry):
    visitor = visit(app, registry, "quality")
    address = re.search(r'href="([^"]+/original)"', visitor.get(f"/certificates/{certificate}").text)[1]

    assert visitor.get(address).data.startswith(b"%PDF-")


def test_a_person_accepts_with_a_reason(certificate, app, registry):
    visitor = log_in(app, registry, "quality")

    answer = visitor.send(
        f"/certificates/{certificate}/acceptance", {"accepted": "yes", "reason": "as agreed"}
    )

    page = visitor.get(answer.location)
    assert verdicts_of(page)[2] == ("passed", "Accepted")
    assert "quinn: accepted: as agreed" in words_of(page)


@pytest.mark.parametrize(
    "form",
    [
        {"accepted": "yes"},
        {"accepted": "yes", "reason": "  "},
        {"reason": "because"},
        {"accepted": "maybe", "reason": "because"},
    ],
)
def test_a_decision_without_a_word_or_a_reason_is_refused(certificate, app, registry, form):
    visitor = visit(app, registry, "quality")

    assert visitor.send(f"/certificates/{certificate}/acceptance", form).status_code == 400

    assert verdicts_of(visitor.get(f"/certificates/{certificate}"))[2][0] == "not-decided"


def test_a_decision_needs_the_token_of_a_form(certificate, app, registry):
    visitor = log_in(app, registry, "quality")
    form = {"accepted": "yes", "reason": "as agreed"}

    assert visitor.send(f"/certificates/{certificate}/acceptance", form, token="made up").status_code == 400

    assert visitor.send(f"/certificates/{certificate}/acceptance", form).status_code == 303


def test_a_supplier_is_not_asked_to_decide(certificate, app, registry):
    visitor = visit(app, registry, "supplier", "bolt")

    assert "acceptance" not in visitor.get(f"/certificates/{certificate}").text
    assert (
        visitor.send(
            f"/certificates/{certificate}/acceptance", {"accepted": "yes", "reason": "x"}
        ).status_code
        == 403
    )


def test_another_supplier_finds_no_such_certificate(certificate, app, registry):
    visitor = visit(app, registry, "supplier", "arro")

    assert visitor.get(f"/certificates/{certificate}").status_code == 404
    assert "C-1" not in visitor.get("/certificates").text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", True),
        ("number=C-1&state=", True),
        ("state=countersigned", True),
        ("state=rejected", False),
        ("number=C-9", False),
    ],
)
def test_the_list_shows_those_that_fit(certificate, app, registry, query, shown):
    answer = visit(app, registry, "quality").get(f"/certificates?{query}")

    assert (f"/certificates/{certificate}" in answer.text) == shown


def test_what_nobody_decided_is_said_so_and_is_not_amber(certificate, app, registry):
    page = visit(app, registry, "quality").get(f"/certificates/{certificate}")

    assert '<article class="verdict verdict-not-decided">' in page.text
    assert '<article class="verdict verdict-unknown">' not in page.text
    assert "not decided" in words_of(page)


def test_the_checks_are_the_registrys_and_the_receipt_is_the_senders(certificate, app, registry, bolt):
    steps = bolt.get(f"/trace/v1/certificates/{certificate}").get_json()["steps"]

    assert steps[0]["who"] != "registry"
    assert {step["who"] for step in steps[1:]} == {"registry"}
    assert "by the registry" in words_of(visit(app, registry, "quality").get(f"/certificates/{certificate}"))


def test_what_stays_english_on_a_page_in_another_language_says_so(certificate, app, registry, bolt):
    visitor = visit(app, registry, "quality")
    visitor.headers["Accept-Language"] = "de"
    checks = bolt.get(f"/trace/v1/certificates/{certificate}").get_json()["checks"]

    page = visitor.get(f"/certificates/{certificate}").text
    refusal = visitor.get("/certificates/unknown").text

    assert '<html lang="de">' in page
    spoken = html.unescape(" ".join(re.findall(r'<span lang="en">(.*?)</span>', page)))
    assert checks
    assert [each["reason"] for each in checks if each["reason"] not in spoken] == []
    assert '<p><span lang="en">No certificate has this id.</span></p>' in refusal
