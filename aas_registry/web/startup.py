"""How a server process begins: logs, counters, application, registry; in this order."""

import os
from importlib import import_module
from pathlib import Path
from types import ModuleType

from flask import Flask

from aas_registry.domain.garbage import collect_less_often
from aas_registry.services.data_folder import keep_files_private, require_private
from aas_registry.services.genealogy.events import rebuild_owed
from aas_registry.services.logs import configure_logging
from aas_registry.services.registry import open_registry, sweep_leftovers
from aas_registry.settings import Settings


def load_application(settings: Settings | None = None) -> Flask:
    """Return the application of a new worker process, once what crashes left behind is swept.

    Args:
        settings: The settings of this server; None reads them from the environment.

    Raises:
        ConfigurationError: A setting is wrong, others may read the data folder, or the database
            has another schema.
        UnavailableError: The database cannot be reached.
    """
    collect_less_often()
    keep_files_private()
    settings = Settings.from_environment() if settings is None else settings
    configure_logging(settings.log_level)
    require_private(settings)
    web = import_application(settings)
    registry = open_registry(settings)
    sweep_leftovers(registry)
    rebuild_owed(registry)
    application: Flask = web.create_app(registry)
    return application


def import_application(settings: Settings) -> ModuleType:
    """Import what serves requests; a process that forks workers does so once, before them.

    prometheus_client reads the folder that the workers share once, when it is imported: so
    the variable is set first, and the import is not at the top of a module.
    """
    if settings.metrics_dir:
        Path(settings.metrics_dir).mkdir(parents=True, exist_ok=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = settings.metrics_dir
    return import_module("aas_registry.web.app")
