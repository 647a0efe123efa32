"""Where-used of a lot and contents of a unit: the two questions of traceability."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from flask.typing import ResponseReturnValue
from pydantic import AfterValidator, Field

from aas_registry.domain.anomalies import AnomalyKind
from aas_registry.domain.events import Certainty
from aas_registry.domain.genealogy import GroupBy, Level
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Permission
from aas_registry.domain.sought import Narrowing, Subjects
from aas_registry.services.genealogy import genealogy
from aas_registry.services.genealogy.genealogy import (
    ContentRow,
    ContentsSummary,
    Lot,
    Receiver,
    UnitGroup,
    UsedRow,
    WhereUsedQuestion,
    WhereUsedSummary,
)
from aas_registry.web.answers import PageQuery, json_answer, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.names import NameText
from aas_registry.web.routing import Routes, invalid_request, registry
from aas_registry.web.schemas.genealogy import ContentsJson, ReceiversJson, WhereUsedGroupsJson, WhereUsedJson
from aas_registry.web.trace.explanations import render_why
from aas_registry.web.trace.units import MomentQuery, render_recorded, render_unit

routes = Routes("genealogy", prefix="/trace/v1", tag="Genealogy")


def _refuse_other_codes(value: str) -> str:
    if not _WEEK_CODE.fullmatch(value):
        raise ValueError("a date code of a range has four digits: year and week (01 to 53), as 2541")
    return value


DateCode = Annotated[str, AfterValidator(_refuse_other_codes)]
_WEEK_CODE = re.compile("[0-9]{2}(0[1-9]|[1-4][0-9]|5[0-3])")
_MOST_NAMED = 10_000


class ExplainedQuery(PageQuery, MomentQuery):
    """Whether each row is explained."""

    explain: bool = Field(
        default=False,
        description="With each row, why it is there: the surest chain of statements, with the ids of events. "
        "A page then has at most the setting explained_rows.",
    )

    def page(self) -> PageRequest:
        """Return the page that is asked for.

        Raises:
            InvalidRequestError: The limit is over what is explained at once, or `page_request` refuses it.
        """
        asked = page_request(self, principal())
        most = registry().settings.explained_rows
        if not self.explain or asked.limit <= most:
            return asked
        if self.limit is not None:
            raise invalid_request(f"limit may be at most {most} with explain=true.", path="limit")
        return PageRequest(most, asked.after)


class WhereUsedQuery(ExplainedQuery):
    """What where-used answers."""

    level: Level = Field(
        Level.PRODUCT,
        description="Units that hold it, what they are part of, where that went, or to whom.",
    )
    group_by: GroupBy | None = Field(
        None,
        alias="groupBy",
        description="Count instead of listing. Of what left, `customer` is who received it. A `day` is "
        "that of UTC on which a unit was first heard of.",
    )
    ever: bool = Field(
        default=False,
        description="Also what once held it, what that was part of then, and shipments that came back.",
    )
    customer: NameText | None = Field(
        None, max_length=255, description="Code of a customer: only units that are built for it."
    )
    date_code_from: DateCode | None = Field(
        None,
        alias="dateCodeFrom",
        description="Only material of this date code or later: year and week, as 2541. Of material of which "
        "nobody said a date code it is possible.",
    )
    date_code_to: DateCode | None = Field(
        None, alias="dateCodeTo", description="Only material of this date code or earlier."
    )
    delivery_note: NameText | None = Field(
        None,
        alias="deliveryNote",
        max_length=255,
        description="Only material that came on this delivery note: as a receipt of the package says, else "
        "as lists say of this very package. Of material of which nobody said one it is possible.",
    )

    def asks(self, about: Subjects) -> WhereUsedQuestion:
        """Return the question about some things.

        Raises:
            InvalidRequestError: The range of date codes ends before it begins.
        """
        if self.date_code_from and self.date_code_to and self.date_code_from > self.date_code_to:
            span = f"{self.date_code_from} to {self.date_code_to}"
            raise invalid_request(
                f"The range of date codes ends before it begins: {span}.", path="dateCodeTo"
            )
        narrowing = Narrowing(
            first_date_code=self.date_code_from,
            last_date_code=self.date_code_to,
            delivery_note=self.delivery_note,
        )
        return WhereUsedQuestion(
            about=about,
            level=self.level,
            as_of=self.as_of,
            recorded_as_of=self.recorded_as_of,
            ever=self.ever,
            customer=self.customer,
            narrowing=narrowing,
        )


class SubjectsQuery(WhereUsedQuery):
    """Which things are asked about together."""

    lot: list[str] = Field([], max_length=_MOST_NAMED, description="Id of a lot; again for each.")
    package: list[NameText] = Field(
        [],
        max_length=_MOST_NAMED,
        description="Label of a package, or the id by which an error told it apart; again for each.",
    )
    receipt: list[NameText] = Field(
        [], max_length=_MOST_NAMED, description="Delivery note: all packages that came on it; again for each."
    )
    receipt_from: NameText | None = Field(
        None,
        alias="receiptFrom",
        max_length=255,
        description="Whose delivery notes, by code or name, where several senders have one of this number.",
    )
    date_code: list[NameText] = Field(
        [], alias="dateCode", max_length=_MOST_NAMED, description="Date code, as printed; again for each."
    )
    part_number: list[NameText] = Field(
        [],
        alias="partNumber",
        max_length=_MOST_NAMED,
        description="A manufacturer's part number, or the plant's own; again for each.",
    )

    def about(self) -> Subjects:
        """Return the things.

        Raises:
            InvalidRequestError: It says whose delivery notes are meant, and names none.
        """
        if self.receipt_from is not None and not self.receipt:
            told = f"It says whose delivery notes are meant ({self.receipt_from}), and names none."
            raise invalid_request(told, path="receiptFrom")
        return Subjects(
            lots=tuple(self.lot),
            packages=tuple(self.package),
            receipts=tuple(self.receipt),
            date_codes=tuple(self.date_code),
            part_numbers=tuple(self.part_number),
            sender=self.receipt_from,
        )


class ContentsQuery(ExplainedQuery):
    """When the contents are asked for."""

    ever: bool = Field(default=False, description="Also what was taken out, and what is in it no more.")


@routes.operation(
    "GET",
    "/lots/<lot>/where-used",
    permission=Permission.READ_GENEALOGY,
    query=WhereUsedQuery,
    answers={200: "A headline, and units or groups.", 404: "No lot that you may see."},
    gives=(WhereUsedJson, WhereUsedGroupsJson, ReceiversJson),
)
def get_where_used(lot: str, query: WhereUsedQuery) -> ResponseReturnValue:
    """Answer which units hold material of this lot, at any depth."""
    return _answer(query, query.asks(Subjects(lots=(lot,))))


@routes.operation(
    "GET",
    "/where-used",
    permission=Permission.READ_GENEALOGY,
    query=SubjectsQuery,
    answers={
        200: "A headline, and units or groups.",
        404: "One of the things is not on record, or none that you may see.",
        409: "A name means several things.",
    },
    gives=(WhereUsedJson, WhereUsedGroupsJson, ReceiversJson),
)
def get_where_used_of_set(query: SubjectsQuery) -> ResponseReturnValue:
    """Answer which units hold material of any of some lots, packages, receipts, date codes, part numbers.

    It is one question: a package that holds nothing else holds it exactly.
    """
    return _answer(query, query.asks(query.about()))


def _answer(query: WhereUsedQuery, question: WhereUsedQuestion) -> ResponseReturnValue:
    if query.explain and (query.group_by is not None or query.level is Level.CUSTOMER):
        raise invalid_request("Units are explained; groups and customers are not.", path="explain")
    if query.group_by is not None:
        headline, groups = genealogy.where_used_groups(
            registry(), principal(), question, group_by=query.group_by
        )
        counted = {"groupBy": query.group_by.value, "groups": [render_group(group) for group in groups]}
        return json_answer({"headline": render_headline(headline), **counted})
    asked = query.page()
    if query.level is Level.CUSTOMER:
        headline, received = genealogy.receivers(registry(), principal(), question, page=asked)
        page = page_of(received, asked, principal(), key=lambda row: row.key, render=render_receiver)
    else:
        headline, rows = genealogy.where_used(
            registry(), principal(), question, page=asked, explain=query.explain
        )
        page = page_of(rows, asked, principal(), key=lambda row: row.key, render=render_used)
    return json_answer({"headline": render_headline(headline), **page})


@routes.operation(
    "GET",
    "/units/<unit>/contents",
    permission=Permission.READ_GENEALOGY,
    query=ContentsQuery,
    answers={200: "Material by unit, use and lot.", 404: "No unit that you may see."},
    gives=ContentsJson,
)
def get_contents(unit: str, query: ContentsQuery) -> ResponseReturnValue:
    """Answer what material is in this unit, at any depth."""
    asked = query.page()
    summary, rows = genealogy.contents(
        registry(), principal(), unit, page=asked, ever=query.ever, explain=query.explain, **query.times()
    )
    page = page_of(rows, asked, principal(), key=lambda row: row.key, render=render_content)
    return json_answer({**render_contents_summary(summary), **page})


def render_headline(headline: WhereUsedSummary) -> dict[str, Any]:
    """Return the answer in one line as JSON."""
    return {
        "lot": render_lot_name(headline.lot),
        "asked": [
            {"kind": each.kind, "name": each.name, "lot": render_lot_name(each.lot)}
            for each in headline.asked
        ],
        "level": headline.question.level.value,
        "ever": headline.question.ever,
        "narrowedTo": render_narrowing(headline.question),
        "units": render_totals(headline.totals),
        "coverage": headline.coverage.as_json(),
        "unknown": headline.unknown.as_json(),
        "datedAhead": headline.dated_ahead,
        "isComplete": headline.is_complete,
        "anomalies": render_anomalies(headline.anomalies),
        **render_recorded(headline.recorded),
    }


def render_narrowing(question: WhereUsedQuestion) -> dict[str, str | None] | None:
    """Return to what a question was narrowed as JSON; None where it was not."""
    if not question.is_narrowed:
        return None
    return {
        "dateCodeFrom": question.narrowing.first_date_code,
        "dateCodeTo": question.narrowing.last_date_code,
        "deliveryNote": question.narrowing.delivery_note,
        "customer": question.customer,
    }


def render_lot_name(lot: Lot | None) -> dict[str, str] | None:
    """Return what names a lot as JSON."""
    return None if lot is None else {"manufacturer": lot.manufacturer, "mpn": lot.mpn, "code": lot.code}


def render_contents_summary(summary: ContentsSummary) -> dict[str, Any]:
    """Return what is told beside the contents of a unit as JSON."""
    return {
        "ever": summary.ever,
        "unknown": summary.unknown.as_json(),
        "datedAhead": summary.dated_ahead,
        "anomalies": render_anomalies(summary.anomalies),
        **render_recorded(summary.recorded),
    }


def render_anomalies(counted: Mapping[AnomalyKind, int]) -> dict[str, int]:
    """Return how many contradictions touch an answer as JSON, by kind."""
    return {kind.value: count for kind, count in counted.items()}


def render_receiver(row: Receiver) -> dict[str, Any]:
    """Return who received units as JSON."""
    return {"customer": row.name, "certainty": row.certainty.name.lower()}


def render_totals(totals: dict[Certainty, int]) -> dict[str, int]:
    """Return counts by certainty as JSON, with their sum."""
    return {
        **{certainty.name.lower(): count for certainty, count in totals.items()},
        "total": sum(totals.values()),
    }


def render_group(group: UnitGroup) -> dict[str, Any]:
    """Return a group as JSON."""
    return {"group": group.group, **render_totals(group.totals)}


def render_used(row: UsedRow) -> dict[str, Any]:
    """Return a unit that holds the material as JSON."""
    rendered = {
        **render_unit(row.unit),
        "certainty": row.certainty.name.lower(),
        "partOf": None if row.root.id == row.unit.id else render_unit(row.root),
    }
    if row.shipment is not None and row.shipped_at is not None:
        rendered["shipment"] = {
            "id": row.shipment,
            "order": row.order,
            "customer": row.shipment_customer,
            "shippedAt": row.shipped_at.isoformat(),
        }
    return rendered | render_why(row.why)


def render_content(row: ContentRow) -> dict[str, Any]:
    """Return material in a unit as JSON."""
    held = row.content
    return {
        "unit": render_unit(row.unit),
        "package": row.package,
        "lot": None
        if row.lot is None
        else {"id": row.lot, "manufacturer": held.manufacturer, "mpn": held.mpn, "code": held.lot_code},
        "certainty": held.certainty.name.lower(),
        "basis": held.basis,
        "run": row.run,
        "slot": held.slot,
        "feeder": held.feeder,
        "designators": list(held.designators),
        "quantity": None if held.quantity is None else str(held.quantity),
        "panelQuantity": None if held.panel_quantity is None else str(held.panel_quantity),
        "unitOfMeasure": held.unit_of_measure,
        "alternativeGroup": held.alternative_group,
        "installedAt": held.installed_at.isoformat(),
        "removedAt": None if held.removed_at is None else held.removed_at.isoformat(),
        **render_why(row.why),
    }
