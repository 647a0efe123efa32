"""Which language a page speaks: the one that was chosen, else the browser's best, else English."""

from pathlib import Path
from typing import Any

from flask import Flask, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_translations

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import NotFoundError
from aas_registry.domain.principals import Permission
from aas_registry.web.pages.addresses import NextQuery, local_address
from aas_registry.web.routing import Routes

routes = Routes("pages_language", prefix="", tag="Pages", is_page=True)

LANGUAGES = {"en": "English", "de": "Deutsch", "ja": "日本語"}
_COOKIE = "language"
_YEAR_S = 365 * 24 * 3600


def add_language(app: Flask) -> None:
    """Translate the pages."""
    folder = str(Path(__file__).parent / "translations")
    Babel(app, default_translation_directories=folder, locale_selector=language)
    environment = app.jinja_env
    # A page has hundreds of texts, and Flask-Babel looks for the language at each.
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: _translations().ugettext(text),
        ngettext=lambda one, many, count: _translations().ungettext(one, many, count),
        newstyle=True,
    )
    environment.globals["_"] = environment.globals["gettext"]


def _translations() -> Any:
    """Return the texts of this request's language, looked for once."""
    kept = g.get("translations")
    if kept is None:
        kept = g.translations = get_translations()
    return kept


def language() -> str:
    """Return the language of this request, a key of ``LANGUAGES``."""
    chosen = request.cookies.get(_COOKIE, "")
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES, "en")


@routes.operation(
    "GET", "/language/<code>", permission=Permission.PUBLIC, query=NextQuery, answers={303: "Chosen."}
)
def get_language(code: str, query: NextQuery) -> ResponseReturnValue:
    """Choose the language of the pages, and go back."""
    if code not in LANGUAGES:
        raise NotFoundError(Code.NOT_FOUND.meaning)
    answer = redirect(local_address(query.next), 303)
    answer.set_cookie(_COOKIE, code, max_age=_YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure)
    return answer
