"""The application for a WSGI server: ``granian --interface wsgi wsgi:application``."""

from aas_registry.web.startup import load_application

application = load_application()
