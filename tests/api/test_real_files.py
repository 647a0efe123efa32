"""Real packages do the job: uploaded whole, and every identifiable read back."""

import csv
import io
import json

import pytest
from aas_samples import id64

pytestmark = pytest.mark.check

ADDRESSES = {"shells": "shells", "submodels": "submodels", "conceptDescriptions": "concept-descriptions"}
LEAST = 20


@pytest.fixture
def database_url() -> str:
    return ""  # the files are the same on either database; the API suite covers both


def test_real_packages_upload_whole_and_every_identifiable_is_read_back(corpus, quality, capsys):
    with (corpus / "MANIFEST.csv").open(newline="", encoding="utf-8") as manifest:
        rows = [row for row in csv.DictReader(manifest) if row["file"].startswith("aas/")]
    loads = [row for row in rows if row["expected"] == "loads"]
    whole, refused = 0, []

    for row in loads:
        content = (corpus / row["file"]).read_bytes()
        answer = quality.post("/trace/v1/uploads", data={"file": (io.BytesIO(content), row["file"][-60:])})
        body = answer.get_json()
        if answer.status_code not in {200, 201}:
            refused.append((row["file"], body["messages"][0]["code"]))
            continue
        taken = [(kind, each["id"]) for kind in ADDRESSES for each in body[kind]]
        assert len(taken) == int(row["n_identifiables"]), row["file"]
        for kind, identifier in taken:
            found = quality.get(f"/api/v3/{ADDRESSES[kind]}/{id64(identifier)}")
            assert found.status_code == 200, (row["file"], identifier)
            assert json.loads(found.data)["id"] == identifier
        whole += 1

    with capsys.disabled():
        print(f"\nreal packages uploaded whole: {whole} of {len(loads)}; refused: {refused}")
    assert whole >= LEAST
