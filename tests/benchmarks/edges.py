"""The rivals: the same uses as one edge per board and package, in tables of the same database.

Edges lead from a lot to its reels, from a reel to each board it fed, from a board to its
product. Four ways to ask them: node by node through an object mapper, one recursive query,
and breadth-first in batches. Integer edges answer, which is the faster form; text edges, as a
plant without a registry keeps them, are measured for their size and for ingest.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from plant_data import PlantData, serial
from sqlalchemy import BigInteger, Connection, Index, SmallInteger, Text, bindparam, insert, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from aas_registry.services.registry import Registry

_BATCH = 10_000
_IN_ONE_QUERY = 5_000
BOARD, PRODUCT = 1, 2

Answer = dict[int, int]  # product or lot: its best certainty


class Base(DeclarativeBase):
    """The rivals' tables, apart from the registry's."""


class Edge(Base):
    """That ``parent`` went into ``child``."""

    __tablename__ = "rival_edge"

    parent: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    child: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    certainty: Mapped[int] = mapped_column(SmallInteger)
    __table_args__ = (Index("ix_rival_edge_child", "child", "parent"),)


class Node(Base):
    """What a node is, so that an answer can name the products only."""

    __tablename__ = "rival_node"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[int] = mapped_column(SmallInteger)


class TextEdge(Base):
    """The same with the names that the plant uses."""

    __tablename__ = "rival_text_edge"

    parent: Mapped[str] = mapped_column(Text, primary_key=True)
    child: Mapped[str] = mapped_column(Text, primary_key=True)
    certainty: Mapped[int] = mapped_column(SmallInteger)
    __table_args__ = (Index("ix_rival_text_edge_child", "child", "parent"),)


def make_tables(registry: Registry) -> None:
    """Create the rivals' tables beside the registry's."""
    with registry.engine.execution_options(registry_write=True).begin() as connection:
        Base.metadata.create_all(connection)


def load(registry: Registry, data: PlantData, numbers: dict[str, int], lots: dict[str, int]) -> None:
    """Fill the rivals' tables.

    Args:
        registry: Whose database.
        data: The plan.
        numbers: The registry's number of every reel, board and product by name.
        lots: The registry's number of every lot, by reel.
    """
    make_tables(registry)
    units = [(serial(kind, n), BOARD) for kind in "MP" for n in range(data.products)]
    units += [(serial("PRODUCT", n), PRODUCT) for n in range(data.products)]
    assembled = [(serial(kind, n), serial("PRODUCT", n)) for kind in "MP" for n in range(data.products)]
    with registry.engine.execution_options(registry_write=True).begin() as connection:
        _insert(connection, "rival_node (id, kind)", ((numbers[name], kind) for name, kind in units))
        edges = "rival_edge (parent, child, certainty)"
        _insert(connection, edges, ((lots[reel], numbers[reel], 0) for reel in data.lots))
        _insert(connection, edges, ((numbers[a], numbers[b], sure) for a, b, sure in data.uses()))
        _insert(connection, edges, ((numbers[a], numbers[b], 0) for a, b in assembled))
        _insert(connection, "rival_text_edge (parent, child, certainty)", data.uses())


def walk(session: Session, start: int, *, downstream: bool) -> Answer:
    """Ask node by node, as code does that follows an object's relations; return the last nodes."""
    near, far = (Edge.parent, Edge.child) if downstream else (Edge.child, Edge.parent)
    best, ends, waiting = {start: 0}, {}, [start]
    while waiting:
        node = waiting.pop()
        edges = session.scalars(select(Edge).where(near == node)).all()
        if not edges:
            ends[node] = best[node]
        for edge in edges:
            after = getattr(edge, far.key)
            certainty = max(best[node], edge.certainty)
            if certainty < best.get(after, certainty + 1):
                best[after] = certainty
                waiting.append(after)
    return ends


_RECURSIVE = text(
    """
    WITH RECURSIVE reached (node, certainty) AS (
        SELECT CAST(:start AS BIGINT), 0
        UNION
        SELECT edge.child,
               CASE WHEN edge.certainty > reached.certainty THEN edge.certainty ELSE reached.certainty END
        FROM reached JOIN rival_edge edge ON edge.parent = reached.node
    )
    SELECT reached.node, min(reached.certainty)
    FROM reached JOIN rival_node node ON node.id = reached.node
    WHERE node.kind = :kind
    GROUP BY reached.node
    """
)


def recursive_query(connection: Connection, start: int) -> Answer:
    """Ask with one recursive query over the edges."""
    rows = connection.execute(_RECURSIVE, {"start": start, "kind": PRODUCT})
    return dict(iter(rows))  # type: ignore[call-overload]


def batched_search(connection: Connection, start: int) -> Answer:
    """Ask breadth-first: the edges of all nodes of a front in one query of a few thousand nodes."""
    query = select(Edge.parent, Edge.child, Edge.certainty).where(
        Edge.parent.in_(bindparam("nodes", expanding=True))
    )
    best, front, inner = {start: 0}, [start], set()
    while front:
        better: dict[int, int] = {}
        for part in batches(front, _IN_ONE_QUERY):
            for parent, child, certainty in connection.execute(query, {"nodes": part}):
                inner.add(parent)
                sure = max(best[parent], certainty)
                if sure < best.get(child, sure + 1):
                    best[child] = better[child] = sure
        front = list(better)
    return {node: certainty for node, certainty in best.items() if node not in inner}


def insert_text_edges(connection: Connection, edges: Sequence[tuple[str, str]]) -> None:
    """Insert the edges of one board."""
    rows = [{"parent": parent, "child": child, "certainty": 0} for parent, child in edges]
    connection.execute(insert(TextEdge), rows)


def batches(rows: Iterable[object], size: int = _BATCH) -> Iterator[list[object]]:
    """Yield parts of some rows."""
    walked = iter(rows)
    while part := list(islice(walked, size)):
        yield part


def _insert(connection: Connection, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    if connection.dialect.name == "postgresql":
        with connection.connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" for _ in table.split(","))
    for part in batches(rows):
        connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({marks})", part)
