"""The application for a WSGI server: ``gunicorn wsgi:application``."""

from aas_registry.web.startup import load_application

application = load_application()
