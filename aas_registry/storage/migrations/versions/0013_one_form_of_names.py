"""Names are compared in one form: keys are computed again, and what falls together is merged.

Lots and part types, and items that events name, point to the older one afterwards, which
answers for both; parties are kept apart, for merging two would show one's papers to the other.
Everything that fell together stands in ``name_merge``. Going down computes the earlier keys
again; what was merged stays merged.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from aas_registry.domain.identifiers import matching_key, written_key
from aas_registry.storage.index_keys import exact_spelling

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_BATCH = 500
_UNIQUE = {
    "part_type": ("uq_part_type_mpn", ["site", "manufacturer_key", "mpn_key"]),
    "lot": ("uq_lot_code", ["site", "part_type", "code_key"]),
    "party": ("uq_party_code", ["site", "code_key"]),
}
# Table, its key beside the site, and (text, key) of its columns.
_KEYED = (
    ("part_type", ("id",), (("manufacturer", "manufacturer_key"), ("mpn", "mpn_key"))),
    ("lot", ("id",), (("code", "code_key"),)),
    ("party", ("id",), (("code", "code_key"), ("name", "name_key"))),
    ("package_statement", ("holder", "id"), (("package", "package_key"),)),
)
_TO_LOT = (
    ("lot_submission", "lot"),
    ("lot_date_code", "lot"),
    ("package_statement", "lot"),
    ("lot_link", "parent"),
    ("quantity_entry", "item"),
    ("certificate_scope", "item"),
    ("report", "subject"),
)
_INTEGERS = {
    "id", "item", "holder", "part_type", "lot", "parent", "subject", "merged_lot", "event", "receipt",
    "merged_into", "created_at", "merged_at", "parted_at", "recorded_at",
}  # fmt: skip
_Key = Callable[[str], str]
_Row = dict[str, Any]


def upgrade() -> None:
    """Compute the keys again, merge, and note what was merged."""
    _add_columns()
    connection = op.get_bind()
    for name, (index, _) in _UNIQUE.items():
        op.drop_index(index, name)
    for table, key, columns in _KEYED:
        _compute_keys(connection, table, key, columns, matching_key)
    _compute_receipt_keys(connection, whole_name=False)
    _add_delivery_note_keys(connection)
    _Merging(connection).merge()
    for name, (index, unique) in _UNIQUE.items():
        op.create_index(index, name, [*unique, "kept_apart"], unique=True)
    for name in ("part_type", "lot"):
        few = sa.text("kept_apart > ''")
        index = f"ix_{name}_kept_apart"
        op.create_index(index, name, ["site", "kept_apart"], sqlite_where=few, postgresql_where=few)


def downgrade() -> None:
    """Compute the earlier keys; what was merged stays merged."""
    connection = op.get_bind()
    for name in ("part_type", "lot"):
        op.drop_index(f"ix_{name}_kept_apart", name)
    for name, (index, _) in _UNIQUE.items():
        op.drop_index(index, name)
    for table, key, columns in _KEYED:
        _compute_keys(connection, table, key, columns, written_key)
    for row in list(
        _odd_rows(
            connection, "alias", ("scheme", "value_key", "issuer_key", "item"), "value_key", "issuer_key"
        )
    ):
        _rename_alias(connection, row, written_key)
    _compute_receipt_keys(connection, whole_name=True)
    for name, (index, unique) in _UNIQUE.items():
        op.create_index(index, name, unique, unique=True)
    op.drop_index("ix_lot_submission_delivery_note", "lot_submission")
    op.create_index("ix_lot_submission_delivery_note", "lot_submission", ["site", "delivery_note"])
    for table, column in (
        ("lot_submission", "delivery_note_key"),
        ("package_statement", "merged_lot"),
        *((name, "kept_apart") for name in _UNIQUE),
    ):
        op.drop_column(table, column)
    op.drop_table("name_merge")
    op.drop_table("projection_debt")


def _add_columns() -> None:
    for name in _UNIQUE:
        op.add_column(name, sa.Column("kept_apart", sa.Text(), nullable=False, server_default=""))
    op.add_column("lot_submission", sa.Column("delivery_note_key", sa.Text()))
    op.add_column("package_statement", sa.Column("merged_lot", sa.BigInteger()))
    op.create_table(
        "name_merge",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("merged_into", sa.BigInteger()),
        sa.Column("part_type", sa.BigInteger()),
        sa.Column("manufacturer", sa.Text()),
        sa.Column("mpn", sa.Text()),
        sa.Column("name", sa.Text()),
        sa.Column("created_at", sa.BigInteger()),
        sa.Column("merged_at", sa.BigInteger(), nullable=False),
        sa.Column("parted_at", sa.BigInteger()),
        sa.Column("parted_by", sa.Text()),
        sa.PrimaryKeyConstraint("site", "kind", "id", name=op.f("pk_name_merge")),
    )
    op.create_index("ix_name_merge_into", "name_merge", ["site", "kind", "merged_into"])
    op.create_table(
        "projection_debt",
        sa.Column("site", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_projection_debt")),
    )


def _table(name: str, *columns: str) -> sa.TableClause:
    typed = (sa.column(each, sa.BigInteger() if each in _INTEGERS else sa.Text()) for each in columns)
    return sa.table(name, *typed)


def _is_odd(connection: sa.Connection, column: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Return whether a key is of more than printable ASCII: no other key changes."""
    if connection.dialect.name == "sqlite":
        return column.op("GLOB", is_comparison=True)("*[^ -~]*")
    return column.collate("C").regexp_match("[^ -~]")


def _odd_rows(
    connection: sa.Connection, name: str, key: Sequence[str], *odd: str, others: Sequence[str] = ()
) -> Iterator[_Row]:
    """Yield the rows of which one of some keys is odd, in the order of their primary keys."""
    table = _table(name, *dict.fromkeys(("site", *key, *odd, *others)))
    order = [table.c[each] for each in ("site", *key)]
    wanted = sa.select(*table.c).where(sa.or_(*(_is_odd(connection, table.c[each]) for each in odd)))
    rows = connection.execute(wanted.order_by(*order).limit(_BATCH)).mappings().all()
    while rows:
        yield from map(dict, rows)
        last = [sa.literal(rows[-1][each.name], each.type) for each in order]
        later = wanted.where(sa.tuple_(*order) > sa.tuple_(*last)).order_by(*order).limit(_BATCH)
        rows = connection.execute(later).mappings().all()


def _compute_keys(
    connection: sa.Connection,
    name: str,
    key: Sequence[str],
    columns: Sequence[tuple[str, str]],
    new_key: _Key,
) -> None:
    texts, keys = [text for text, _ in columns], [each for _, each in columns]
    table = _table(name, "site", *key, *keys)
    for row in _odd_rows(connection, name, key, *texts, *keys):
        values = {to: new_key(row[text]) for text, to in columns}
        own = [table.c[each] == row[each] for each in ("site", *key)]
        connection.execute(sa.update(table).where(*own).values(values))


def _compute_receipt_keys(connection: sa.Connection, *, whole_name: bool) -> None:
    """Let the key of a receipt be that of its delivery note; or, as it was, with the line behind it."""
    table = _table("receipt", "site", "id", "delivery_note", "line", "delivery_note_key")
    wanted = sa.select(*table.c).order_by(table.c.site, table.c.id).limit(_BATCH)
    own = (table.c.site == sa.bindparam("of"), table.c.id == sa.bindparam("number"))
    changed = sa.update(table).where(*own).values(delivery_note_key=sa.bindparam("key"))
    rows = connection.execute(wanted).all()
    while rows:
        keys = []
        for row in rows:
            name = row.delivery_note if row.line is None else f"{row.delivery_note} line {row.line}"
            key = written_key(name) if whole_name else matching_key(row.delivery_note)
            if key != row.delivery_note_key:
                keys.append({"of": row.site, "number": row.id, "key": key})
        if keys:
            connection.execute(changed, keys)
        is_later = sa.tuple_(table.c.site, table.c.id) > sa.tuple_(rows[-1].site, rows[-1].id)
        rows = connection.execute(wanted.where(is_later)).all()


def _add_delivery_note_keys(connection: sa.Connection) -> None:
    table = _table("lot_submission", "site", "delivery_note", "delivery_note_key")
    stated = sa.select(table.c.site, table.c.delivery_note).where(table.c.delivery_note.is_not(None))
    for site, note in connection.execute(stated.distinct()).all():
        same = (table.c.site == site, table.c.delivery_note == note)
        connection.execute(sa.update(table).where(*same).values(delivery_note_key=matching_key(note)))
    op.drop_index("ix_lot_submission_delivery_note", "lot_submission")
    op.create_index("ix_lot_submission_delivery_note", "lot_submission", ["site", "delivery_note_key"])


def _rename_alias(connection: sa.Connection, row: _Row, new_key: _Key) -> None:
    """Give a name its new key; where its item has that name already, it is the same name."""
    table = _table("alias", "site", "scheme", "value_key", "issuer_key", "item", "value", "issuer")
    own = [table.c[each] == row[each] for each in ("site", "scheme", "value_key", "issuer_key", "item")]
    value, issuer = connection.execute(sa.select(table.c.value, table.c.issuer).where(*own)).one()
    keys = {"value_key": new_key(value), "issuer_key": new_key(issuer)}
    same = [
        table.c[each] == (row | keys)[each] for each in ("site", "scheme", "value_key", "issuer_key", "item")
    ]
    if any(row[each] != key for each, key in keys.items()):
        if connection.execute(sa.select(table.c.item).where(*same)).first() is None:
            connection.execute(sa.update(table).where(*own).values(keys))
        else:
            connection.execute(sa.delete(table).where(*own))


class _Merging:
    """Merges, site by site, what has the same keys now; the oldest of them stays."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        clock = _table("site_clock", "site", "recorded_at")
        self._recorded = {row.site: row.recorded_at for row in connection.execute(sa.select(*clock.c))}
        self._now = time.time_ns() // 1000

    def merge(self) -> None:
        self._merge_part_types()
        self._merge_lots()
        self._part_parties()
        self._merge_items()
        self._rename_waits()

    def _fallen_together(self, name: str, keys: Sequence[str], *others: str) -> Iterator[list[_Row]]:
        """Yield the rows that have the same keys, the oldest first."""
        table = _table(name, "site", "id", *keys, *others)
        columns = [table.c.site, *(table.c[each] for each in keys)]
        twice = sa.select(*columns).group_by(*columns).having(sa.func.count() > 1)
        for key in self._connection.execute(twice).all():
            same = [column == value for column, value in zip(columns, key, strict=True)]
            rows = self._connection.execute(sa.select(*table.c).where(*same).order_by(table.c.id))
            yield [dict(row) for row in rows.mappings()]

    def _note(self, kind: str, row: _Row, into: int | None, **values: Any) -> None:
        named = {"site": row["site"], "kind": kind, "id": row["id"], "merged_into": into}
        # After whatever is recorded, also where the clock was set back: earlier answers say so by it.
        at = max(self._now, self._recorded.get(row["site"], 0) + 1)
        said = {**named, "created_at": row.get("created_at"), "merged_at": at, **values}
        self._connection.execute(sa.insert(_table("name_merge", *said)).values(said))

    def _merge_part_types(self) -> None:
        lot = _table("lot", "site", "id", "part_type", "created_at")
        part_type = _table("part_type", "site", "id")
        texts = ("manufacturer", "mpn", "created_at")
        for first, *others in self._fallen_together("part_type", ("manufacturer_key", "mpn_key"), *texts):
            for row in others:
                spelled = {"manufacturer": row["manufacturer"], "mpn": row["mpn"]}
                self._note("part_type", row, first["id"], **spelled)
                of_it = (lot.c.site == row["site"], lot.c.part_type == row["id"])
                for moved in self._connection.execute(sa.select(*lot.c).where(*of_it)).mappings().all():
                    self._note("lot", dict(moved), None, part_type=row["id"], **spelled)
                self._connection.execute(sa.update(lot).where(*of_it).values(part_type=first["id"]))
                own = (part_type.c.site == row["site"], part_type.c.id == row["id"])
                self._connection.execute(sa.delete(part_type).where(*own))

    def _merge_lots(self) -> None:
        part_type = _table("part_type", "site", "id", "manufacturer", "mpn")
        merge = _table("name_merge", "site", "kind", "id", "merged_into", "manufacturer", "mpn", "name")
        for first, *others in self._fallen_together("lot", ("part_type", "code_key"), "code", "created_at"):
            for row in others:
                moved = (merge.c.site == row["site"], merge.c.kind == "lot", merge.c.id == row["id"])
                if self._connection.execute(sa.select(merge.c.id).where(*moved)).first() is None:
                    own = (part_type.c.site == row["site"], part_type.c.id == row["part_type"])
                    of = self._connection.execute(sa.select(*part_type.c).where(*own)).mappings().one()
                    spelled = {"manufacturer": of["manufacturer"], "mpn": of["mpn"]}
                    self._note("lot", row, None, part_type=row["part_type"], **spelled)
                said = {"merged_into": first["id"], "name": row["code"]}
                self._connection.execute(sa.update(merge).where(*moved).values(said))
                self._point(row["site"], row["id"], first["id"])

    def _point(self, site: str, merged: int, into: int) -> None:
        """Let everything that points to a lot point to another."""
        claim = _table("package_statement", "site", "lot", "merged_lot")
        own = (claim.c.site == site, claim.c.lot == merged)
        self._connection.execute(sa.update(claim).where(*own).values(merged_lot=merged))
        brought = _table("receipt_lot", "site", "receipt", "lot", "event")
        other = brought.alias("other")
        also = sa.select(other.c.lot).where(
            other.c.site == site,
            other.c.lot == into,
            other.c.receipt == brought.c.receipt,
            other.c.event == brought.c.event,
        )
        of_it = (brought.c.site == site, brought.c.lot == merged)
        self._connection.execute(sa.delete(brought).where(*of_it, also.exists()))
        for name, column in (*_TO_LOT, ("receipt_lot", "lot")):
            table = _table(name, "site", column)
            rows = (table.c.site == site, table.c[column] == merged)
            self._connection.execute(sa.update(table).where(*rows).values({column: into}))
        lot = _table("lot", "site", "id")
        self._connection.execute(sa.delete(lot).where(lot.c.site == site, lot.c.id == merged))

    def _part_parties(self) -> None:
        party = _table("party", "site", "id", "kept_apart")
        for first, *others in self._fallen_together("party", ("code_key",), "code", "created_at"):
            for row in others:
                parted = {"parted_at": self._now, "parted_by": "database upgrade"}
                self._note("party", row, first["id"], name=row["code"], **parted)
                own = (party.c.site == row["site"], party.c.id == row["id"])
                apart = exact_spelling(row["code"])
                self._connection.execute(sa.update(party).where(*own).values(kept_apart=apart))

    def _merge_items(self) -> None:
        """Give the names of items their new keys; items that share one are one, but for parties."""
        key = ("scheme", "value_key", "issuer_key", "item")
        columns = ("value", "issuer", "kind")
        odd = list(_odd_rows(self._connection, "alias", key, "value_key", "issuer_key", others=columns))
        for row in odd:
            _rename_alias(self._connection, row, matching_key)
        alias = _table("alias", "site", "scheme", "value_key", "issuer_key", "item")
        for row in sorted(odd, key=lambda row: (row["site"], row["item"])):
            if row["scheme"] == "party":
                continue
            same = [
                alias.c.site == row["site"],
                alias.c.scheme == row["scheme"],
                alias.c.value_key == matching_key(row["value"]),
                alias.c.issuer_key == matching_key(row["issuer"]),
            ]
            items = self._connection.execute(sa.select(alias.c.item).where(*same).distinct()).scalars()
            first, *others = sorted(items)
            for item in others:
                self._merge_item(row, item, first)

    def _merge_item(self, named: _Row, item: int, into: int) -> None:
        site, merge = named["site"], _table("name_merge", "site", "kind", "merged_into")
        said = {"site": site, "id": item}
        before = (merge.c.site == site, merge.c.kind == named["kind"], merge.c.merged_into == item)
        self._connection.execute(sa.update(merge).where(*before).values(merged_into=into))
        alias = _table("alias", "site", "scheme", "value_key", "issuer_key", "item", "value")
        own = (alias.c.site == site, alias.c.item == item)
        names = self._connection.execute(sa.select(*alias.c).where(*own)).mappings().all()
        self._note(named["kind"], said, into, name=names[0]["value"])
        for each in names:
            this = [alias.c[name] == each[name] for name in ("scheme", "value_key", "issuer_key")]
            taken = sa.select(alias.c.item).where(alias.c.site == site, alias.c.item == into, *this)
            if self._connection.execute(taken).first() is None:
                self._connection.execute(sa.update(alias).where(*own, *this).values(item=into))
            else:
                self._connection.execute(sa.delete(alias).where(*own, *this))
        report = _table("report", "site", "subject")
        of_it = (report.c.site == site, report.c.subject == item)
        self._connection.execute(sa.update(report).where(*of_it).values(subject=into))
        self._owe(site)

    def _rename_waits(self) -> None:
        wait = _table("event_wait", "site", "name_key", "event")
        waiting: dict[tuple[str, int], set[str]] = defaultdict(set)
        for row in list(_odd_rows(self._connection, "event_wait", ("name_key", "event"), "name_key")):
            scheme, *keys = row["name_key"].split("\x1f")
            if scheme != "event":
                key = "\x1f".join((scheme, *map(matching_key, keys)))
                waiting[row["site"], row["event"]].add(key)
                own = [wait.c[each] == row[each] for each in ("site", "name_key", "event")]
                if key != row["name_key"]:
                    self._owe(row["site"])
                    same = [*own[:1], wait.c.name_key == key, own[2]]
                    if self._connection.execute(sa.select(wait.c.event).where(*same)).first() is None:
                        self._connection.execute(sa.update(wait).where(*own).values(name_key=key))
                    else:
                        self._connection.execute(sa.delete(wait).where(*own))

    def _owe(self, site: str) -> None:
        debt = _table("projection_debt", "site")
        if self._connection.execute(sa.select(debt.c.site).where(debt.c.site == site)).first() is None:
            self._connection.execute(sa.insert(debt).values(site=site))
