"""The real AAS files: what people published reads whole, what must be refused is refused."""

import csv
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Severity
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import AasPackage
from aas_registry.formats.upload import read_upload
from aas_registry.settings import Settings

pytestmark = pytest.mark.check


@pytest.fixture(scope="module")
def rows(corpus: Path) -> list[dict[str, str]]:
    with (corpus / "MANIFEST.csv").open(newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["file"].startswith("aas/")]


@pytest.fixture(scope="module")
def limits() -> Limits:
    return Settings().limits


def read(path: Path, limits: Limits) -> AasPackage:
    with path.open("rb") as stream:
        return read_upload(stream, file_name=path.name, limits=limits)


def problems_of(package: AasPackage, row: dict[str, str]) -> list[Any]:
    found = [finding for finding in package.findings if finding.severity is Severity.ERROR]
    counted = len(package.identifiables)
    return found if counted == int(row["n_identifiables"]) else [f"{counted} identifiables", *found]


def test_every_file_that_readers_agree_on_reads_whole_and_without_errors(
    corpus: Path, rows: list[dict[str, str]], limits: Limits
) -> None:
    agreed = [row for row in rows if row["expected"] == "loads"]

    problems = {row["file"]: problems_of(read(corpus / row["file"], limits), row) for row in agreed}

    print(f"{len(agreed)} files read whole")
    assert len(agreed) >= 20
    assert {file: found for file, found in problems.items() if found} == {}


def test_every_file_that_one_reader_refuses_is_read_all_the_same(
    corpus: Path, rows: list[dict[str, str]], limits: Limits
) -> None:
    for row in rows:
        if row["expected"].startswith(("loads (", "disputed")):
            assert len(read(corpus / row["file"], limits).identifiables) > 0, row["file"]


def test_every_file_that_must_be_rejected_is_refused_with_the_place(
    corpus: Path, rows: list[dict[str, str]], limits: Limits
) -> None:
    rejected = [row for row in rows if row["expected"] == "must be rejected"]

    assert rejected
    for row in rejected:
        with pytest.raises(RefusedError) as raised:
            read(corpus / row["file"], limits)
        assert raised.value.findings[0].file == Path(row["file"]).name


def test_no_file_raises_anything_but_a_refusal(
    corpus: Path, rows: list[dict[str, str]], limits: Limits
) -> None:
    packages = []
    for row in rows:
        with suppress(RefusedError):
            packages.append(read(corpus / row["file"], limits))

    print(f"{len(packages)} of {len(rows)} files read")
    assert len(packages) >= 320
    for package in packages:
        assert package.identifiables
        assert all(entry.canonical() for entry in package.identifiables)
