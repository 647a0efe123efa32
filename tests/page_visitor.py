"""People in front of the pages: a test client that logged in through the form."""

import re
from html.parser import HTMLParser

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from aas_registry.domain.principals import Role
from aas_registry.services import access
from aas_registry.services.registry import Registry

PASSWORD = "correct horse battery"


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def words_of(answer: TestResponse) -> str:
    """Return what a person reads on a page, with single spaces."""
    reader = _Words()
    reader.feed(answer.text)
    return " ".join(reader.words)


class Visitor:
    """A browser with a session."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path, **options) -> TestResponse:
        return self.client.get(path, **options)

    def send(self, path, form=None, *, token=None, **options) -> TestResponse:
        """Post a form with the token that the pages gave."""
        given = self.token() if token is None else token
        return self.client.post(path, data={**(form or {}), "csrf_token": given}, **options)

    def token(self) -> str:
        """Return the token of a form: of the login, or of the button that logs out."""
        page = self.client.get("/search", follow_redirects=True).text
        return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


def visit(
    app: Flask, registry: Registry, role: str, party: str | None = None, *, name: str | None = None
) -> Visitor:
    """Make a user, log it in through the form, and return its browser."""
    user = name or f"{role} {party or ''}".strip()
    administrator = access.local_administrator(registry)
    access.add_user(registry, administrator, name=user, password=PASSWORD, role=Role(role), party=party)
    visitor = Visitor(app.test_client())
    answer = visitor.send("/login", {"name": user, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return visitor
