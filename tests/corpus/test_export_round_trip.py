"""Every real file that is taken comes back equal: body by body, part by part, thumbnail."""

import csv
import hashlib
import io
import zipfile
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from aas_samples import write_environment_json, write_environment_xml
from aas_test_engines import file as test_engines
from basyx.aas.adapter.aasx import AASXReader, DictSupplementaryFileContainer
from basyx.aas.adapter.json import read_aas_json_file
from basyx.aas.model import DictIdentifiableStore

from aas_registry.domain.errors import ConflictError, RefusedError
from aas_registry.domain.findings import Severity
from aas_registry.domain.identifiers import Site
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import AasPackage
from aas_registry.domain.principals import Principal
from aas_registry.formats.aas.environment_writer import source_of, write_fitting_environment
from aas_registry.formats.container.content_kind import recognise
from aas_registry.formats.package.aasx_writer import (
    save_aasx,
    write_aasx,
)
from aas_registry.formats.package.upload import read_upload
from aas_registry.services import access, exports, parties
from aas_registry.services.exports import ExportForm, Selection
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival, UploadOptions
from aas_registry.services.registry import Registry
from aas_registry.settings import Settings

pytestmark = pytest.mark.check

LEAST_FILES = 320
LEAST_CLEAN = 80
LEAST_PACKAGES = 160
LEAST_CLEAN_PACKAGES = 40
LEAST_PARTS = 100
# What is about the very file, and never content: relationships, properties, signatures, the origin.
OF_THE_FILE = (".rels", ".psmdcp", ".psdsor", "[Content_Types].xml", "aasx-origin", "aasx_origin", "/")
Bodies = dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def limits() -> Limits:
    return Settings().limits


@pytest.fixture(scope="module")
def paths(corpus: Path) -> list[Path]:
    with (corpus / "MANIFEST.csv").open(newline="", encoding="utf-8") as stream:
        return [corpus / row["file"] for row in csv.DictReader(stream) if row["file"].startswith("aas/")]


def packages_of(paths):
    return [path for path in paths if path.suffix == ".aasx"]


def taken(paths, limits):
    """Yield the files of the corpus that are taken, each open as long as it is looked at."""
    for path in paths:
        with path.open("rb") as stream, suppress(RefusedError):
            yield path, read_upload(recognise(stream, path.name, limits=limits), limits=limits)


def read(content: bytes, name: str, limits: Limits) -> AasPackage:
    return read_upload(recognise(io.BytesIO(content), name, limits=limits), limits=limits)


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


def test_every_part_of_every_package_comes_back_from_an_export_of_what_was_stored(
    paths: list[Path], limits: Limits, registry: Registry, tmp_path: Path
) -> None:
    counts: Counter[str] = Counter()
    problems: dict[str, list[str]] = {}
    for number, (path, package) in enumerate(taken(packages_of(paths), limits)):
        send(registry, f"site{number}", path)
        made = all_sent(registry, f"site{number}")
        again = read(made, path.name, limits)
        parts = parts_of(path, package)
        equal = {
            "bodies": bodies(again) == bodies(package),
            "parts": Counter(part_digests(again)) == Counter(parts),
            "thumbnail": package.thumbnail is None or thumbnail_of(again) == thumbnail_of(package),
        }
        if package.unnamed or package.thumbnail:  # what is only there in whole packages
            returned = tmp_path / f"{number}.aasx"
            returned.write_bytes(made)
            send(registry, f"again{number}", returned)
            equal["bytes of the export of the export"] = all_sent(registry, f"again{number}") == made
        if not all(equal.values()):
            problems[path.name] = [name for name, is_equal in equal.items() if not is_equal]
        counts.update(packages=1, parts=len(parts), thumbnails=package.thumbnail is not None)
        counts.update({"that no object names": len(package.unnamed)})

    print(f"{dict(counts)}")
    assert problems == {}
    assert counts["packages"] >= LEAST_PACKAGES
    assert counts["parts"] >= LEAST_PARTS
    assert counts["thumbnails"] > 0
    assert counts["that no object names"] > 0


def test_basyx_opens_strictly_all_of_a_supplier_that_sent_every_package_without_findings(
    paths: list[Path], limits: Limits, registry: Registry
) -> None:
    sent = 0
    for path, package in taken(packages_of(paths), limits):
        if is_clean(package):
            send(registry, registry.settings.site, path)
            sent += 1

    made = all_sent(registry, registry.settings.site)
    store = strictly_read(made)
    again = read(made, "a.aasx", limits)

    print(f"{sent} packages in one export of {len(store)} objects and {len(again.files)} files")
    assert sent >= LEAST_CLEAN_PACKAGES
    assert len(store) == len(again.identifiables)


@pytest.fixture
def database_url() -> str:
    return ""  # what is stored is the same on either database; the API suite covers both


def sender_of(registry: Registry, site: str) -> Principal:
    """Return who sends to a plant and asks it; its supplier is put on record the first time."""
    principal = replace(access.local_administrator(registry), site=Site(site))
    with suppress(ConflictError):
        parties.add_party(registry, principal, code="sender", name="Sender")
    return principal


def send(registry: Registry, site: str, path: Path) -> None:
    principal = sender_of(registry, site)
    with path.open("rb") as stream:
        uploads.take_upload(
            registry, principal, Arrival(stream, path.name, options=UploadOptions(on_behalf_of="sender"))
        )


def all_sent(registry: Registry, site: str) -> bytes:
    """Return all of the supplier of a plant as AASX."""
    made = exports.export(registry, sender_of(registry, site), Selection(party="sender"), ExportForm.AASX)
    assert made.stream is not None
    with made.stream:
        return made.stream.read()


def parts_of(path: Path, package: AasPackage) -> list[str]:
    """Return the digest of every part of a package that is content but no AAS data."""
    data = {each.part for each in package.identifiables}
    with zipfile.ZipFile(path) as archive:
        return [
            hashlib.sha256(archive.read(name)).hexdigest()
            for name in archive.namelist()
            if not name.endswith(OF_THE_FILE) and "docProps/" not in name and f"/{name}" not in data
        ]


def part_digests(package: AasPackage) -> list[str]:
    found = {each.part: each for each in (*package.files, package.thumbnail) if each is not None}
    return [hashlib.sha256(each.read()).hexdigest() for each in found.values()]


def thumbnail_of(package: AasPackage) -> str | None:
    return None if package.thumbnail is None else package.thumbnail.digest()


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
