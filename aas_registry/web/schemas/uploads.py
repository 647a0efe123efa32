"""Receipts of uploads and of lists, as they are answered."""

from datetime import datetime
from typing import Literal

from aas_registry.domain.certificates import CertificateState, Notice
from aas_registry.domain.package import AASX_MEDIA_TYPE
from aas_registry.domain.verdicts import Status
from aas_registry.web.schemas.answer import (
    SHA256,
    TIME,
    YES,
    AnswerModel,
    FileAnswer,
    FindingJson,
    absent,
    shown,
)

Change = Literal["added", "changed", "unchanged"]


class SeverityCountsJson(AnswerModel):
    """How many findings of each severity."""

    error: int = shown("Errors.", 0)
    warning: int = shown("Warnings.", 1)
    info: int = shown("What is good to know.", 0)


class CountsJson(AnswerModel):
    """How much of each kind was taken: of all, not only of what the receipt lists."""

    shells: int = shown("Shells.", 1)
    submodels: int = shown("Submodels.", 2)
    concept_descriptions: int = shown("Concept descriptions.", 0)
    lots: int = shown("Lots.", 1)
    certificates: int = shown("Certificates.", 1)
    as_built: int = shown("As-built structures.", 0)
    files: int = shown("Files.", 1)
    findings: SeverityCountsJson = shown("Findings by severity.")


class ReceiptHeadJson(AnswerModel):
    """An upload as lists show it: of what became of it, the counts."""

    id: str | None = shown(
        "Id of the upload; null for a dry run, of which nothing is kept.", "B3dJ9yFBhdzbrVNVMn36dA"
    )
    file_name: str = shown("The name that its sender gave; empty for none.", "lot-k2541.aasx")
    media_type: str = shown("What it is.", AASX_MEDIA_TYPE)
    sha256: str = shown("Digest of its bytes, hexadecimal.", SHA256)
    size: int = shown("Size, in bytes.", 48213)
    party: str | None = shown("Code of the party it counts for; null for the plant.", "bolt")
    submitted_by: str = shown("Who sent it, and how whoever it was came in.", "line 3, MES (token)")
    received_at: datetime = shown("When it was recorded.", TIME)
    is_new: bool = shown("Whether anything was taken; false where the same bytes were taken before.", YES)
    unchanged: bool = shown("Whether this file was sent again and all that it brought is so still.")
    certificates_to_see: dict[Notice, int] = shown(
        "How many of its certificates somebody should see, by why, as they stand now.", {"needs review": 1}
    )
    counts: CountsJson = shown("How much of each kind was taken.")


class TakenObjectJson(AnswerModel):
    """A shell, submodel or concept description of the file."""

    id: str = shown("Its id, as it is.", "urn:bolt:shell:KC0805-10K")
    change: Change = shown("What became of it.")


class TakenLotJson(AnswerModel):
    """A lot that the file speaks of."""

    id: str | None = shown("Id of the lot; null for a dry run.", "MN8SMiDgxQSrDSUZWoXVKw")
    manufacturer: str = shown("Manufacturer's name.", "Kondor")
    mpn: str = shown("Manufacturer part number.", "KC0805-10K")
    code: str = shown("Lot code.", "K2541-0383")


class TakenCertificateJson(AnswerModel):
    """A certificate that came with the file, as it stands now."""

    id: str | None = shown("Id of the certificate; null for a dry run.", "YVU0XAyFlPN-fVT9tSTKnA")
    part: str = shown("Which part of the file, or which attachment, it was.", "/aasx/files/k2541-0383.pdf")
    sha256: str = shown("Digest of the document, hexadecimal.", SHA256)
    change: Literal["added", "unchanged"] = shown("Whether it was submitted now.")
    state: CertificateState = shown("Where it stands in its life.", "countersigned")
    authentic: Status = shown("What is said of the supplier's signature.")
    matches: Status = shown("Whether its content covers what it speaks of.")
    accepted: Status = shown("What a named person decided; unknown while nobody did.", "unknown")
    lots: int | None = absent("Of a list: how many of its lots it covers.")


class StatedStructureJson(AnswerModel):
    """An as-built structure that the file states."""

    submodel: str = shown("Id of the submodel.", "urn:bolt:submodel:structure-7")
    archetype: str | None = shown("How much of the structure it shows; null where it does not say.", "Full")
    nodes: int = shown("How many nodes.", 4)
    links: int = shown("How many links.", 3)


class StoredFileJson(AnswerModel):
    """A file that the package holds beside its objects."""

    part: str = shown("Part of the package.", "/aasx/files/k2541-0383.pdf")
    media_type: str = shown("Its media type, as the package says.", "application/pdf")
    sha256: str = shown("Digest of its bytes, hexadecimal.", SHA256)
    size: int = shown("Size, in bytes.", 20113)


class ListCountsJson(AnswerModel):
    """What a list holds, counted."""

    rows: int = shown("Rows, without head and blank ones.", 30)
    lots: int = shown("Lots.", 10)
    packages: int = shown("Packages (reels, trays, bags).", 30)
    new_packages: int = shown("Packages that were not on record.", 30)
    ended_packages: int = shown("Packages that the list says no more.", 0)
    added_lots: int = shown("Lots that were not on record.", 10)
    changed_lots: int = shown("Lots of which something else is said now.", 0)
    unchanged_lots: int = shown("Lots of which the same was on record.", 0)


class ReceiptJson(ReceiptHeadJson):
    """What became of an upload; of very many of a kind the first are listed, and all are counted."""

    shells: list[TakenObjectJson] = shown("Shells.")
    submodels: list[TakenObjectJson] = shown("Submodels.")
    concept_descriptions: list[TakenObjectJson] = shown("Concept descriptions.", [])
    lots: list[TakenLotJson] = shown("Lots.")
    certificates: list[TakenCertificateJson] = shown("Certificates.")
    as_built: list[StatedStructureJson] = shown("As-built structures.", [])
    files: list[StoredFileJson] = shown("Files.")
    findings: list[FindingJson] = shown("What was noticed, the worst first.", [])
    thumbnail: str | None = shown("Part of the package that is its picture; null for none.", None)
    metamodel: str | None = shown("Version of the metamodel that it is written in; null: none.", "3.1")
    spreadsheet: ListCountsJson | None = absent("Of a list: what it holds, counted.")


_PROGRESS = '{"phase":"read","done":48213,"total":48213}\n'
PROGRESS_LINES = FileAnswer(
    "application/x-ndjson",
    "A JSON value on each line: while it runs `phase`, `done` and `total` (null where it is not known); the"
    " last has `status`, the status code that the answer would have had, and `upload`, the receipt, or"
    " `error`, the body of the error.",
    _PROGRESS + '{"status":201,"upload":{"id":"B3dJ9yFBhdzbrVNVMn36dA"}}\n',
)
PAGE_PROGRESS_LINES = FileAnswer(
    "application/x-ndjson",
    "As with `POST /trace/v1/uploads`, but the last line has `status` and `html`: what was found, to show.",
    _PROGRESS + '{"status":200,"html":"<section>…</section>"}\n',
)
MARKED_LIST = (
    FileAnswer(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "With `answer=file`: the list with a column of errors, a workbook.",
    ),
    FileAnswer("text/csv", "With `answer=file`: the list with a column of errors.", "lot;errors\nK1;\n"),
)
