"""Ids: nobody gets the same twice, however many workers ask."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from aas_registry.domain.identifiers import Site
from aas_registry.services.registry import Registry
from aas_registry.storage.ids import BLOCK, FactIds

HERE, THERE = Site("plant-1"), Site("plant-2")


def take(registry: Registry, site: Site, count: int) -> list[int]:
    with registry.write(site) as connection:
        return list(registry.allocator.take(connection, site, "item", count))


def test_two_workers_never_give_the_same_id(make_registry: Callable[..., Registry]) -> None:
    workers = [make_registry(), make_registry()]

    with ThreadPoolExecutor(4) as threads:
        given = list(threads.map(lambda turn: take(workers[turn % 2], HERE, 7), range(40)))

    ids = [each for part in given for each in part]
    assert len(set(ids)) == len(ids) == 280


def test_sites_count_apart_and_from_one(registry: Registry) -> None:
    assert (take(registry, HERE, 2), take(registry, THERE, 2)) == ([1, 2], [1, 2])


def test_gives_more_than_a_block_in_one_piece(registry: Registry) -> None:
    given = take(registry, HERE, 3 * BLOCK)

    assert given == list(range(1, 3 * BLOCK + 1))


def test_nothing_asked_is_nothing_given(registry: Registry) -> None:
    assert take(registry, HERE, 0) == []


def test_ids_are_given_while_all_connections_wait_for_the_askers_lock(
    make_registry: Callable[..., Registry],
) -> None:
    registry = make_registry(database_pool=1, busy_timeout_s=60)

    with ThreadPoolExecutor(4) as threads:
        given = list(threads.map(lambda _: take(registry, HERE, BLOCK), range(8)))

    assert len({each for part in given for each in part}) == 8 * BLOCK


def test_ids_of_facts_are_taken_in_advance_and_given_once_in_their_order(registry: Registry) -> None:
    with registry.write(HERE) as connection:
        ids = FactIds(registry.allocator, HERE)
        given = [each for count in (3, 40, 0, 1) for each in ids.take(connection, count)]

    assert len(given) == 44
    assert given == sorted(set(given))
