"""Every cell of docs/permissions.md, asked over HTTP: each route in each role, and without a login."""

import re

import pytest
from flask import Flask

from aas_registry.domain.principals import GRANTS, Permission, Role
from aas_registry.web.routing import Operation

# Nothing here depends on the database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

# Nothing, and what parses but means nothing: a route may refuse it, and never fails.
BODIES = (
    {},
    {"json": {}},
    {"json": [None]},
    {"data": b"\xff", "content_type": "application/json"},
    {"data": {"field": "value"}, "content_type": "multipart/form-data"},
)
PARTIES = {Role.SUPPLIER: "bolt", Role.CUSTOMER_AUDITOR: "meditec"}


def operations(app: Flask) -> list[tuple[str, str, Operation]]:
    """Return method, a path that fits, and what is known, for every route."""
    found = []
    for rule in app.url_map.iter_rules():
        known = getattr(app.view_functions[rule.endpoint], "operation", None)
        if known is not None:
            one = re.sub(r"<any\((\w+)[^>]+>", r"\1", rule.rule)
            path = re.sub(r"<int:[^>]+>", "1", one)
            path = re.sub(r"<[^>]+>", "unknown", path)
            found += [(method, path, known) for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    return found


def test_every_route_but_static_files_names_its_permission(app: Flask) -> None:
    without = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "operation", None) is None
    }

    assert without <= {"pages.static"}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_refused_exactly_what_it_was_not_granted(role: Role, app: Flask, suppliers, asker) -> None:
    client = asker(role.value, PARTIES.get(role))
    wrong = []
    for method, path, known in operations(app):
        granted = known.permission is Permission.PUBLIC or known.permission in GRANTS[role]
        for body in BODIES if method in {"POST", "PUT"} else BODIES[:1]:
            status = client.send(method, path, **body).status_code
            if status == 401 or (status == 403) == granted or status >= 500:
                wrong.append(f"{method} {path} ({known.permission}) {body}: {status}")

    assert not wrong, "\n".join(wrong)


def test_without_a_login_only_public_routes_are_served(app: Flask) -> None:
    client = app.test_client()
    wrong = []
    for method, path, known in operations(app):
        answer = client.open(path, method=method)
        refused = answer.status_code == 401 or "/login" in answer.headers.get("Location", "")
        if refused == (known.permission is Permission.PUBLIC):
            wrong.append(f"{method} {path} ({known.permission}): {answer.status_code}")

    assert not wrong, "\n".join(wrong)
