"""Queries about as-built structures: the hierarchical-structure submodels of shells and assets.

Nothing of a structure is stored but the submodel itself, as its holder sent it: so it exists
for whoever is served that submodel, changes with its versions, and goes when it is deleted.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, Select, and_, select

from aas_registry.domain.identifiers import DocumentId
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Scope
from aas_registry.storage.documents.served_ids import is_served_one
from aas_registry.storage.holders import holder_seen_by
from aas_registry.storage.index_keys import index_key
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.documents import asset_id, document, submodel_ref


def structures_of_shell(
    connection: Connection, scope: Scope, shell: DocumentId, *, semantic_ids: Sequence[str]
) -> list[str]:
    """Return the ids of a shell's submodels that have one of some semantic ids, oldest first.

    They are as the index holds them: good to find a document by.
    """
    return _structures(connection, _named(scope).where(submodel_ref.c.document == shell), semantic_ids)


def structures_of_assets(
    connection: Connection, scope: Scope, assets: Sequence[str], *, semantic_ids: Sequence[str]
) -> list[str]:
    """Return the same for the shells of some assets, which are named by their global asset ids."""
    found: list[str] = []
    for part in in_chunks([index_key(each) for each in assets if "\x00" not in each]):
        of_assets = select(asset_id.c.document).where(
            asset_id.c.site == scope.site, asset_id.c.name == "globalAssetId", asset_id.c.value.in_(part)
        )
        query = _named(scope).where(submodel_ref.c.document.in_(of_assets))
        found += _structures(connection, query, semantic_ids)
    return found


def _named(scope: Scope) -> Select[str]:
    shell, submodel = document.alias("shell"), document
    query = (
        select(submodel.c.identifier)
        .select_from(submodel_ref)
        .join(shell, and_(shell.c.site == submodel_ref.c.site, shell.c.id == submodel_ref.c.document))
        .join(
            submodel,
            and_(
                submodel.c.site == submodel_ref.c.site,
                submodel.c.kind == IdentifiableKind.SUBMODEL.value,
                submodel.c.identifier == submodel_ref.c.submodel_identifier,
            ),
        )
        .where(submodel_ref.c.site == scope.site, submodel.c.site == scope.site)
        .where(shell.c.deleted_at.is_(None), submodel.c.deleted_at.is_(None))
    )
    holder = holder_seen_by(scope)
    if holder is None:
        return query.where(is_served_one(shell), is_served_one(submodel))
    return query.where(shell.c.holder == holder, submodel.c.holder == holder)


def _structures(connection: Connection, query: Select[str], semantic_ids: Sequence[str]) -> list[str]:
    wanted = query.where(document.c.semantic_id.in_(semantic_ids))
    return list(dict.fromkeys(connection.scalars(wanted.order_by(document.c.id)).all()))
