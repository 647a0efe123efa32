"""Our reading of AAS XML against aas-core's own, on every real XML that aas-core can read."""

import csv
import io
import zipfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import aas_core3.jsonization
import aas_core3.xmlization
import aas_core3_1.jsonization
import aas_core3_1.xmlization
import pytest

from aas_registry.formats.aas.xml import convert_xml
from aas_registry.settings import Settings

pytestmark = pytest.mark.check

VERSIONS = {
    aas_core3.xmlization.NAMESPACE: (aas_core3.xmlization, aas_core3.jsonization),
    aas_core3_1.xmlization.NAMESPACE: (aas_core3_1.xmlization, aas_core3_1.jsonization),
}
UNREAD = (
    ET.ParseError,
    KeyError,
    aas_core3.xmlization.DeserializationException,
    aas_core3_1.xmlization.DeserializationException,
)


def documents(corpus: Path) -> Iterator[tuple[str, bytes]]:
    with (corpus / "MANIFEST.csv").open(newline="", encoding="utf-8") as stream:
        files = [row["file"] for row in csv.DictReader(stream)]
    for file in files:
        if file.startswith(("aas/", "metamodel_tests/")) and file.endswith(".xml"):
            yield file, (corpus / file).read_bytes()
        elif file.startswith("aas/") and file.endswith(".aasx"):
            with zipfile.ZipFile(corpus / file) as archive:
                names = [name for name in archive.namelist() if name.endswith(".xml")]
                yield from ((f"{file}!{name}", archive.read(name)) for name in names)


def read_by_aas_core(content: bytes) -> Any:
    """Return the AAS JSON that aas-core makes of a document; None where it cannot."""
    try:
        events = ET.iterparse(io.BytesIO(content), ["start", "end"])
        event, root = next(events)
        xmlization, jsonization = VERSIONS[root.tag[1:].partition("}")[0]]
        root.attrib.clear()
        environment = xmlization.environment_from_iterparse(chain(((event, root),), events))
    except UNREAD:
        return None
    return jsonization.to_jsonable(environment)


def test_what_aas_core_reads_becomes_the_same_json(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    limits = Settings().limits
    same, different = 0, []

    for name, content in documents(corpus):
        expected = read_by_aas_core(content)
        if expected is None:
            continue
        if convert_xml(content, limits=limits)[0] == expected:
            same += 1
        else:
            different.append(name)

    with capsys.disabled():
        print(f"\nXML documents that become the JSON that aas-core makes of them: {same}")
    assert same >= 300
    assert different == []
