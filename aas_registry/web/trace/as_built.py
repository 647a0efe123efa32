"""As-built structures: `/trace/v1/shells/{id}/as-built`."""

from typing import Any

from flask.typing import ResponseReturnValue

from aas_registry.domain.principals import Permission
from aas_registry.services import as_built
from aas_registry.services.as_built import AsBuiltAnswer
from aas_registry.web.aas.identifiers import decode_identifier
from aas_registry.web.answers import json_answer
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import Routes, registry
from aas_registry.web.schemas.as_built import AsBuiltJson

routes = Routes("as_built", prefix="/trace/v1/shells", tag="Genealogy")


@routes.operation(
    "GET",
    "/<identifier>/as-built",
    permission=Permission.READ_DOCUMENTS,
    answers={200: "Structures, nodes and links.", 404: "No shell that you may see."},
    gives=AsBuiltJson,
)
def get_as_built(identifier: str) -> ResponseReturnValue:
    """Answer what suppliers' submodels say the asset of a shell consists of, at every level."""
    found = as_built.get_as_built(registry(), principal(), decode_identifier(identifier))
    return json_answer(render_as_built(found))


def render_as_built(found: AsBuiltAnswer) -> dict[str, Any]:
    """Return an as-built structure as JSON; `parent` and `child` are keys of nodes."""
    return {
        "shell": found.shell,
        "asset": found.asset,
        "certainty": found.certainty.name.lower(),
        "isTruncated": found.is_truncated,
        "structures": [
            {
                "submodel": each.structure.submodel,
                "statedBy": each.party,
                "archetype": each.structure.archetype,
                "level": each.level,
            }
            for each in found.stated
        ],
        "nodes": [
            {"key": node.key, "asset": node.asset, "submodel": node.submodel, "path": node.path}
            for each in found.stated
            for node in each.structure.nodes
        ],
        "links": [
            {
                "parent": link.parent.key,
                "child": link.child.key,
                "relation": link.relation,
                "quantity": link.quantity,
                "isStated": link.is_stated,
                "submodel": each.structure.submodel,
                "path": link.path,
            }
            for each, link in found.links
        ],
        "findings": [each.as_json() for each in found.findings],
    }
