"""The application for a WSGI server: ``granian --interface wsgi wsgi:application``."""

from aas_registry.services.registry import open_registry
from aas_registry.settings import Settings
from aas_registry.web.app import create_app

application = create_app(open_registry(Settings.from_environment()))
