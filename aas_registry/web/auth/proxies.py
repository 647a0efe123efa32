"""Proxies in front of the server: who asked, by which scheme and host, is what a trusted one says.

``X-Forwarded-For``, ``-Proto`` and ``-Host`` count only where the connection comes from an address
of the setting ``proxies``; from anybody else they are texts without a meaning.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from aas_registry.domain.client_address import hops_to_trust, parse_networks

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def trust_proxies(app: Flask, proxies: str) -> None:
    """Believe the proxies of a list of addresses and networks; none by default."""
    if proxies:
        app.wsgi_app = TrustedProxies(app.wsgi_app, proxies)  # type: ignore[method-assign]


class TrustedProxies:
    """A WSGI middleware that lets werkzeug's believe as many hops as are of trusted proxies."""

    def __init__(self, app: "WSGIApplication", proxies: str) -> None:
        """Believe these proxies."""
        self._app = app
        self._proxies = parse_networks(proxies)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request as of whoever asked the outermost trusted proxy."""
        peer = str(environ.get("REMOTE_ADDR", ""))
        forwarded = str(environ.get("HTTP_X_FORWARDED_FOR", ""))
        hops = hops_to_trust(peer, forwarded, proxies=self._proxies)
        if not hops:
            return self._app(environ, start_response)
        # Scheme and host are what the nearest proxy set: it is asked to replace them, not to add.
        believing = ProxyFix(self._app, x_for=hops, x_proto=1, x_host=1)
        return believing(environ, start_response)
