"""What the lines reported: boards placed, tested and repaired, products assembled."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from aas_registry.demo.catalogue import PartUse
from aas_registry.demo.plant import BASIS_OF_USE, Feeding, PlannedRun, Plant, Rework, Splice
from aas_registry.demo.production import ASSEMBLY_LINE

_TEST = "in-circuit test"
_TESTED_AFTER = timedelta(hours=1)
_TESTED_AGAIN_AFTER = timedelta(hours=15)
_STEP = timedelta(minutes=10)
# A position is reported for parts that stand at one; a paste and a bare board are everywhere.
_WITHOUT_POSITION = (PartUse.PASTE, PartUse.BARE_BOARD)


def production_events(plant: Plant) -> Iterator[dict[str, Any]]:
    """Yield the events in our own vocabulary, in no order of time."""
    repaired = {rework.board for rework in plant.reworks}
    splices = {splice.run: splice for splice in plant.splices}
    for order in plant.orders:
        for run in order.runs:
            yield from _run_events(run, splices.get(run.id), kind="board", customer=order.design.customer)
            if run.side == "top":
                failed = plant.failures[run.id]
                passed = [unit for unit in run.units if unit not in set(failed)]
                retested = [unit for unit in failed if unit not in repaired]
                first, again = run.closed_at + _TESTED_AFTER, run.closed_at + _TESTED_AGAIN_AFTER
                yield from _tested(f"ict-failed-{run.id}", failed, "failed", first)
                yield from _tested(f"ict-passed-{run.id}", passed, "passed", first)
                yield from _tested(f"ict-again-{run.id}", retested, "passed", again)
        yield from _run_events(order.assembly, None, kind="product", customer=order.design.customer)
        at = order.assembly.closed_at
        yield {
            "type": "assembledInto",
            "id": f"assembled-{order.id}",
            "happenedAt": at.isoformat(),
            "source": ASSEMBLY_LINE,
            "links": [
                {"unit": board, "into": product, "position": position}
                for product, boards in zip(order.products, order.boards, strict=True)
                for board, position in zip(boards, ("main board", "power board"), strict=True)
            ],
        }
        test = f"final-test-{order.id}"
        yield from _tested(test, order.products, "passed", at + _TESTED_AFTER, test="final test")
    for number, rework in enumerate(plant.reworks, start=1):
        yield from _rework_events(rework, number)


def _run_events(
    run: PlannedRun, splice: Splice | None, *, kind: str, customer: str
) -> Iterator[dict[str, Any]]:
    header = {
        "id": run.id,
        "line": run.line,
        "side": run.side,
        "operation": run.operation,
        "program": run.program,
        "openedAt": run.opened_at.isoformat(),
        "closedAt": run.closed_at.isoformat(),
    }
    created = {"kind": kind, "product": run.creates, "customer": customer}
    for number, (first, last, at) in enumerate(_passes(run, splice), start=1):
        yield {
            "type": "unitProcessed" if run.creates is None else "unitCreated",
            "id": f"units-{run.id}" if number == 1 else f"units-{run.id}-{number}",
            "happenedAt": at.isoformat(),
            "source": run.line,
            "run": header,
            "units": list(run.units[first - 1 : last]),
            "firstSequence": first,
            **({} if run.creates is None else created),
        }
    closing = {"happenedAt": run.closed_at.isoformat(), "source": run.line, "run": run.id}
    if run.feedings:
        feeds = [_feed(feeding) for feeding in run.feedings]
        yield {"type": "feed", "id": f"feeds-{run.id}", **closing, "feeds": feeds}
    yield {"type": "unitCompleted", "id": f"completed-{run.id}", **closing, "units": list(run.units)}


def _passes(run: PlannedRun, splice: Splice | None) -> Iterator[tuple[int, int, datetime]]:
    """Yield which units passed when: those within a splice's zone were counted apart."""
    if splice is None:
        yield 1, len(run.units), run.opened_at
        return
    yield 1, splice.first - 1, run.opened_at
    yield splice.first, splice.last, splice.at
    if splice.last < len(run.units):
        yield splice.last + 1, len(run.units), splice.over_at


def _feed(feeding: Feeding) -> dict[str, Any]:
    use = feeding.placement.part.use
    fed: dict[str, Any] = {
        "package": _label(feeding),
        "sequenceFrom": feeding.first,
        "sequenceTo": feeding.last,
        "quantityPerUnit": feeding.placement.quantity,
        "basis": BASIS_OF_USE[use].value,
    }
    if use is PartUse.PLACED:
        fed["slot"] = feeding.placement.slot
    if use not in _WITHOUT_POSITION:
        fed["designators"] = list(feeding.placement.designators)
    return fed


def _label(feeding: Feeding) -> str:
    return feeding.label or feeding.package.label


def _tested(
    event: str, units: Sequence[str], result: str, at: datetime, *, test: str = _TEST
) -> Iterator[dict[str, Any]]:
    if units:
        yield {
            "type": "tested",
            "id": event,
            "happenedAt": at.isoformat(),
            "source": "test bay",
            "units": list(units),
            "result": result,
            "test": test,
        }


def _rework_events(rework: Rework, number: int) -> Iterator[dict[str, Any]]:
    designator = rework.removed.placement.designators[0]
    place = {"source": "repair bench", "operator": f"op-{number % 4 + 1}"}
    yield {
        "type": "removed",
        "id": f"removed-{number:04d}",
        "happenedAt": rework.at.isoformat(),
        **place,
        "unit": rework.board,
        "package": _label(rework.removed),
        "designators": [designator],
        "quantity": 1,
        "reason": f"{_TEST} failed at {designator}",
    }
    yield {
        "type": "consumed",
        "id": f"replaced-{number:04d}",
        "happenedAt": (rework.at + _STEP).isoformat(),
        **place,
        "unit": rework.board,
        "package": rework.replacement.label,
        "designators": [designator],
        "quantity": 1,
        "basis": "manual",
    }
    yield from _tested(f"ict-repaired-{number:04d}", [rework.board], "passed", rework.at + 2 * _STEP)
