"""Files of the pages: styles, scripts, icons, and the npm packages under ``vendor``.

The address carries a digest of all of them, so a browser keeps a file for a year and still
never shows an old one. Scripts find each other by relative addresses, and so inherit it.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, send_from_directory
from flask.typing import ResponseReturnValue

from aas_registry.domain.principals import Permission
from aas_registry.web.routing import Routes
from aas_registry.web.schemas.answer import ANY_FILE

routes = Routes("pages", prefix="/static", tag="Pages", is_page=True)

_FOLDER = Path(__file__).parent / "static"
_FOR_A_YEAR = "public, max-age=31536000, immutable"


def add_asset_addresses(app: Flask) -> None:
    """Let ``url_for("pages.static", filename=…)`` carry the digest by itself."""

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "pages.static":
            values.setdefault("version", assets_digest())


def has_asset(filename: str) -> bool:
    """Return whether a file is there; the npm packages may not be."""
    return (_FOLDER / filename).is_file()


@cache
def assets_digest() -> str:
    """Return 12 hexadecimal digits that change whenever a file does; read once per process."""
    digest = hashlib.sha256()
    for path in sorted(_FOLDER.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(_FOLDER).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


@routes.operation(
    "GET",
    "/<version>/<path:filename>",
    permission=Permission.PUBLIC,
    gives=ANY_FILE,
    answers={200: "The file.", 304: "You have it.", 404: "There is none."},
)
def static(version: str, filename: str) -> ResponseReturnValue:
    """Serve a file of the pages."""
    answer = send_from_directory(_FOLDER, filename)
    answer.headers["Cache-Control"] = _FOR_A_YEAR if version == assets_digest() else "no-cache"
    return answer
