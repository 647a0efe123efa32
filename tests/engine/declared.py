"""Section 5: what is declared of units, packages, runs, shipments and receipts."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from engine.names import Holder, Unit
from engine.vocabulary import Json, Key, Line, form, receipt_id, run_declared, run_id

_AS_WRITTEN = {"counted", "openedAt", "closedAt"}


class Declarations:
    """Every statement, by thing and member; the one that holds as of a time."""

    def __init__(self, lines: Iterable[tuple[Line, dict]], as_of: datetime) -> None:
        self._as_of = as_of
        self._said: dict[Any, dict[str, list[tuple[Key, Any]]]] = defaultdict(lambda: defaultdict(list))
        for line, means in lines:
            self._read(line, means)

    def _read(self, line: Line, means: dict) -> None:
        whole = line.whole
        if line.kind == "unitCreated" and "unit" in means:
            self._add(line, means["unit"], whole, ("kind", "product", "customer"))
        if line.kind == "packageCreated" and "package" in means:
            said = dict(whole, receipt=receipt_id(whole["receipt"]) if whole.get("receipt") else None)
            members = ("kind", "internalPartNumber", "receipt", "dateCode")
            self._add(line, means["package"], said, members)
        if line.kind == "receipt":
            self._add(line, ("receipt", receipt_id(whole)), whole, ("from", "owner", "counted"))
        if line.kind == "shipped":
            self._add(line, ("shipment", form(whole["shipment"])), whole, ("order", "customer"))
            if whole.get("order") is not None:  # [11] whom the same statement names
                order_for = {"orderFor": whole.get("customer") or ""}
                self._add(line, ("shipment", form(whole["shipment"])), order_for, ("orderFor",))
        if run_id(whole.get("run")) is not None:
            said = run_declared(whole)
            self._add(line, ("run", run_id(whole["run"])), said, tuple(said))

    def _add(self, line: Line, thing: Any, said: Json, members: tuple[str, ...]) -> None:
        for member in members:
            if said.get(member) is not None:
                value = said[member] if member in _AS_WRITTEN else form(said[member])
                self._said[thing][member].append((line.key, value))

    def _holding(self, thing: Any, at: datetime | None = None) -> Json:
        """[5] Return each member by itself: the latest at the time, before the first one the first."""
        found = {}
        for member, statements in self._said.get(thing, {}).items():
            ordered = sorted(statements, key=lambda each: each[0])
            past = [value for key, value in ordered if key[0] <= (at or self._as_of)]
            found[member] = past[-1] if past else ordered[0][1]
        return found

    def unit(self, one: Unit) -> Json:
        # [D11] Nobody said a kind: what is only known as a container is one, all else is a board.
        kind = "container" if all(each.scheme == "container" for each in one) else "board"
        return {"kind": kind} | self._holding(one)

    def package(self, one: Holder) -> Json:
        return self._holding(one)

    def run(self, run: str) -> Json:
        return self._holding(("run", run))

    def station(self, run: str, at: datetime) -> str:
        """[7.8] Return where a run was said to be at a time."""
        return form(self._holding(("run", run), at).get("station"))

    def shipment(self, shipment: str) -> Json:
        return self._holding(("shipment", shipment))

    def receipt(self, receipt: str) -> Json:
        return self._holding(("receipt", receipt))
