"""Every real file that is taken comes back equal: body by body, file by file, thumbnail."""

import csv
import hashlib
import io
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from aas_test_engines import file as test_engines
from basyx.aas.adapter.aasx import AASXReader, DictSupplementaryFileContainer
from basyx.aas.adapter.json import read_aas_json_file
from basyx.aas.model import DictIdentifiableStore

from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Severity
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import AasPackage
from aas_registry.formats.aasx_writer import (
    save_aasx,
    write_aasx,
    write_environment_json,
    write_environment_xml,
)
from aas_registry.formats.environment_writer import source_of, write_fitting_environment
from aas_registry.formats.upload import read_upload
from aas_registry.settings import Settings

pytestmark = [pytest.mark.check, pytest.mark.timeout(600)]

LEAST_FILES = 320
LEAST_CLEAN = 80
Bodies = dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def limits() -> Limits:
    return Settings().limits


@pytest.fixture(scope="module")
def paths(corpus: Path) -> list[Path]:
    with (corpus / "MANIFEST.csv").open(newline="", encoding="utf-8") as stream:
        return [corpus / row["file"] for row in csv.DictReader(stream) if row["file"].startswith("aas/")]


def taken(paths, limits):
    """Yield the files of the corpus that are taken, each open as long as it is looked at."""
    for path in paths:
        with path.open("rb") as stream, suppress(RefusedError):
            yield path, read_upload(stream, file_name=path.name, limits=limits)


def read(content: bytes, name: str, limits: Limits) -> AasPackage:
    return read_upload(io.BytesIO(content), file_name=name, limits=limits)


def bodies(package: AasPackage) -> Bodies:
    return {(each.kind.value, each.identifier): each.digest() for each in package.identifiables}


def files(package: AasPackage) -> Counter[tuple[str, str]]:
    return Counter((hashlib.sha256(each.read()).hexdigest(), each.media_type) for each in package.files)


def written(package: AasPackage) -> tuple[bytes, str]:
    """Return a package as an export writes it, and the format of its data."""
    source = source_of(package.identifiables)
    data, stream = io.BytesIO(), io.BytesIO()
    chosen = write_fitting_environment(source, data).data_format
    save_aasx(stream, data=data, data_format=chosen, files=package.files, thumbnail=package.thumbnail)
    return stream.getvalue(), chosen


def problems_of(path: Path, package: AasPackage, limits: Limits) -> tuple[set[str], list[str]]:
    """Return what was done with a file, and what went wrong."""
    content, chosen = written(package)
    again = read(content, "a.aasx", limits)
    expected = bodies(package)
    text = write_environment_json(package.identifiables)
    equal = {
        "AASX": bodies(again) == expected and files(again) == files(package),
        "thumbnail": (again.thumbnail and again.thumbnail.read())
        == (package.thumbnail and package.thumbnail.read()),
        "JSON": bodies(read(text, "a.json", limits)) == expected,
        "bytes": written(package)[0] == content,
    }
    done = {"taken", f"AASX with {chosen}"}
    with suppress(RefusedError):
        xml = write_environment_xml(package.identifiables, metamodel=package.metamodel)
        equal["XML"] = bodies(read(xml, "a.xml", limits)) == expected
        done.add("XML")
    if is_clean(package):
        done.add("without findings")
        # Bare JSON and XML may name parts of a package that nobody has.
        opened = opened_by_basyx(content if path.suffix == ".aasx" else text, package)
        equal[f"basyx: {opened}"] = opened == "ok"
    if is_clean(package) and package.metamodel == "3.0":
        done.add("without findings by 3.0")
        forms = (write_aasx(package), write_aasx(package, data_format="json"))
        passed = all(test_engines.check_aasx_file(io.BytesIO(each)).ok() for each in forms)
        # One template fails as its publisher wrote it, for a check of templates of theirs.
        equal["aas-test-engines"] = passed or not original_passes(path)
    return done, [name for name, is_equal in equal.items() if not is_equal]


def is_clean(package: AasPackage) -> bool:
    return all(each.severity is Severity.INFO for each in package.findings)


def test_every_file_that_is_taken_comes_back_equal_and_others_open_what_had_no_findings(
    paths: list[Path], limits: Limits
) -> None:
    counts: Counter[str] = Counter()
    problems: dict[str, list[str]] = {}
    for path, package in taken(paths, limits):
        done, wrong = problems_of(path, package, limits)
        counts.update(done)
        if wrong:
            problems[path.name] = wrong

    print(f"{dict(sorted(counts.items()))}")
    assert problems == {}
    assert counts["taken"] >= LEAST_FILES
    assert counts["without findings"] >= LEAST_CLEAN
    assert counts["without findings by 3.0"] > 0


def original_passes(path: Path) -> bool:
    check = {
        ".aasx": test_engines.check_aasx_file,
        ".json": test_engines.check_json_file,
        ".xml": test_engines.check_xml_file,
    }
    with path.open("rb") as stream:
        return check[path.suffix](stream).ok()


def opened_by_basyx(content: bytes, package: AasPackage) -> str:
    try:
        store = strictly_read(content)
    except (ValueError, KeyError, TypeError, AttributeError) as refusal:
        return f"{type(refusal).__name__}: {refusal}"[:200]
    return "ok" if len(store) == len(package.identifiables) else "objects are missing"


def strictly_read(content: bytes) -> DictIdentifiableStore:
    if content[:1] == b"{":
        return read_aas_json_file(io.StringIO(content.decode()), failsafe=False)
    store: DictIdentifiableStore = DictIdentifiableStore()
    with AASXReader(io.BytesIO(content), failsafe=False) as reader:
        reader.read_into(store, DictSupplementaryFileContainer())
    return store
