"""The certificates of a list: which of the files that were sent with it covers which lots."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.findings import Severity, error, info
from aas_registry.domain.lot_list import ListedCertificate, LotList
from aas_registry.domain.spreadsheet import file_key
from aas_registry.domain.spreadsheet_cells import Problem
from aas_registry.domain.spreadsheet_columns import BY_KEY


@dataclass(frozen=True, slots=True)
class CoveredLots:
    """A file that was sent with a list, and what the list says of it.

    Attributes:
        file: Its place among the files that were sent.
        facts: Number, type and dates, by column key.
        lots: Places, in the list of lots, of those that it covers.
    """

    file: int
    facts: Mapping[str, Any]
    lots: Sequence[int]


def assign_certificates(read: LotList, file_names: Sequence[str], *, most_lots: int) -> list[CoveredLots]:
    """Return which lots each file covers; what does not fit is added to the list's findings.

    One file, and no row that names one: it covers every lot of the list. Otherwise a file
    covers the lots whose rows name it.

    Args:
        read: The list.
        file_names: The files that were sent with it.
        most_lots: Most lots that one certificate may cover.
    """
    unnamed = read.certificates.get(None)
    named = {key: each for key, each in read.certificates.items() if key is not None}
    if not named and len(file_names) == 1:
        covered = [CoveredLots(0, {} if unnamed is None else unnamed.facts, range(len(read.lots)))]
    else:
        covered = list(_named_files(read, named, file_names))
        _tell_unnamed_certificate(read, unnamed, file_names)
    column = read.places.get("certificate_file")
    for each in covered:
        if len(each.lots) > most_lots:
            name = file_names[each.file][:100]
            message = f"{name!r} covers {len(each.lots)} lots; the limit is {most_lots}."
            read.findings.add(error(Code.SPREADSHEET_CERTIFICATE_LOTS, message, column=column))
    return covered


def _named_files(
    read: LotList, named: Mapping[str, ListedCertificate], file_names: Sequence[str]
) -> Iterator[CoveredLots]:
    sent = {file_key(name): place for place, name in enumerate(file_names)}
    place = (read.places.get("certificate_file", 1), BY_KEY["certificate_file"])
    for key, stated in named.items():
        if key in sent:
            yield CoveredLots(sent[key], stated.facts, list(stated.lots))
        else:
            problem = Problem(
                Severity.ERROR, Code.SPREADSHEET_CERTIFICATE_MISSING, "was not sent with the list"
            )
            read.findings.add_at(problem, stated.row, place, stated.file_name or "")
    for position, name in enumerate(file_names):
        if sent.get(file_key(name)) != position or file_key(name) not in named:
            message = f"No row names the file {name[:100]!r}, or two files have that name."
            read.findings.add(error(Code.SPREADSHEET_CERTIFICATE_UNUSED, message))


def _tell_unnamed_certificate(
    read: LotList, unnamed: ListedCertificate | None, file_names: Sequence[str]
) -> None:
    if unnamed is None:
        return
    place = {"row": unnamed.row, "column": read.places.get("certificate_file")}
    if file_names:
        message = "The row says something of a certificate, but does not name its file."
        read.findings.add(error(Code.SPREADSHEET_CELL_MISSING, message, **place))
    else:
        message = "The list speaks of a certificate and no file was sent; what it says of it was not kept."
        read.findings.add(info(Code.SPREADSHEET_CERTIFICATE_MISSING, message, **place))
