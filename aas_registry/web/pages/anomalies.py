"""Page of anomalies: what was accepted as it was said, and does not fit."""

from flask import render_template
from flask.typing import ResponseReturnValue
from pydantic import field_validator

from aas_registry.domain.anomalies import TOLD_TO_CUSTOMERS, AnomalyKind, AnomalyState
from aas_registry.domain.principals import Permission
from aas_registry.services.genealogy import anomalies
from aas_registry.web.answers import page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import Routes, registry
from aas_registry.web.trace.anomalies import AnomaliesQuery

routes = Routes("pages_anomalies", prefix="/anomalies", tag="Pages", is_page=True)

# Where a thing has a page of its own.
_PLACES = {"lot": "/lots/", "unit": "/units/"}


class AnomalyFields(AnomaliesQuery):
    """The filters as fields of a form; an empty field is none."""

    @field_validator("kind", "state", "thing", "event", mode="before")
    @classmethod
    def drop_empty(cls, value: object) -> object:
        """Take an empty field as no filter."""
        return value or None


@routes.operation("GET", "", permission=Permission.READ_ANOMALIES, query=AnomalyFields)
def get_anomalies(query: AnomalyFields) -> ResponseReturnValue:
    """Show what was accepted and does not fit, what is known last first."""
    asked = page_request(query, principal())
    _, rows = anomalies.list_anomalies(registry(), principal(), query.asked(), asked)
    page = page_of(rows, asked, principal(), key=lambda row: row.key, render=lambda row: row)
    is_of_customer = principal().scope.customer is not None
    return render_template(
        "anomalies.html",
        page=page,
        query=query,
        kinds=[each for each in AnomalyKind if not is_of_customer or each in TOLD_TO_CUSTOMERS],
        states=list(AnomalyState),
        is_filtered=any((query.kind, query.state, query.thing, query.event)),
        is_of_customer=is_of_customer,
        places=_PLACES if principal().may(Permission.READ_GENEALOGY) else {},
    )
