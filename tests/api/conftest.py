"""An application over a real database, and people who ask it."""

import io
from collections.abc import Callable, Iterator

import pytest
from argon2 import PasswordHasher
from declared_answers import held_against_the_document
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from aas_registry.services import access, parties
from aas_registry.services.registry import Registry
from aas_registry.trust import secrets
from aas_registry.web.app import create_app

QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def app(registry: Registry) -> Flask:
    made = create_app(registry)
    made.testing = False  # errors are answered, not raised: that is what is tested
    return made


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Push none, as pytest-flask would: what one request keeps in ``g`` must not reach the next."""


@pytest.fixture(autouse=True)
def _passwords_are_hashed_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """That a guess costs a tenth of a second is tested where servers run: in `fault` and `packaging`."""
    monkeypatch.setattr(secrets, "_HASHER", QUICK_HASHER)


@pytest.fixture(autouse=True)
def _answers_are_as_declared() -> Iterator[None]:
    """Hold every answer of every test against the OpenAPI document."""
    with held_against_the_document() as wrong:
        yield
    assert wrong == []


class Asker:
    """A client that sends one bearer token."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        self.token = token

    def _open(self, method: str, path: str, **options):
        headers = Headers(options.pop("headers", {}))
        headers.setdefault("Authorization", f"Bearer {self.token}")
        return self.client.open(path, method=method, headers=headers, **options)

    def get(self, path, **options):
        return self._open("GET", path, **options)

    def post(self, path, **options):
        return self._open("POST", path, **options)

    def put(self, path, **options):
        return self._open("PUT", path, **options)

    def delete(self, path, **options):
        return self._open("DELETE", path, **options)

    def send(self, method, path, **options):
        return self._open(method, path, **options)

    def upload(self, content, name="lot.json", **query):
        """Send a file to the uploads, with query parameters such as ``dryRun``."""
        form = {"file": (io.BytesIO(content), name)}
        return self.post("/trace/v1/uploads", data=form, query_string=query)


@pytest.fixture
def asker_of(app: Flask) -> Callable[[str], Asker]:
    """Return a client that sends a token, of whichever site."""
    return lambda token: Asker(app.test_client(use_cookies=False), token)


@pytest.fixture
def make_asker(app: Flask, registry: Registry, token_for: Callable[..., str]) -> Callable[..., Asker]:
    """Return a client for a role (and party); of another worker where its registry is given."""
    apps = {id(registry): app}

    def make(role: str, party: str | None = None, *, registry: Registry = registry) -> Asker:
        serving = apps.get(id(registry)) or create_app(registry)
        return Asker(serving.test_client(use_cookies=False), token_for(role, party))

    return make


@pytest.fixture
def asker(make_asker: Callable[..., Asker]) -> Callable[..., Asker]:
    """Return a client for a role (and party)."""
    return make_asker


@pytest.fixture
def suppliers(registry: Registry) -> None:
    """Put the suppliers Bolt and Arro and the customers Meditec and Railway on record."""
    administrator = access.local_administrator(registry)
    for code, name in (
        ("bolt", "Bolt Components GmbH"),
        ("arro", "Arro Distribution"),
        ("meditec", "Meditec AG"),
        ("railway", "Railway Systems"),
    ):
        parties.add_party(registry, administrator, code=code, name=name)


@pytest.fixture
def bolt(suppliers, asker) -> Asker:
    return asker("supplier", "bolt")


@pytest.fixture
def arro(suppliers, asker) -> Asker:
    return asker("supplier", "arro")


@pytest.fixture
def quality(suppliers, asker) -> Asker:
    return asker("quality")


@pytest.fixture
def administrator(suppliers, asker) -> Asker:
    return asker("administrator")
