"""The whole corpus of real and of made AAS files: each is read as its manifest line says.

Prints the counts. Where a line is not followed, it stands here with the reason.
"""

import csv
import hashlib
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, Severity
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import AasPackage
from aas_registry.domain.profile import Profile
from aas_registry.formats.aas.entries import is_element
from aas_registry.formats.aas.environment import Environment, refuse_errors
from aas_registry.formats.aas.json import parse_json, read_json
from aas_registry.formats.aas.verification import verify_element
from aas_registry.formats.container.content_kind import recognise
from aas_registry.formats.package.upload import read_upload
from aas_registry.settings import Settings

pytestmark = [pytest.mark.check, pytest.mark.xdist_group("aas-corpus")]

REPORTED = "must be rejected or reported with findings"
EMPTY = "loads as empty environment (0 identifiables)"

# JSON says no version. These violate metamodel 3.0 alone and obey 3.1, so 3.1 is taken.
CLEAN_BY_3_1 = {
    "fb3864e861": "AASd-120 is no constraint of 3.1: members of a list may have an idShort",
    "1b776c620d": "the contentType of a Blob is optional in 3.1",
    "4f43ed44af": "an identifier may have 2,048 characters in 3.1, 2,000 in 3.0",
}
# Metamodel 3.1 has no AASd-090 (categories of data elements) and calls AASc-3a-002 AASc-002. A JSON file that violates
# something else besides fits 3.1 better; told that it is of 3.0, the reader names it.
NOT_OF_3_1 = {"AASd-090", "AASc-3a-002"}
# U+0000 is refused before the other constraint (AASd-020) of the same value is looked at.
REFUSED_EARLIER = {"4a49d74b99", "78b1c1ee3a", "4e481276a0"}
# A refusal names every finding; it is none of the reader's business to store these.
REFUSED_IN_REPORT = {"2d3eeb44": "the only shell of the file lacks its assetInformation"}

# By kind of rule: the codes that name it, and words of the message where the code is general.
KINDS = {
    "EnumViolation": ({Code.AAS_VALUE_LITERAL}, ""),
    "TypeViolation": ({Code.AAS_VALUE_TYPE}, ""),
    "NullViolation": ({Code.AAS_VALUE_NULL}, ""),
    "RequiredViolation": ({Code.AAS_MEMBER_MISSING}, "lacks the member"),
    "UnexpectedAdditionalProperty": ({Code.AAS_MEMBER_UNKNOWN}, "unexpectedAdditionalProperty"),
    "MinLengthViolation": ({Code.AAS_LIST_EMPTY, Code.AAS_CONSTRAINT}, "empty"),
    "MaxLengthViolation": ({Code.AAS_CONSTRAINT}, "maximum length"),
    "PatternViolation": ({Code.AAS_CONSTRAINT}, ""),
    "InvalidValueExample": ({Code.AAS_CONSTRAINT}, "value type"),
    "InvalidMinMaxExample": ({Code.AAS_CONSTRAINT}, "value type"),
    "InvalidModelType": ({Code.AAS_MODEL_TYPE}, ""),
    "MissingModelType": ({Code.AAS_MODEL_TYPE}, ""),
    "DateTimeUtcViolationOnFebruary29th": ({Code.AAS_CONSTRAINT}, "UTC"),
}


@dataclass(frozen=True)
class Verdict:
    """What became of one line of the manifest."""

    row: dict[str, str]
    reported: AasPackage | Environment | None
    files: dict[str, str]
    findings: tuple[Finding, ...]
    strict: tuple[Finding, ...] | None

    @property
    def file(self) -> str:
        return self.row["file"]

    @property
    def name(self) -> str:
        return Path(self.file).stem.partition("_")[0]

    @property
    def errors(self) -> list[Finding]:
        return [each for each in self.findings if each.severity is Severity.ERROR]

    @property
    def located(self) -> list[Finding]:
        return [each for each in self.errors if each.path or each.part]

    @property
    def word(self) -> str:
        if self.reported is None:
            return "refused"
        return "stored with findings" if self.errors else "stored"


Taken = tuple[AasPackage | Environment, dict[str, str]]


def read_object(content: bytes, limits: Limits, profile: Profile) -> Environment:
    """Read one object, as the AAS API takes it: a submodel element, too, which no file may hold alone."""
    body = parse_json(content, limits=limits)
    if isinstance(body, dict) and is_element(body):
        read = Environment("3.1", (), verify_element(body, limits=limits))
    else:
        read = read_json(content, limits=limits)
    if profile is Profile.STRICT:
        refuse_errors(read.findings)
    return read


def take(path: Path, limits: Limits, profile: Profile) -> Taken:
    if path.parent.name == "fragments":
        return read_object(path.read_bytes(), limits, profile), {}
    with path.open("rb") as stream:
        package = read_upload(recognise(stream, path.name, limits=limits), limits=limits, profile=profile)
        return package, {file.part: file.digest() for file in package.files}


def judge(path: Path, row: dict[str, str], limits: Limits) -> Verdict:
    strict: tuple[Finding, ...] | None = None
    try:
        take(path, limits, Profile.STRICT)
    except RefusedError as refused:
        strict = refused.findings
    try:
        reported, files = take(path, limits, Profile.REPORT)
    except RefusedError as refused:
        return Verdict(row, None, {}, refused.findings, strict)
    return Verdict(row, reported, files, reported.findings, strict)


@pytest.fixture(scope="module")
def verdicts(corpus: Path) -> list[Verdict]:
    limits = Settings().limits
    with (corpus / "MANIFEST.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    wanted = ("aas/", "metamodel_tests/", "fragments/")
    return [judge(corpus / row["file"], row, limits) for row in rows if row["file"].startswith(wanted)]


def of(verdicts: list[Verdict], folder: str, *expected: str) -> list[Verdict]:
    return [
        each
        for each in verdicts
        if each.file.startswith(folder) and (not expected or each.row["expected"] in expected)
    ]


def say(capsys: pytest.CaptureFixture[str], *lines: str) -> None:
    with capsys.disabled():
        print("", *lines, sep="\n")


def test_what_loads_is_read_whole_with_its_files(
    corpus: Path, verdicts: list[Verdict], capsys: pytest.CaptureFixture[str]
) -> None:
    agreed = of(verdicts, "aas/", "loads")
    dissented = of(verdicts, "aas/", "loads (1 reader dissents)")

    problems, files = {}, 0
    for each in (*agreed, *dissented):
        package = each.reported
        assert isinstance(package, AasPackage), (each.file, each.findings)
        if len(package.identifiables) != int(each.row["n_identifiables"]):
            problems[each.file] = f"{len(package.identifiables)} of {each.row['n_identifiables']}"
        files += check_files(corpus / each.file, each.files)

    say(capsys, f"aas, loads: {len(agreed)} + {len(dissented)} read whole, {files} files intact")
    assert len(agreed) >= 90
    assert problems == {}
    assert {each.file: each.errors or each.strict for each in agreed if each.errors or each.strict} == {}


def check_files(path: Path, files: dict[str, str]) -> int:
    if not files:
        return 0
    with zipfile.ZipFile(path) as archive:
        stored = {f"/{name}": hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    assert {part: stored.get(part) for part in files} == files, path.name
    return len(files)


def test_what_must_be_reported_has_a_located_error_and_is_refused_in_strict(
    verdicts: list[Verdict], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = of(verdicts, "aas/", REPORTED)

    say(capsys, f"aas, reported: {Counter(each.word for each in rows)} of {len(rows)}")
    assert len(rows) >= 180
    assert [each.file for each in rows if each.reported is None or not each.located] == []
    assert [each.file for each in rows if each.strict is None] == []


def test_what_must_be_rejected_is_refused_with_the_reason(
    verdicts: list[Verdict], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = of(verdicts, "aas/", "must be rejected")

    codes = Counter(each.findings[0].code.value for each in rows if each.findings)
    say(capsys, f"aas, rejected: {len(rows)}: {dict(codes)}")
    assert len(rows) >= 60
    assert {each.file: each.word for each in rows if each.reported is not None or each.strict is None} == {}
    assert all(each.findings[0].file == Path(each.file).name for each in rows)


def test_disputed_and_empty_files_get_a_verdict_with_its_reason(
    verdicts: list[Verdict], capsys: pytest.CaptureFixture[str]
) -> None:
    disputed = of(verdicts, "", "disputed (1:1)")
    empty = of(verdicts, "aas/", EMPTY)

    for each in (*disputed, *empty):
        first = each.errors[0] if each.errors else None
        reason = f"{first.code.value}: {first.message[:90]}" if first else "obeys the rules that apply"
        say(capsys, f"  {each.word}: {each.file[-70:]}: {reason}")
    assert len(disputed) == 40
    assert [each.file for each in disputed if each.reported is None] == []
    # Nothing is in it that could be stored or found again.
    assert {each.findings[0].code for each in empty} == {Code.AAS_EMPTY}


def test_the_positive_files_of_the_metamodel_are_accepted_in_strict(
    verdicts: list[Verdict], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = of(verdicts, "metamodel_tests/positive")

    say(capsys, f"metamodel, positive: {sum(each.strict is None for each in rows)} of {len(rows)} accepted")
    assert len(rows) == 150
    assert {each.file: each.strict for each in rows if each.strict is not None} == {}


def test_the_negative_files_of_the_metamodel_are_refused_in_strict(
    verdicts: list[Verdict], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = of(verdicts, "metamodel_tests/negative")
    accepted = {each.name for each in rows if each.strict is None}

    say(capsys, f"metamodel, negative: {len(rows) - len(accepted)} of {len(rows)} refused; by 3.1 clean:")
    say(capsys, *(f"  {name}: {reason}" for name, reason in CLEAN_BY_3_1.items()))
    assert len(rows) == 150
    assert accepted == set(CLEAN_BY_3_1)


def test_every_numbered_constraint_is_named(
    corpus: Path, verdicts: list[Verdict], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [each for each in of(verdicts, "metamodel_tests/negative") if "AAS" in each.row["constraint"]]
    rows = [each for each in rows if each.name not in CLEAN_BY_3_1]

    unnamed, by_3_0 = {}, []
    for each in rows:
        missing = set(each.row["constraint"].split(";")) - named_by(each.strict or ())
        if missing and missing <= NOT_OF_3_1:
            content = (corpus / each.file).read_bytes()
            missing -= named_by(read_json(content, limits=Settings().limits, metamodel="3.0").findings)
            by_3_0.append(each.name)
        if missing and not (each.name in REFUSED_EARLIER and named_by(each.strict or ())):
            unnamed[each.file] = missing

    say(capsys, f"  of these by the rules of 3.0 only: {by_3_0}; U+0000, AASd-130 alone: {REFUSED_EARLIER}")
    say(capsys, f"metamodel, numbered constraints: {len(rows)} lines name theirs")
    assert len(rows) >= 45
    assert unnamed == {}


def named_by(findings: Iterable[Finding]) -> set[str]:
    return {each.constraint for each in findings if each.constraint}


def test_the_kind_of_rule_and_the_place_are_named(
    verdicts: list[Verdict], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [each for each in of(verdicts, "metamodel_tests/negative") if "AAS" not in each.row["constraint"]]
    rows = [each for each in rows if each.name not in CLEAN_BY_3_1]

    unnamed = [each.file for each in rows if not names_kind_and_place(each)]

    share = 1 - len(unnamed) / len(rows)
    say(capsys, f"metamodel, other rules: {share:.0%} of {len(rows)} lines name path and kind: not {unnamed}")
    assert len(rows) >= 80
    assert share >= 0.9


def names_kind_and_place(verdict: Verdict) -> bool:
    codes, words = KINDS[verdict.row["constraint"]]
    return any(each.path and each.code in codes and words in each.message for each in verdict.strict or ())


def test_fragments_are_taken_as_the_manifest_says(
    verdicts: list[Verdict], capsys: pytest.CaptureFixture[str]
) -> None:
    loads = of(verdicts, "fragments/", "loads")
    reported = of(verdicts, "fragments/", REPORTED)

    say(capsys, f"fragments, loads: {sum(each.strict is None for each in loads)} of {len(loads)} accepted")
    say(capsys, f"fragments, reported: {Counter(each.word for each in reported)}")
    assert {each.file: each.strict for each in loads if each.strict is not None} == {}
    assert [each.file for each in reported if each.strict is None or not each.errors] == []
    assert {each.name for each in reported if each.reported is None} == set(REFUSED_IN_REPORT)
