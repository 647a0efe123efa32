"""The list of all routes: whoever adds a module of routes names it here."""

from flask import Flask

from aas_registry.web import documentation, operations
from aas_registry.web.aas import concept_descriptions, description, shells, submodel_elements, submodels
from aas_registry.web.pages.layout import PAGES
from aas_registry.web.trace import (
    access,
    account,
    anomalies,
    as_built,
    certificates,
    clock,
    documents,
    events,
    exports,
    genealogy,
    happenings,
    lots,
    merges,
    package_claims,
    reel_labels,
    reports,
    resumable_uploads,
    served_ids,
    spreadsheets,
    units,
    uploads,
)

ALL = (
    operations.routes,
    documentation.routes,
    documentation.pages,
    access.routes,
    account.routes,
    anomalies.routes,
    as_built.routes,
    certificates.routes,
    clock.routes,
    documents.routes,
    events.routes,
    exports.routes,
    genealogy.routes,
    happenings.routes,
    lots.routes,
    merges.routes,
    package_claims.routes,
    reel_labels.routes,
    reports.routes,
    served_ids.routes,
    units.routes,
    uploads.routes,
    resumable_uploads.routes,
    spreadsheets.routes,
    shells.routes,
    submodels.routes,
    submodel_elements.routes,
    concept_descriptions.routes,
    description.routes,
    *PAGES,
)


def register_all(app: Flask) -> None:
    """Register every blueprint."""
    for routes in ALL:
        app.register_blueprint(routes.blueprint)
