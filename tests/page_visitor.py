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


def mentions(text: str, name: str) -> bool:
    """Whether a name, or one that begins with it, is said: in an opaque id its letters may stand by chance."""
    return re.search(rf"(?<![\w-]){re.escape(name)}", text) is not None


class Visitor:
    """A browser: with the session of a login, or with a token, which is quicker to make and needs no form."""

    def __init__(self, client: FlaskClient, token: str | None = None) -> None:
        self.client = client
        self.headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    def get(self, path, *, headers=None, **options) -> TestResponse:
        return self.client.get(path, headers={**self.headers, **(headers or {})}, **options)

    def send(self, path, form=None, *, token=None, **options) -> TestResponse:
        """Post a form; the session of a login with the token that the pages gave."""
        given = self.token() if token is None and not self.headers else token or ""
        data = {**(form or {}), "csrf_token": given}
        return self.client.post(path, data=data, headers=self.headers, **options)

    def token(self) -> str:
        """Return the token of a form: of the login, or of the button that logs out."""
        page = self.client.get("/search", follow_redirects=True).text
        return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


def visit(app: Flask, registry: Registry, role: str, party: str | None = None, *, name: str = "") -> Visitor:
    """Return a browser that asks in a role, with a token."""
    administrator = access.local_administrator(registry)
    made = access.issue_token(registry, administrator, name=name or role, role=Role(role), party=party)
    return Visitor(app.test_client(), made.text)


def log_in(
    app: Flask, registry: Registry, role: str, party: str | None = None, *, name: str = "quinn"
) -> Visitor:
    """Make a user, log it in through the form, and return its browser."""
    administrator = access.local_administrator(registry)
    access.add_user(registry, administrator, name=name, password=PASSWORD, role=Role(role), party=party)
    visitor = Visitor(app.test_client())
    answer = visitor.send("/login", {"name": name, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return visitor
