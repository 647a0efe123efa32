"""Where-used as pages, of a lot or of a set of things: a headline, a chart with its table, the units."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from pydantic import Field, field_validator

from aas_registry.domain import sentences
from aas_registry.domain.events import Certainty
from aas_registry.domain.findings import Finding
from aas_registry.domain.genealogy import GroupBy, Level
from aas_registry.domain.principals import Permission
from aas_registry.domain.sought import Subjects
from aas_registry.services.genealogy import gaps, genealogy
from aas_registry.services.genealogy.genealogy import Receiver, UsedRow, WhereUsedQuestion
from aas_registry.web.answers import page_of
from aas_registry.web.auth.principal import principal
from aas_registry.web.pages.addresses import address_with
from aas_registry.web.pages.moments import FieldTime, frozen
from aas_registry.web.routing import Routes, registry
from aas_registry.web.trace.genealogy import SubjectsQuery, WhereUsedQuery

routes = Routes("pages_genealogy", prefix="", tag="Pages", is_page=True)

ROWS = 25
_KEPT = ("level", "groupBy", "asOf", "recordedAsOf")
_FIELDS = {
    "package",
    "receipt",
    "dateCode",
    "partNumber",
    "receiptFrom",
    "dateCodeFrom",
    "dateCodeTo",
    "deliveryNote",
    "customer",
}
CERTAINTIES = tuple((each, each.name.lower()) for each in Certainty)


class WhereUsedPageQuery(WhereUsedQuery):
    """What of where-used is shown; an empty field is none."""

    as_of: FieldTime = Field(
        None, alias="asOf", description="As it stood then; UTC unless it says otherwise."
    )
    recorded_as_of: FieldTime = Field(None, alias="recordedAsOf", description="As the registry knew it then.")
    limit: int | None = Field(ROWS, ge=1, description="Rows of the table.")
    group_by: GroupBy = Field(GroupBy.PRODUCT, alias="groupBy", description="What the chart counts by.")

    @field_validator("customer", "date_code_from", "date_code_to", "delivery_note", mode="before")
    @classmethod
    def drop_empty(cls, value: str | None) -> str | None:
        """Take an empty field as none."""
        return value or None


class SubjectsPageQuery(WhereUsedPageQuery, SubjectsQuery):
    """Which things are asked about together: of a kind several, each on its own line."""

    @field_validator("package", "receipt", "date_code", "part_number", mode="before")
    @classmethod
    def take_apart(cls, values: Any) -> Any:
        """Return each of the names in the fields."""
        is_read = isinstance(values, list) and all(isinstance(each, str) for each in values)
        return list(_named(values)) if is_read else values

    @field_validator("receipt_from", mode="before")
    @classmethod
    def drop_no_sender(cls, value: str | None) -> str | None:
        """Take an empty field as none."""
        return value or None


def _form_again(text: str, findings: Sequence[Finding]) -> str:
    wrong: defaultdict[str, list[str]] = defaultdict(list)
    for each in findings:
        wrong[(each.path or "").partition(".")[0]].append(each.message)
    sent = request.args
    about = {
        "lots": [] if "lot" in wrong and len(sent.getlist("lot")) == 1 else sent.getlist("lot"),
        "packages": sent.getlist("package"),
        "receipts": sent.getlist("receipt"),
        "date_codes": sent.getlist("dateCode"),
        "part_numbers": sent.getlist("partNumber"),
        "sender": sent.get("receiptFrom"),
    }
    query = {
        "date_code_from": sent.get("dateCodeFrom"),
        "date_code_to": sent.get("dateCodeTo"),
        "delivery_note": sent.get("deliveryNote"),
        "customer": sent.get("customer"),
        "ever": sent.get("ever") in {"true", "1", "on"},
        "explain": sent.get("explain") in {"true", "1", "on"},
    }
    kept = {name: sent[name] for name in _KEPT if sent.get(name) and name not in wrong}
    elsewhere = {name: told for name, told in wrong.items() if name not in _FIELDS}
    return render_template(
        "where_used_set.html",
        query=query,
        about=about,
        used=None,
        kept=kept,
        wrong=wrong,
        problem=text,
        elsewhere=elsewhere,
    )


@routes.operation(
    "GET", "/lots/<lot>/where-used", permission=Permission.READ_GENEALOGY, query=WhereUsedPageQuery
)
def get_where_used(lot: str, query: WhereUsedPageQuery) -> ResponseReturnValue:
    """Show which units hold material of a lot."""
    return render_template("where_used.html", lot_id=lot, used=view_where_used(lot, query))


@routes.operation(
    "GET",
    "/where-used",
    permission=Permission.READ_GENEALOGY,
    query=SubjectsPageQuery,
    answers={
        200: "The form, and the answer.",
        404: "One of the things is not on record, or none that you may see.",
        409: "A name means several things.",
    },
    form=_form_again,
)
def get_where_used_of_set(query: SubjectsPageQuery) -> ResponseReturnValue:
    """Show which units hold material of any of some things, and a form to ask about others."""
    about = query.about()
    used = _view(query, query.asks(about)) if about.count else None
    return render_template("where_used_set.html", query=query, about=about, used=used)


def view_where_used(lot: str, query: WhereUsedPageQuery) -> dict[str, Any]:
    """Return what the template of where-used shows.

    Raises:
        NotFoundError: No such lot, or none that the asker may see.
    """
    return _view(query, query.asks(Subjects(lots=(lot,))))


def _view(query: WhereUsedPageQuery, question: WhereUsedQuestion) -> dict[str, Any]:
    asked = query.page()
    listed: list[Receiver | UsedRow]
    if question.level is Level.CUSTOMER:
        headline, received = genealogy.receivers(registry(), principal(), question, page=asked)
        listed = [*received]
    else:
        headline, rows = genealogy.where_used(
            registry(), principal(), question, page=asked, explain=query.explain
        )
        listed = [*rows]
    recorded = headline.recorded
    same = query.model_copy(update={"as_of": recorded.as_of, "recorded_as_of": recorded.at})
    _, groups = genealogy.where_used_groups(
        registry(), principal(), same.asks(question.about), group_by=query.group_by
    )
    return {
        "query": query,
        "headline": headline,
        "holding": gaps.holding(headline),
        "narrowed": list(gaps.narrowed(question)),
        "told": gaps.told_beside(headline),
        "once": sentences.ONCE,
        "closing": gaps.closing(headline),
        "total": sum(headline.totals.values()),
        "groups": groups,
        "page": page_of(listed, asked, principal(), key=lambda row: row.key, render=lambda row: row),
        "levels": list(Level),
        "group_bys": list(GroupBy),
        "certainties": CERTAINTIES,
        "recorded": recorded,
        "frozen": address_with(cursor=None, **frozen(recorded)),
    }


def _named(values: list[str]) -> Iterator[str]:
    for value in values:
        yield from filter(None, map(str.strip, value.splitlines()))
