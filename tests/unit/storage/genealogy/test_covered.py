"""Coverage is counted by sets of units: reported, in each run, of each part type that was asked for."""

from aas_registry.domain.events import Basis
from aas_registry.storage.genealogy.covered import Covered

CAP, DIODE = 7, 8
BOTTOM, TOP = 100, 200


def covered(*asked):
    units = Covered(asked=set(asked))
    units.add_passes(BOTTOM, [1, 2, 3], completed=False)
    units.add_passes(TOP, [1, 2, 3], completed=True)
    return units


def test_a_pass_that_is_silent_of_a_run_in_which_the_type_is_used_is_not_whole():
    units = covered(CAP)
    units.add_uses(CAP, Basis.MACHINE, BOTTOM, [1, 2])
    units.add_uses(CAP, Basis.MACHINE, TOP, [1, 3])
    assert units.reported() == {1, 2, 3}
    assert units.whole() == {1}


def test_a_report_without_a_run_stands_for_one_silent_pass_only():
    units = covered(CAP)
    units.add_uses(CAP, Basis.MACHINE, BOTTOM, [1])
    units.add_uses(CAP, Basis.SETUP, TOP, [1])
    units.add_uses(CAP, Basis.MANUAL, None, [2, 3])
    assert units.whole() == {1} - {1}
    units.add_uses(CAP, Basis.MANUAL, None, [1])
    assert units.whole() == {1}


def test_every_part_type_that_was_asked_for_is_wanted():
    units = covered(CAP, DIODE)
    units.add_uses(CAP, Basis.MACHINE, None, [1, 2])
    assert units.whole() == set()
    units.add_uses(DIODE, Basis.MACHINE, None, [2, 3])
    assert units.whole() == {2}


def test_what_is_only_assumed_is_counted_and_no_report():
    units = covered(CAP)
    units.add_uses(CAP, Basis.BACKFLUSH, None, [1, 2])
    assert units.reported() == units.whole() == set()
    assert units.by_kind() == {(CAP, Basis.BACKFLUSH): {1, 2}}


def test_a_unit_that_passed_none_of_the_runs_is_not_counted():
    units = covered(CAP)
    units.add_uses(CAP, Basis.MACHINE, TOP, [4])
    assert units.used == {}
    assert units.every == {1, 2, 3}
    assert set(units.completed) == {TOP}


def test_of_no_part_type_nothing_is_whole():
    assert covered().whole() == set()
