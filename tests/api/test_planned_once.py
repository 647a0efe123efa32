"""SQLite plans the statements of a question once: to plan takes a hundred times what a small answer does."""

from contextlib import contextmanager
from sqlite3 import SQLITE_OK, SQLITE_TRANSACTION

import pytest
from customer_plants import lot_id
from sqlalchemy import event as listened


def event(event_type, number, hour, **members):
    return {"type": event_type, "id": number, "happenedAt": f"2026-03-10T{hour:02}:00:00+00:00", **members}


def of_one(name):
    """Return what is told of a lot: in a board of a panel, in a product that left, came back and left."""
    board, product, panel = f"BOARD-{name}", f"PRODUCT-{name}", f"PANEL-{name}"
    lots = [{"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": f"LOT-{name}"}]
    return [
        event("packageCreated", f"reel {name}", 1, package=f"REEL-{name}", lots=lots),
        event("unitCreated", f"panel {name}", 1, units=[panel], kind="panel"),
        event("unitCreated", f"board {name}", 1, units=[board], kind="board"),
        event("unitCreated", f"own {name}", 1, units=[product], kind="product", customer="meditec"),
        event("consumed", f"use {name}", 2, package=f"REEL-{name}", unit=board, quantity=1),
        event(
            "assembledInto", f"on {name}", 2, links=[{"unit": board, "into": panel, "relation": "panelOf"}]
        ),
        event("assembledInto", f"in {name}", 3, links=[{"unit": board, "into": product}]),
        event("shipped", f"away {name}", 4, units=[product], shipment=f"SHIP-{name}", customer="meditec"),
        event("returned", f"back {name}", 5, units=[product]),
        event("shipped", f"again {name}", 6, units=[product], shipment=f"SHIP-{name}-2", customer="meditec"),
    ]


@contextmanager
def planned(registry):
    """Collect the statements that SQLite plans; of a connection whose statements it planned before."""
    statements, under_way = [], []

    def note(action, *_):
        if action != SQLITE_TRANSACTION:  # the driver's own ROLLBACK
            statements.extend(under_way)
            under_way.clear()
        return SQLITE_OK

    def watch(connection, _cursor, statement, *_):
        driver = connection.connection.dbapi_connection
        if driver not in watched:
            watched.append(driver)
            driver.set_authorizer(note)  # it is asked while a statement is planned
        under_way[:] = [statement]

    watched = []
    listened.listen(registry.engine, "before_cursor_execute", watch)
    yield statements
    listened.remove(registry.engine, "before_cursor_execute", watch)
    for each in watched:
        each.set_authorizer(None)


@pytest.mark.parametrize(("role", "party"), [("quality", None), ("customer_auditor", "meditec")])
def test_what_is_asked_of_another_is_planned_as_it_was_for_the_first(suppliers, asker, registry, role, party):
    if registry.engine.dialect.name != "sqlite":
        return  # PostgreSQL plans for what it was asked with
    client, production = asker(role, party), asker("production")
    told = [*of_one("A"), *of_one("B")]
    answer = production.post("/trace/v1/events", json=told).get_json()["result"]
    assert {each["state"] for each in answer} == {"accepted"}
    units = {
        name: client.get(f"/trace/v1/units?serial=PRODUCT-{name}").get_json()["result"][0]["id"]
        for name in ("A", "B")
    }
    lots = {name: lot_id(asker("quality"), f"LOT-{name}") for name in ("A", "B")}

    def ask(name):
        for level, more in (("product", ""), ("shipment", ""), ("board", "&ever=true")):
            answer = client.get(f"/trace/v1/lots/{lots[name]}/where-used?level={level}{more}")
            assert answer.status_code == 200, answer.text
            assert answer.get_json()["result"]
        for path in ("", "/contents", "/timeline"):
            assert client.get(f"/trace/v1/units/{units[name]}{path}").status_code == 200

    with planned(registry) as statements:
        ask("A")
        statements.clear()
        ask("B")

    assert statements == []
