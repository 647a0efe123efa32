"""Downloads over HTTP: whole, or gone on with where they broke off."""

import io

import pytest
from aas_samples import aasx, id64, lot_aasx, submodel
from certificate_samples import paper

from aas_registry.domain.package import PackageFile

CONTENT = lot_aasx()


def certificate_of(bolt, lot):
    form = {"file": (io.BytesIO(paper()), "c.pdf"), "lot": lot}
    certificate = bolt.post("/trace/v1/certificates", data=form).get_json()["id"]
    return f"/trace/v1/certificates/{certificate}/original"


@pytest.fixture
def places(bolt):
    """What can be downloaded: of an upload, of its lot, and of an element."""
    taken = bolt.upload(CONTENT, "lot.aasx").get_json()
    lot = taken["lots"][0]["id"]
    element = {
        "modelType": "File",
        "idShort": "Paper",
        "contentType": "application/pdf",
        "value": "/aasx/a.pdf",
    }
    attached = PackageFile.of("/aasx/a.pdf", "application/pdf", b"%PDF-1.7 not really")
    bolt.upload(aasx(submodel("urn:sm", element), files=[attached]), "b.aasx")
    return {
        "original": f"/trace/v1/uploads/{taken['id']}/original",
        "export": f"/trace/v1/exports?lot={lot}",
        "certificate": certificate_of(bolt, lot),
        "attachment": f"/api/v3/submodels/{id64('urn:sm')}/submodel-elements/Paper/attachment",
    }


KINDS = ("original", "export", "certificate", "attachment")


@pytest.mark.parametrize("kind", KINDS)
def test_a_download_can_be_gone_on_with(bolt, places, kind):
    whole = bolt.get(places[kind])
    size = len(whole.data)

    rest = bolt.get(places[kind], headers={"Range": "bytes=5-"})
    end = bolt.get(places[kind], headers={"Range": "bytes=-3"})

    assert (whole.status_code, whole.headers["Accept-Ranges"]) == (200, "bytes")
    assert whole.content_length == size
    assert (rest.status_code, rest.data) == (206, whole.data[5:])
    assert rest.headers["Content-Range"] == f"bytes 5-{size - 1}/{size}"
    assert rest.content_length == size - 5
    assert end.data == whole.data[-3:]


@pytest.mark.parametrize("kind", KINDS)
def test_a_range_behind_the_end_is_told_the_size(bolt, places, kind):
    size = len(bolt.get(places[kind]).data)

    behind = bolt.get(places[kind], headers={"Range": f"bytes={size}-"})

    assert (behind.status_code, behind.headers["Content-Range"]) == (416, f"bytes */{size}")
    assert behind.get_json()["messages"]


@pytest.mark.parametrize("asked", ["bytes=0-1,3-4", "lines=1-2", "nonsense", "bytes=9-1"])
def test_what_is_no_single_range_of_bytes_is_answered_whole(bolt, places, asked):
    answer = bolt.get(places["original"], headers={"Range": asked})

    assert (answer.status_code, answer.data) == (200, CONTENT)


def test_a_range_of_other_content_is_answered_whole(bolt, places):
    tag = bolt.get(places["original"]).headers["ETag"]

    same = bolt.get(places["original"], headers={"Range": "bytes=0-3", "If-Range": tag})
    other = bolt.get(places["original"], headers={"Range": "bytes=0-3", "If-Range": '"other"'})

    assert (same.status_code, same.data) == (206, CONTENT[:4])
    assert (other.status_code, other.data) == (200, CONTENT)


@pytest.mark.parametrize("kind", ["original", "export"])
def test_a_tag_that_a_proxy_made_weak_saves_the_work_too(bolt, places, kind):
    tag = bolt.get(places[kind]).headers["ETag"]

    answer = bolt.get(places[kind], headers={"If-None-Match": f"W/{tag}"})

    assert (answer.status_code, answer.data) == (304, b"")


def test_a_weak_tag_makes_no_export(bolt, administrator, places):
    tag = bolt.get(places["export"]).headers["ETag"]
    before = exports_in_the_audit_trail(administrator)
    assert before

    bolt.get(places["export"], headers={"If-None-Match": f"W/{tag}"})

    assert exports_in_the_audit_trail(administrator) == before


def exports_in_the_audit_trail(administrator):
    trail = administrator.get("/trace/v1/audit", query_string={"limit": 1000}).get_json()["result"]
    return [each for each in trail if each["what"] == "export made"]


def test_scripts_of_other_sites_may_read_what_was_answered(bolt, places):
    answer = bolt.get(places["export"], headers={"Origin": "https://tool.example"})

    exposed = set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    assert exposed >= {
        "Accept-Ranges", "Content-Disposition", "Content-Range", "ETag", "Export-Data-Format", "Export-Findings",
    }  # fmt: skip
