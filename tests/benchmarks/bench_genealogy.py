"""Genealogy questions against three ways to ask edges, in one run, on the same uses.

A lot reaches a fifth of the boards that were built: 2,000 of 10,000, or, with
``BENCH_BOARDS=100000`` in the environment, 20,000 of 100,000. The targets are those of the
genealogy engine that is to come.
"""

import os
from collections.abc import Callable, Iterator, Mapping

import edges
from databases import SQLITE, available, empty_registry
from figure import Figure
from flask.testing import FlaskClient
from plant_data import PlantData
from plant_registry import LoadedPlant, gather_statistics, load_plant
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session
from timing import fastest, milliseconds, once

from aas_registry.domain.genealogy import GroupBy, Moment
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Role
from aas_registry.services import access
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.storage.genealogy.contents import Contents
from aas_registry.web.app import create_app

BOARDS = int(os.environ.get("BENCH_BOARDS", "10000"))
_EVERYTHING = PageRequest(10_000_000)
_OF_USES = ("lot_link", "feed", "feed_void", "removal", "run_unit")


def figures() -> Iterator[Figure]:
    """Yield the figures of each database that can be started here."""
    for database in available():
        with empty_registry(database) as registry:
            plant = load_plant(registry, PlantData(BOARDS, BOARDS // 5))
            edges.load(registry, plant.data, plant.numbers, plant.lots)
            gather_statistics(registry)
            with registry.read() as connection:
                yield from _forward(connection, plant, database)
                yield _backward(connection, plant, database)
                yield _storage(connection, plant, database)
                yield from _over_http(connection, plant, database)
        yield _ten_times_the_data(database)


def _forward(connection: Connection, plant: LoadedPlant, database: str) -> Iterator[Figure]:
    def engine() -> edges.Answer:
        return {row.unit: int(row.certainty) for row in plant.ask().rows(connection, _EVERYTHING)}

    ours, answer = fastest(engine)
    with Session(plant.registry.engine) as session:
        walking, walked = once(lambda: edges.walk(session, plant.lot, downstream=True))
    querying, queried = fastest(lambda: edges.recursive_query(connection, plant.lot))
    searching, searched = fastest(lambda: edges.batched_search(connection, plant.lot))
    assert answer == walked == queried == searched
    assert len(answer) > 0.99 * plant.data.reached // 2
    targets = (5_000, 100) if database == SQLITE else (3_000, 30)
    for name, rival, target in (
        ("node-by-node", walking, targets[0]),
        ("recursive-query", querying, targets[1]),
        ("batched-search", searching, 1),
    ):
        detail = milliseconds(ours=ours, rival=rival) + f", {len(answer):,} products"
        yield Figure(f"{database}/forward-against-{name}", rival / ours, "x", target, "at least", detail)


def _backward(connection: Connection, plant: LoadedPlant, database: str) -> Figure:
    product, scope = plant.product(), plant.principal.scope
    ours, rows = fastest(
        lambda: Contents(scope, product, Moment(as_of=plant.registry.clock())).rows(
            connection, PageRequest(1_000)
        )
    )
    with Session(plant.registry.engine) as session:
        walking, walked = once(lambda: edges.walk(session, product, downstream=False))
    assert {row.lot for row in rows} == set(walked)
    detail = milliseconds(ours=ours, rival=walking) + f", {len(rows)} uses"
    name = f"{database}/backward-against-node-by-node"
    return Figure(name, walking / ours, "x", 100, "at least", detail)


def _storage(connection: Connection, plant: LoadedPlant, database: str) -> Figure:
    sizes = _sqlite_sizes(connection) if database == SQLITE else _postgresql_sizes(connection)
    uses = sum(1 for _ in plant.data.uses())
    ours, rival = sum(sizes[name] for name in _OF_USES) / uses, sizes["rival_text_edge"] / uses
    detail = f"ours {ours:.2f}, rival {rival:.0f} bytes per use, {uses:,} uses"
    return Figure(f"{database}/storage-against-text-edges", rival / ours, "x", 100, "at least", detail)


def _sqlite_sizes(connection: Connection) -> Mapping[str, int]:
    query = "SELECT tbl_name, sum(pgsize) FROM dbstat JOIN sqlite_master USING (name) GROUP BY tbl_name"
    return dict(iter(connection.execute(text(query))))


def _postgresql_sizes(connection: Connection) -> Mapping[str, int]:
    query = "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r'"
    return dict(iter(connection.execute(text(query))))


def _over_http(connection: Connection, plant: LoadedPlant, database: str) -> Iterator[Figure]:
    registry = plant.registry
    token = access.issue_token(registry, plant.principal, name="bench", role=Role.QUALITY).text
    client = create_app(registry).test_client(use_cookies=False)
    path = f"/trace/v1/lots/{to_public(registry, plant.principal.site, Noun.LOT, plant.lot)}/where-used"
    empty, _ = fastest(lambda: _get(client, "/trace/v1/lots?code=none", token), 20)
    questions: dict[str, tuple[str, Callable[[], object]]] = {
        f"group-by-{by}": (f"?groupBy={by}", lambda by=by: plant.ask().groups(connection, by))
        for by in (GroupBy.PRODUCT, GroupBy.DAY)
    }
    questions["page-of-100"] = ("?limit=100", lambda: plant.ask().rows(connection, PageRequest(100)))
    for name, (query, ask) in questions.items():
        engine, _ = fastest(ask)
        whole, _ = fastest(lambda query=query: _get(client, path + query, token))
        detail = milliseconds(whole=whole, engine=engine, empty=empty)
        yield Figure(f"{database}/http-{name}", (whole - empty) / engine, "x", 3, "at most", detail)


def _get(client: FlaskClient, path: str, token: str) -> None:
    answer = client.get(path, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.get_json()


def _ten_times_the_data(database: str) -> Figure:
    small, large = (_seconds_of(database, boards) for boards in (BOARDS // 10, BOARDS))
    detail = milliseconds(large=large, small=small)
    return Figure(f"{database}/forward-ten-times-the-data", large / small, "x", 1.5, "at most", detail)


def _seconds_of(database: str, boards: int) -> float:
    with empty_registry(database) as registry:
        plant = load_plant(registry, PlantData(boards, BOARDS // 20))
        gather_statistics(registry)
        with registry.read() as connection:
            return fastest(lambda: plant.ask().rows(connection, _EVERYTHING), 9)[0]
