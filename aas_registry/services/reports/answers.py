"""The answers that trace reports carry: rows, counts, gaps and certificates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from aas_registry.domain import sentences
from aas_registry.domain.anomalies import told_in_words
from aas_registry.domain.events import Certainty
from aas_registry.domain.genealogy import AsRecorded, Level, Moment
from aas_registry.domain.identifiers import LotId
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.domain.reports import (
    Cell,
    Completeness,
    Direction,
    Headline,
    ReportCertificate,
    ReportColumn,
    ReportSubject,
    answered_as,
    answered_as_named,
    refuse_too_many_rows,
)
from aas_registry.domain.sought import Subjects
from aas_registry.domain.verdicts import time_text
from aas_registry.services.genealogy import gaps as gap_words
from aas_registry.services.genealogy import genealogy, units
from aas_registry.services.genealogy.genealogy import ContentRow, UsedRow, WhereUsedQuestion
from aas_registry.services.registry import Registry
from aas_registry.services.reports.bundle import Evidence
from aas_registry.services.reports.certificates import papers_of

Row = TypeVar("Row")
_PAGE_ROWS = 5000

_USED_COLUMNS = (
    ReportColumn(key="unit", title="Unit"),
    ReportColumn(key="kind", title="Kind"),
    ReportColumn(key="product", title="Product"),
    ReportColumn(key="partOf", title="Part of"),
    ReportColumn(key="partOfProduct", title="Part of product"),
    ReportColumn(key="customer", title="Customer"),
    ReportColumn(key="certainty", title="Certainty"),
)
_CONTENT_COLUMNS = (
    ReportColumn(key="unit", title="Unit"),
    ReportColumn(key="designators", title="Designators"),
    ReportColumn(key="manufacturer", title="Manufacturer"),
    ReportColumn(key="mpn", title="MPN"),
    ReportColumn(key="lot", title="Lot"),
    ReportColumn(key="package", title="Package"),
    ReportColumn(key="certainty", title="Certainty"),
    ReportColumn(key="basis", title="Basis"),
    ReportColumn(key="installedAt", title="Installed"),
    ReportColumn(key="removedAt", title="Removed"),
)
_LEVELS = ((Level.BOARD, "boards"), (Level.PRODUCT, "products"), (Level.SHIPMENT, "shipped units"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A frozen question; ``subject`` is an opaque id, ``customer`` a party's code."""

    direction: Direction
    subject: str
    as_of: datetime
    recorded_as_of: datetime
    customer: str | None

    @property
    def moment(self) -> Moment:
        """Return the two times of the question."""
        return Moment(as_of=self.as_of, recorded_as_of=self.recorded_as_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a report says in answer.

    Attributes:
        subject_number: Id of the lot or unit in the tables.
        evidence: What travels with it.
    """

    subject: ReportSubject
    subject_number: int
    headlines: Sequence[Headline]
    columns: Sequence[ReportColumn]
    rows: Sequence[dict[str, Cell]]
    gaps: Sequence[str]
    completeness: Completeness
    certificates: Sequence[ReportCertificate]
    evidence: Evidence


def answer(registry: Registry, asker: Principal, question: Question, *, recorded: AsRecorded) -> Answer:
    """Answer a question whole.

    Args:
        registry: The running parts.
        asker: With whose eyes it is answered.
        question: The question.
        recorded: Up to which time of recording it is answered, and what there is to say of that time.

    Raises:
        NotFoundError: No such lot or unit, or none that the asker may see.
        TooLargeError: More rows than the setting ``report_rows``.
    """
    by_direction = {Direction.WHERE_USED: _where_used, Direction.CONTENTS: _contents}
    found = by_direction[question.direction](registry, asker, question)
    later, unsure = recorded.later_than_known, recorded.unsure
    told = [] if later is None else [answered_as(later, question.recorded_as_of)]
    told += [] if unsure is None else [unsure.told]
    told += [] if recorded.merged is None else [answered_as_named(recorded.merged, "merged")]
    told += [] if recorded.parted is None else [answered_as_named(recorded.parted, "parted")]
    return replace(found, gaps=[*told, *found.gaps])


def _where_used(registry: Registry, asker: Principal, question: Question) -> Answer:
    def ask(level: Level, page: PageRequest) -> tuple[genealogy.WhereUsedSummary, list[UsedRow]]:
        asked = WhereUsedQuestion(
            about=Subjects(lots=(question.subject,)),
            level=level,
            as_of=question.as_of,
            recorded_as_of=question.recorded_as_of,
        )
        return genealogy.where_used(registry, asker, asked, page=page)

    heads = {level: ask(level, PageRequest(1))[0] for level, _ in _LEVELS}
    rows = _all(registry, lambda page: ask(Level.BOARD, page)[1], lambda row: row.key)
    lot = heads[Level.BOARD].lot
    assert lot is not None  # it is about one
    papers = papers_of(registry, asker, [lot.id], moment=question.moment)
    head = heads[Level.BOARD]
    told = gap_words.told_beside(head)
    gaps = [str(each) for each in told if each.is_gap]
    gaps += filter(None, [told_in_words(head.anomalies)])
    in_words = [
        *(str(gap_words.holding(heads[level])) for level, _ in _LEVELS),
        *(str(each) for each in told if not each.is_gap),
        *gap_words.sources_told(head.coverage),
        str(gap_words.closing(head)),
    ]
    whole = {"coverage": head.coverage.as_json(), "isComplete": head.is_complete, **_unknown(head)}
    return Answer(
        subject=ReportSubject(
            kind="lot", name=lot.code, details={"Manufacturer": lot.manufacturer, "MPN": lot.mpn}
        ),
        subject_number=lot.id,
        headlines=[_headline(title, heads[level].totals) for level, title in _LEVELS],
        columns=_USED_COLUMNS,
        rows=[_used_row(row) for row in rows],
        gaps=[*gaps, *papers.missing],
        completeness=Completeness(told=in_words, members=whole),
        certificates=papers.certificates,
        evidence=papers.evidence,
    )


def _contents(registry: Registry, asker: Principal, question: Question) -> Answer:
    def ask(page: PageRequest) -> tuple[genealogy.ContentsSummary, list[ContentRow]]:
        return genealogy.contents(
            registry,
            asker,
            question.subject,
            page=page,
            as_of=question.as_of,
            recorded_as_of=question.recorded_as_of,
        )

    rows = _all(registry, lambda page: ask(page)[1], lambda row: row.key)
    times = {"as_of": question.as_of, "recorded_as_of": question.recorded_as_of}
    unit = units.find_unit(registry, asker, question.subject, **times).unit
    lots = sorted({LotId(row.content.lot) for row in rows if row.content.lot is not None})
    papers = papers_of(registry, asker, lots, moment=question.moment)
    totals = dict.fromkeys(Certainty, 0)
    for row in rows:
        totals[row.content.certainty] += 1
    unnamed = sum(1 for row in rows if row.lot is None)
    beside = ask(PageRequest(1))[0]
    known = replace(beside, unknown=replace(beside.unknown, packages=0))
    gaps = [str(each) for each in gap_words.gaps_beside(known)]
    gaps += filter(None, [told_in_words(beside.anomalies)])
    gaps += [str(sentences.USES_WITHOUT_LOT.of(unnamed))] if unnamed else []
    details = {"Kind": unit.kind, "Product": unit.product or "", "Customer": unit.customer or ""}
    return Answer(
        subject=ReportSubject(
            kind="unit", name=unit.serial, details={name: text for name, text in details.items() if text}
        ),
        subject_number=unit.number,
        headlines=[_headline("uses of lots", totals)],
        columns=_CONTENT_COLUMNS,
        rows=[_content_row(row) for row in rows],
        gaps=[*gaps, *papers.missing],
        completeness=Completeness(told=(), members=_unknown(beside)),
        certificates=papers.certificates,
        evidence=papers.evidence,
    )


def _unknown(head: genealogy.WhereUsedSummary | genealogy.ContentsSummary) -> dict[str, Any]:
    anomalies = {kind.value: count for kind, count in head.anomalies.items()}
    return {"unknown": head.unknown.as_json(), "datedAhead": head.dated_ahead, "anomalies": anomalies}


def _all(
    registry: Registry,
    ask: Callable[[PageRequest], list[Row]],
    key: Callable[[Row], tuple[int, ...]],
) -> list[Row]:
    rows: list[Row] = []
    page = PageRequest(_PAGE_ROWS)
    while True:
        found = ask(page)
        rows += found[:_PAGE_ROWS]
        refuse_too_many_rows(len(rows), most=registry.limits.report_rows)
        if len(found) <= _PAGE_ROWS:
            return rows
        page = PageRequest(_PAGE_ROWS, key(rows[-1]))


def _headline(label: str, totals: dict[Certainty, int]) -> Headline:
    return Headline(
        label=label,
        exact=totals[Certainty.EXACT],
        possible=totals[Certainty.POSSIBLE],
        assumed=totals[Certainty.ASSUMED],
    )


def _used_row(row: UsedRow) -> dict[str, Cell]:
    return {
        "unit": row.unit.serial,
        "kind": row.unit.kind,
        "product": row.unit.product,
        "partOf": row.root.serial if row.root.number != row.unit.number else None,
        "partOfProduct": row.root.product if row.root.number != row.unit.number else None,
        "customer": row.root.customer or row.unit.customer,
        "certainty": row.certainty.name.lower(),
    }


def _content_row(row: ContentRow) -> dict[str, Cell]:
    found = row.content
    return {
        "unit": row.unit.serial,
        "designators": " ".join(found.designators) or None,
        "manufacturer": found.manufacturer,
        "mpn": found.mpn,
        "lot": found.lot_code,
        "package": row.package,
        "certainty": found.certainty.name.lower(),
        "basis": found.basis,
        "installedAt": time_text(found.installed_at),
        "removedAt": None if found.removed_at is None else time_text(found.removed_at),
    }
