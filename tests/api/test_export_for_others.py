"""What a selection gives opens strictly in basyx-python-sdk and passes aas-test-engines."""

import io

import pytest
from aas_samples import aasx, lot_shell, reference, shell, submodel, text
from aas_test_engines import file as test_engines
from basyx.aas.adapter.aasx import AASXReader, DictSupplementaryFileContainer
from basyx.aas.adapter.json import read_aas_json_file
from basyx.aas.adapter.xml import read_aas_xml_file
from basyx.aas.model import DictIdentifiableStore

from aas_registry.domain.package import PackageFile

pytestmark = pytest.mark.check

EXPORTS = "/trace/v1/exports"
READERS = {
    "json": lambda content: read_aas_json_file(io.StringIO(content.decode()), failsafe=False),
    "xml": lambda content: read_aas_xml_file(io.BytesIO(content), failsafe=False),
}
CHECKS = {
    "aasx": lambda content: test_engines.check_aasx_file(io.BytesIO(content)),
    "json": lambda content: test_engines.check_json_file(io.StringIO(content.decode())),
    "xml": lambda content: test_engines.check_xml_file(io.StringIO(content.decode())),
}


@pytest.fixture
def database_url() -> str:
    return ""  # what is stored is the same on either database; the API suite covers both


def file(id_short, value):
    return {"modelType": "File", "idShort": id_short, "contentType": "application/pdf", "value": value}


def lot(code):
    """Return a lot whose package has a paper, a picture and a file of names that every lot has."""
    identifier = f"urn:bolt:lot:{code}"
    return aasx(
        lot_shell(identifier, code=code) | {"submodels": [reference("Submodel", f"{identifier}:sm")]},
        submodel(f"{identifier}:sm", text("Quantity", code), file("Paper", "/aasx/files/paper.pdf")),
        files=[
            PackageFile.of("/aasx/files/paper.pdf", "application/pdf", b"%PDF " + code.encode()),
            PackageFile.of("/aasx/files/notes on lot.txt", "text/plain", b"lot " + code.encode()),
        ],
        thumbnail=PackageFile.of("/thumbnail.png", "image/png", b"picture of " + code.encode()),
    )


@pytest.fixture
def lots(bolt):
    """Three lots and a product of Bolt; return the ids of the lots."""
    bolt.upload(aasx(shell("urn:bolt:product"), submodel("urn:bolt:loose", text("PartA"))), "product.aasx")
    return [bolt.upload(lot(code), "lot.aasx").get_json()["lots"][0]["id"] for code in ("01", "02", "03")]


@pytest.fixture(params=["lots", "shells", "party"])
def selection(request, lots):
    return {
        "lots": {"lots": lots[:2]},
        "shells": {"shells": ["urn:bolt:lot:03", "urn:bolt:product"], "submodels": ["urn:bolt:loose"]},
        "party": {"party": "bolt"},
    }[request.param]


def test_basyx_opens_a_selection_strictly_with_the_files_that_elements_name(quality, selection):
    answer = quality.post(EXPORTS, json=selection)
    told = quality.post(EXPORTS, json={**selection, "dryRun": True}).get_json()
    store, files = DictIdentifiableStore(), DictSupplementaryFileContainer()

    with AASXReader(io.BytesIO(answer.data), failsafe=False) as reader:
        reader.read_into(store, files)
        picture = reader.get_thumbnail()

    papers = [each for each in store if each.id.endswith(":sm")]
    assert len(store) == told["shells"] + told["submodels"] + told["conceptDescriptions"]
    assert picture.startswith(b"picture of 0")
    for each in papers:
        found = io.BytesIO()
        files.write_file(each.get_referable("Paper").value, found)
        assert found.getvalue() == b"%PDF " + each.get_referable("Quantity").value.encode()
    assert papers


@pytest.mark.parametrize("form", ["json", "xml"])
def test_basyx_opens_the_bare_data_of_a_selection_strictly(quality, selection, form):
    answer = quality.post(EXPORTS, json={**selection, "format": form})

    store = READERS[form](answer.data)

    assert len(store) >= 3


@pytest.mark.parametrize("form", ["aasx", "json", "xml"])
def test_aas_test_engines_pass_a_selection(quality, selection, form):
    answer = quality.post(EXPORTS, json={**selection, "format": form, "metamodel": "3.0"})

    result = CHECKS[form](answer.data)

    assert result.ok(), "\n".join(result.to_lines())
