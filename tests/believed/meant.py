"""What the names of a question mean to the second engine, and what is answered about them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from engine.answers import where_used
from engine.asked import Asked
from engine.names import Holder
from engine.replay import View
from engine.scopes import Scope
from engine.vocabulary import form

from believed.subjects import About, Subject, several, told_of

Candidates = dict[Any, Asked]


@dataclass(frozen=True)
class Asker:
    """Who asks: at the two times, and what is on record at all (``known``: as of now, as it was recorded)."""

    view: View
    known: View
    customer: str | None

    def sees(self, asked: Asked) -> bool:
        """[11] Answer whether something exists for whoever asks: theirs hold it, or once did."""
        scope = Scope(self.known, self.customer)
        return self.customer is None or bool(where_used(self.known, asked, scope=scope, ever=True))


def about(asker: Asker, subject: Subject, told: Any) -> About:
    """Return what is answered; ``told`` words the rows of one meaning."""
    refused, meanings = [], []
    is_single = len(subject.named) == 1
    for kind, name in subject.named:
        found = _candidates(asker.known, kind, name, subject.sender)
        if len(found) > 1 or not is_single:
            found = {each: asked for each, asked in found.items() if asker.sees(asked)}
        if kind == "receipt" and len(found) > 1:
            return several(found)
        if found:
            meanings.append(list(found.values()))
        elif asker.customer is not None and not is_single:
            refused.append((kind, name))
    scope = Scope(asker.view, asker.customer or subject.customer)
    combined = product(*meanings) if meanings else []
    return told_of((told(_all_of(each, subject), scope) for each in combined), refused)


def _all_of(meanings: tuple[Asked, ...], subject: Subject) -> Asked:
    members = ("lots", "packages", "receipts", "date_codes", "part_numbers")
    every = {member: frozenset().union(*(getattr(each, member) for each in meanings)) for member in members}
    note = form(subject.note) if subject.note else None
    return Asked(**every, first_date=subject.first_date, last_date=subject.last_date, note=note)


def _candidates(known: View, kind: str, name: Any, sender: str | None) -> Candidates:
    if kind == "lot":
        return {name: Asked(lots=frozenset({name}))}
    if kind == "package":
        return {one: Asked(packages=frozenset({one})) for one in _labelled(known, form(name))}
    if kind == "receipt":
        found = dict.fromkeys(each for each, note in _receipts(known) if note == form(name))
        wanted = [each for each in found if sender is None or each == form(sender)]
        return {each: Asked(receipts=frozenset({f"{each}|{form(name)}"})) for each in wanted}
    if kind == "dateCode":
        return {name: Asked(date_codes=frozenset({form(name)}))}
    return {name: Asked(part_numbers=frozenset({form(name)}))}


def _labelled(known: View, label: str) -> list[Holder]:
    """[4.5] Return the packages with a label: those that events name, else those that lists announce."""
    names = [each for each in known.names.names("package") if each.value == label]
    listed = {
        one: {"", lot.manufacturer}
        for one, lots in known.packages.direct.items()
        for lot in lots
        if one.scheme == "announced" and one.value == label
    }
    issuers = {each.issuer for each in names}
    announced = [one for one, theirs in listed.items() if theirs.isdisjoint(issuers)]
    return [*(one for each in names for one, _ in known.names.reigns(each)), *announced]


def _receipts(known: View) -> Iterator[tuple[str, str]]:
    """[4.2] Yield the sender and the delivery note of everything that is said to have been received."""
    for line in known.standing.lines:
        said = line.whole if line.kind == "receipt" else line.whole.get("receipt")
        if said and line.kind in {"receipt", "packageCreated"}:
            yield form(said.get("from")), form(said["deliveryNote"])
