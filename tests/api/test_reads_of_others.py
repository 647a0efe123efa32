"""What others have makes no auditor's list read more: the time of an answer would tell of it (11)."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event as listened

OTHERS = 6000
READ = "SELECT CAST(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) AS bigint) FROM pg_stat_xact_user_tables"
STEPS = 50
SLACK = 2  # of what is read, not of what others have


def event(event_type, number, hour, **members):
    return {"type": event_type, "id": number, "happenedAt": f"2026-03-10T{hour:02}:00:00+00:00", **members}


OF_MEDITEC = [
    event("unitCreated", "own", 1, units=["ZZZA-1", "ZZZA-2"], customer="meditec", kind="product"),
    event("unitCreated", "own board", 1, units=["ZZZA-BOARD"], kind="board"),
    event("assembledInto", "own part", 2, links=[{"unit": "ZZZA-BOARD", "into": "ZZZA-1"}]),
    event("shipped", "own shipment", 3, units=["ZZZA-1"], shipment="ZZZSHIP-1", customer="reseller"),
    event("returned", "own return", 3, units=["ZZZA-2"]),
]
NAMES = [f"ZZZB-{number:05}" for number in range(OTHERS)]
OF_OTHERS = [
    event("unitCreated", "others", 1, units=NAMES, customer="railway"),
    event("returned", "others return", 2, units=NAMES),
    *(
        event("shipped", f"shipment {each}", 3, units=[name], shipment=f"ZZZSHIP-0{each}", customer="railway")
        for each, name in enumerate(NAMES[:300])
    ),
]

OTHERS_PACKED = [
    event("unitCreated", "others", 1, units=NAMES, customer="railway"),
    event("assembledInto", "others parts", 2, links=[{"unit": one, "into": NAMES[0]} for one in NAMES[1:]]),
]


class Asked:
    """What was asked of a database: how many statements, and how many rows or steps these took."""

    def __init__(self):
        self.statements = 0
        self.work = 0

    def listeners(self, kind):
        count = ("before_cursor_execute", self._count)
        if kind == "sqlite":
            return [count, ("before_cursor_execute", self._watch)]
        return [count, ("begin", self._begin), ("commit", self._end), ("rollback", self._end)]

    def _count(self, *_):
        self.statements += 1

    def _watch(self, connection, *_):
        # Before each statement: the registry sets a handler of its own, for its time limit.
        connection.connection.dbapi_connection.set_progress_handler(self._step, STEPS)

    def _step(self):
        self.work += STEPS

    def _begin(self, connection):
        # Of few rows PostgreSQL reads all: that costs less than to look one up.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        # What was read in transactions before is in it, too.
        self.work -= connection.exec_driver_sql(READ).scalar() or 0
        self.statements -= 2

    def _end(self, connection):
        self.work += connection.exec_driver_sql(READ).scalar() or 0
        self.statements -= 1


@contextmanager
def measured(registry):
    asked = Asked()
    listeners = asked.listeners(registry.engine.dialect.name)
    for name, listener in listeners:
        listened.listen(registry.engine, name, listener)
    yield asked
    for name, listener in listeners:
        listened.remove(registry.engine, name, listener)


@pytest.mark.check
def test_what_others_have_makes_no_list_of_an_auditor_read_more(suppliers, asker, registry):
    auditor, production = asker("customer_auditor", "meditec"), asker("production")
    questions = {
        "units and shipments": ("/search", {"q": "ZZZ"}),
        "shipments": ("/search", {"q": "ZZZSHIP"}),
        "anomalies": ("/trace/v1/anomalies", {"limit": 5}),
    }

    def ask():
        found = {}
        for name, (path, query) in questions.items():
            auditor.get(path, query_string=query)
            with measured(registry) as asked:
                answer = auditor.get(path, query_string=query)
            found[name] = asked
            told = answer.text
            assert answer.status_code == 200
            assert "ZZZA-2" in told or "ZZZSHIP-1" in told
            assert "ZZZB-" not in told
        return found

    send(production, OF_MEDITEC)
    gather_statistics(registry)
    before = ask()
    send(production, OF_OTHERS)
    gather_statistics(registry)
    after = ask()

    for name, asked in after.items():
        assert asked.statements <= before[name].statements, name
        assert 0 < asked.work <= before[name].work * SLACK, name


def test_a_unit_is_told_without_reading_those_of_others(suppliers, asker, registry):
    quality, production = asker("quality"), asker("production")
    send(production, OF_MEDITEC)
    found = quality.get("/trace/v1/units?serial=ZZZA-1").get_json()["result"][0]["id"]
    paths = (f"/trace/v1/units/{found}", f"/trace/v1/units/{found}/timeline", f"/units/{found}")

    def ask():
        work = {}
        for path in paths:
            quality.get(path)
            with measured(registry) as asked:
                assert "ZZZA-BOARD" in quality.get(path).text
            work[path] = asked.work
        return work

    before = ask()
    send(production, OTHERS_PACKED)
    gather_statistics(registry)
    after = ask()

    for path, work in after.items():
        assert 0 < work <= before[path] * SLACK, path


def test_what_only_others_have_is_looked_for_as_what_is_not_on_record(suppliers, asker, registry):
    """[11] Labels and delivery notes can be guessed."""
    auditor, production = asker("customer_auditor", "meditec"), asker("production")
    lots = [{"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": "L1"}]
    reel = {"package": "REEL", "lots": lots, "internalPartNumber": "77", "receipt": {"deliveryNote": "NOTE"}}
    use = event("consumed", "use", 2, package="REEL", unit="ZZZB")
    send(production, [event("unitCreated", "theirs", 1, units=["ZZZB"], customer="railway")])
    send(production, [event("packageCreated", "reel", 1, **reel), use])

    def statements(query):
        told = []
        for each in (query, query):
            with measured(registry) as asked:
                told = auditor.get("/trace/v1/where-used", query_string=each)
            assert told.status_code == 404
        return asked.statements

    for kind, name in (("package", "REEL"), ("receipt", "NOTE"), ("partNumber", "77")):
        counted = {each: statements({kind: each}) for each in (name, "NOBODY")}
        # What lots a label has, and the like, is looked up where there are some.
        assert counted["NOBODY"] >= counted[name] * 0.7, (kind, counted)


def send(production, events):
    answer = production.post("/trace/v1/events", json=events).get_json()["result"]
    assert {each["state"] for each in answer} == {"accepted"}


def gather_statistics(registry):
    """Let PostgreSQL's planner know what there is, as it does by itself; SQLite's never does (docs/performance.md)."""
    if registry.engine.dialect.name == "sqlite":
        return
    with registry.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
