"""What events declare is kept, and folded; events know whether they count, and what says the same.

The genealogy of every site that has events is built anew as the upgrade ends: the tables of what
things are begin empty, and a fact that ended may begin again.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from aas_registry.domain.canonical_json import canonical_bytes, digest_of
from aas_registry.storage import column_types

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_FOLDED = ("receipt", "package", "run", "unit", "shipment")
_AGAIN = {"receipt_lot": ("receipt", "lot", "event"), "run_unit": ("run", "seq", "unit", "event")}
_PER_EVENT = frozenset({"id"})
_PER_MESSAGE = frozenset({"UniqueID", "Target", "RequestID"})
_PROJECTION = (
    "receipt_lot",
    "package_state",
    "lot_link",
    "run_unit",
    "feed",
    "removal",
    "movement",
    "test_result",
    "quantity_entry",
    "containment",
    "shipped",
    "feed_void",
    "filling",
    *_FOLDED,
)


def upgrade() -> None:
    """Add what events declare, and owe each site its genealogy."""
    _owe_projections()
    _create_declaration()
    for name in _FOLDED:
        with op.batch_alter_table(name) as table:
            for gone in ("declared", "recorded_at", *(["customer_declared"] if name == "unit" else [])):
                table.drop_column(gone)
            table.drop_constraint(f"pk_{name}", type_="primary")
            table.add_column(sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False))
            for added in ("valid_from", "valid_to", "recorded_to"):
                table.add_column(sa.Column(added, column_types.Instant()))
            if name == "shipment":
                table.add_column(sa.Column("order_for", sa.BigInteger()))
            table.add_column(sa.Column("recorded_from", column_types.Instant(), nullable=False))
            table.create_primary_key(f"pk_{name}", ["site", "id", "version"])
    for name, key in _AGAIN.items():
        with op.batch_alter_table(name) as table:
            table.drop_constraint(f"pk_{name}", type_="primary")
            table.create_primary_key(f"pk_{name}", ["site", *key, "recorded_from"])
    _let_events_say_the_same()


def downgrade() -> None:
    """Take it away again; the genealogy is owed, as it was."""
    _owe_projections()
    op.drop_index("ix_event_content", "event")
    op.drop_index("ix_event_corrects", "event")
    with op.batch_alter_table("event") as table:
        table.drop_column("content")
        table.drop_column("counts")
        table.drop_column("corrects")
        table.add_column(sa.Column("corrects", sa.BigInteger(), nullable=True))
    op.create_index("ix_event_corrects", "event", ["site", "corrects"], unique=False)
    for name, key in _AGAIN.items():
        with op.batch_alter_table(name) as table:
            table.drop_constraint(f"pk_{name}", type_="primary")
            table.create_primary_key(f"pk_{name}", ["site", *key])
    for name in _FOLDED:
        with op.batch_alter_table(name) as table:
            table.drop_constraint(f"pk_{name}", type_="primary")
            for gone in ("version", "valid_from", "valid_to", "recorded_from", "recorded_to"):
                table.drop_column(gone)
            if name == "shipment":
                table.drop_column("order_for")
            table.add_column(sa.Column("declared", sa.BigInteger(), nullable=False))
            if name == "unit":
                table.add_column(sa.Column("customer_declared", sa.BigInteger(), nullable=False))
            table.add_column(sa.Column("recorded_at", column_types.Instant(), nullable=False))
            table.create_primary_key(f"pk_{name}", ["site", "id"])
    op.drop_table("declaration")


def _create_declaration() -> None:
    op.create_table(
        "declaration",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.Column("founded", sa.Boolean(), nullable=False),
        sa.Column("happened_at", column_types.Instant(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_declaration")),
    )
    op.create_index("ix_declaration_item", "declaration", ["site", "item"], unique=False)
    op.create_index("ix_declaration_event", "declaration", ["site", "event"], unique=False)


def _owe_projections() -> None:
    connection = op.get_bind()
    debt = sa.table("projection_debt", sa.column("site"))
    event = sa.table("event", sa.column("site"))
    owing = set(connection.execute(sa.select(debt.c.site)).scalars())
    sites = set(connection.execute(sa.select(event.c.site).distinct()).scalars())
    for site in sorted(sites - owing):
        connection.execute(sa.insert(debt).values(site=site))
    for name in (*_PROJECTION, "projection_sum"):
        op.execute(sa.delete(sa.table(name)))


def _let_events_say_the_same() -> None:
    op.drop_index("ix_event_corrects", "event")
    with op.batch_alter_table("event") as table:
        table.add_column(sa.Column("content", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("counts", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.drop_column("corrects")
        table.add_column(sa.Column("corrects", sa.Text(), nullable=True))
    columns = ("site", "id", "message", "body", "content", "corrects")
    event = sa.table("event", *map(sa.column, columns))
    connection, after = op.get_bind(), ("", -1)
    query = sa.select(event.c.site, event.c.id, event.c.message, event.c.body).order_by(
        event.c.site, event.c.id
    )
    while rows := connection.execute(
        query.where(sa.tuple_(event.c.site, event.c.id) > sa.tuple_(*map(sa.literal, after))).limit(500)
    ).all():
        for row in rows:
            own = (event.c.site == row.site, event.c.id == row.id)
            value = json.loads(row.body)
            new = {"content": _content(row.message, value), "corrects": _corrected(row.message, value)}
            connection.execute(sa.update(event).where(*own).values(**new))
        after = (rows[-1].site, rows[-1].id)
    with op.batch_alter_table("event") as table:
        table.alter_column("content", server_default=None)
        table.alter_column("counts", server_default=None)
    op.create_index("ix_event_content", "event", ["site", "content"], unique=False)
    op.create_index("ix_event_corrects", "event", ["site", "corrects"], unique=False)


def _corrected(message: str | None, value: dict[str, Any]) -> str | None:
    return value["corrects"] if message is None and value.get("type") == "correction" else None


def _content(message: str | None, value: dict[str, Any]) -> str:
    is_message = message is not None or {"MessageName", "MessageBody"} <= value.keys()
    apart = _PER_MESSAGE if is_message else _PER_EVENT
    said = {name: each for name, each in value.items() if name not in apart}
    return digest_of((message or "").encode() + b"\n" + canonical_bytes(said))
