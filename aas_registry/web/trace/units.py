"""Units: `/trace/v1/units`."""

from typing import Any

from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.principals import Permission
from aas_registry.services import units
from aas_registry.services.units import UnitDetail, UnitRow
from aas_registry.storage_free_placeholder import Placement
from aas_registry.web.answers import PageQuery, json_answer, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import Routes, registry
