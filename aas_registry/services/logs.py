"""Logging: JSON lines on standard error, with the id of the request they belong to."""

import logging
import logging.config

import structlog
from structlog.types import Processor

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
)
# Libraries that tell what their callers tell already.
_QUIET = ("pyhanko", "pyhanko_certvalidator", "fontTools", "alembic")


def configure_logging(level: str) -> None:
    """Send every log record of this process to standard error, one JSON object a line.

    Args:
        level: Least level, ``DEBUG`` to ``ERROR``; libraries log from ``WARNING`` only.
    """
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": _SHARED,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": formatter},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["stderr"], "level": "WARNING"},
            "loggers": {
                "aas_registry": {"level": level},
                "uvicorn": {"level": "ERROR"},  # else a line for each request that is no HTTP
                **{name: {"level": "CRITICAL"} for name in _QUIET},
            },
        }
    )
