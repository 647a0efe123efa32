"""One plant, built in the product and in the second engine; what they are asked, and where they differ."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pprint import pformat
from random import Random
from traceback import format_exception

from engine.deliveries import Deliveries
from engine.everything import differences
from engine.plants import CUSTOMERS, FIRST_RECORDED, NOW, at, plants, recorded_at
from engine.record import Recorded
from engine.replay import Plant
from engine.vocabulary import Json, content_of, lines_of
from engine.whole_plants import whole_plants
from hypothesis import strategies as st

from believed import expected
from believed.subjects import Subject, drawn
from believed.told import Asked, ProductPlant
from believed.words import LEVELS

Opener = Callable[[], ProductPlant]


@dataclass(frozen=True)
class Question:
    """Who asks (None: the plant itself), what, and at which times; ``is_late`` as recorded last."""

    customer: str | None
    as_of: datetime | None
    is_late: bool
    levels: tuple[str, ...]
    groups: tuple[str, ...] = ()
    ever: bool = False
    subjects: tuple[Subject, ...] = ()


@dataclass(frozen=True)
class Trial:
    """Events in their order of arrival, and what is asked about them.

    ``early`` are the ids of those that were there at the earlier time of recording. So many events as
    ``batch`` says come in one request. ``way`` tells what happens before anything is asked: nothing
    (``kept``), all is sent again, the projection is rebuilt, or all came in another order.
    """

    events: tuple[Json, ...]
    questions: tuple[Question, ...]
    early: frozenset[str]
    batch: int = 1
    way: str = "kept"

    def requests(self, events: Sequence[Json]) -> list[list[Recorded]]:
        """Return events by request, each with its time of recording."""
        count = sum(each["id"] in self.early for each in self.events)
        told = []
        for begin, end in ((0, count), (count, len(events))):
            for place in range(begin, end, self.batch):
                part = events[place : min(place + self.batch, end)]
                told.append([Recorded(each, recorded_at(place)) for each in part])
        return told

    def differences(self, fresh: Opener) -> str:
        """Return what differs, in words for a person; nothing where all is equal."""
        requests = self.requests(self.events)
        product, engine = fresh(), Plant([each for part in requests for each in part], NOW)
        last = max((part[0].at for part in requests if part[-1].id in self.early), default=FIRST_RECORDED)
        try:
            return self._built(product, engine, last) or self._asked(product, engine, last)
        except Exception as error:  # noqa: BLE001 - whatever it is, the smallest plant tells it best
            return self._shown("".join(format_exception(error)[-6:]), type(error).__name__)

    def _built(self, product: ProductPlant, engine: Plant, last: datetime) -> str:
        """Build the product's plant; return what it answered otherwise than it must."""
        # Also what has no such name any longer is looked for, while it has.
        lines = [line for each in engine.kept if not each.is_list for line in lines_of(each.value)]
        refs = [ref for line in lines for ref in line.refs.values() if ref.kind == "unit"]
        names = sorted({name.value for ref in refs for name in ref.names})
        is_shuffled = self.way == "shuffled"
        for part in self.requests(_reordered(self.events) if is_shuffled else self.events):
            outcomes = product.send([each.value for each in part], part[0].at)
            if self.batch == 1 and not is_shuffled and not part[0].is_list:
                told = (outcomes[0].state == "duplicate", outcomes[0].duplicate_of)
                right = expected.duplicate(engine, part[0])
                if told != right:
                    return self._shown((told, right), f"sent {part[0].id}")
            if part[0].at == last:
                product.meet(names)
        product.meet(names)
        if self.way == "rebuilt":
            product.rebuild()
        if self.way == "resent":
            later = recorded_at(len(self.events) + 1)
            again = [each for each in _reordered(self.events) if each["type"] != "list"]
            states = {each.state.value for each in product.send(again, later)}
            if not states <= {"duplicate"}:
                return self._shown((states, {"duplicate"}), "sent again")
        return ""

    def _asked(self, product: ProductPlant, engine: Plant, last: datetime) -> str:
        then, lots = last + timedelta(seconds=1), expected.lots_named(engine)
        for question in self.questions:
            if self.way == "shuffled" and not question.is_late:
                continue
            times = (question.as_of, None if question.is_late else then)
            what = (question.levels, question.groups)
            who, ever = question.customer, question.ever
            asked = Asked(product.who(who), *times, *what, ever=ever, subjects=question.subjects)
            told = product.answers(asked)
            view, known = engine.view(*times), engine.view(None, times[1])
            right = expected.answers(view, who, lots, *what, ever=ever)
            right |= expected.about(view, known, who, question.subjects)
            wrong = differences(*(_said(each) for each in (told, right)))
            if wrong:
                return self._shown(wrong, f"{question}, {then}")
        told, right = product.waits(), expected.waits(engine.view())
        if told != right:
            return self._shown((told, right), "waits for")
        told, right = product.set_aside(), expected.set_aside(engine)
        return "" if told == right else self._shown((told, right), "states")

    def _shown(self, wrong: object, about: str) -> str:
        events = "\n".join(map(repr, self.events))
        early = " ".join(sorted(self.early & {each["id"] for each in self.events}))
        return f"{events}\n{self.way}, {self.batch} a request, early: {early}\n{about}: product, engine\n{pformat(wrong, width=150)}"

    def _of_one_question(self) -> Iterator["Trial"]:
        for question in self.questions:
            for some in [(), *((each,) for each in question.subjects)]:
                yield replace(self, questions=(replace(question, subjects=some),))

    def smallest(self, differs: Callable[["Trial"], str]) -> str:
        """Leave out questions, and events, many at first, as long as something differs; return what does."""
        trial, shown = self, differs(self)
        for fewer in self._of_one_question():
            if found := differs(fewer):
                trial, shown = fewer, found
                break
        size = len(self.events) // 2
        while size:
            begin, count = 0, len(trial.events)
            while begin < len(trial.events):
                less = replace(trial, events=trial.events[:begin] + trial.events[begin + size :])
                if found := differs(less):
                    trial, shown = less, found
                else:
                    begin += size
            size = size if size == 1 and len(trial.events) < count else size // 2
        return shown


def _reordered(events: Sequence[Json]) -> list[Json]:
    """Return another order of arrival, the same each time; equal events keep theirs [1.2], and lists [4.5]."""
    order = list(events)
    Random(len(events)).shuffle(order)
    alike: dict[str, list[Json]] = {}
    for each in events:
        alike.setdefault(_arrival(each), []).append(each)
    return [alike[_arrival(each)].pop(0) for each in order]


def _arrival(told: Json) -> str:
    return "list" if told["type"] == "list" else content_of(told)


def _said(answers: dict) -> dict:
    # What one of them does not name, and the other answers with nothing, is equal.
    return {question: answer for question, answer in answers.items() if answer}


seeds = st.integers(0, 1 << 64)


@st.composite
def trials(draw: st.DrawFn) -> Trial:
    """Return plants, each asked by the plant twice and by one customer."""
    events = draw(
        st.one_of(
            plants().map(lambda each: each.events),
            whole_plants().map(lambda each: each.events),
            seeds.map(lambda each: Deliveries(each).events()),
        )
    )
    hours = st.integers(0, 12).map(lambda each: datetime.fromisoformat(at(each)))
    early = frozenset(each["id"] for each in events[: draw(st.integers(0, len(events)))])
    some = st.sampled_from([("board",), ("board", "product"), ("board", "shipment"), ("customer",)])
    random = Random(draw(seeds))

    def asked(*, is_plant: bool = True) -> tuple[Subject, ...]:
        return tuple(drawn(random, is_plant=is_plant) for _ in range(3))

    questions = (
        Question(None, None, True, LEVELS, ("customer", "product"), subjects=asked()),
        Question(
            None, draw(hours), draw(st.booleans()), draw(some), ever=draw(st.booleans()), subjects=asked()
        ),
        Question(
            draw(st.sampled_from(CUSTOMERS)),
            draw(st.one_of(st.none(), hours)),
            draw(st.booleans()),
            draw(some),
            ("customer",),
            subjects=asked(is_plant=False),
        ),
    )
    way = draw(st.sampled_from(["kept", "kept", "resent", "rebuilt", "shuffled"]))
    return Trial(events, questions, early, batch=draw(st.sampled_from([1, 3, 20])), way=way)
