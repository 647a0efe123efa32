"""Logins of people: the user behind a session cookie."""

from flask import Flask
from flask_login import LoginManager, UserMixin

from aas_registry.domain.principals import Principal
from aas_registry.services import access
from aas_registry.web.routing import registry


class SessionUser(UserMixin):  # type: ignore[misc]  # flask-login has no types
    """The user of a session, as flask-login wants one."""

    def __init__(self, found: Principal) -> None:
        """Wrap a principal whose name is a user's."""
        self.principal = found
        self.id = found.name


def add_login(app: Flask) -> None:
    """Find the user of a session anew for each request: a disabled one is out at once."""
    manager = LoginManager(app)
    manager.session_protection = "strong"

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(name: str) -> SessionUser | None:
        found = access.find_login(registry(), name)
        return None if found is None else SessionUser(found)
