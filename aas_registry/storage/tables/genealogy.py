"""The genealogy projection: derived from events, and rebuildable from them.

Two times everywhere: ``valid_*`` is when it happened, ``recorded_*`` is when the registry
knew. A row is never deleted and its meaning never changed: what was ended by rework gets an
end in ``valid_to`` (or a row that says so), what is known better now gets ``recorded_to``.
``event`` says so. ``certainty`` is 0 exact, 1 possible, 2 assumed: of a path the maximum counts.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, SmallInteger, Table, Text

from aas_registry.storage.column_types import IndexedWord, Instant, Quantity
from aas_registry.storage.tables.base import (
    declared_columns,
    id_column,
    index_of_few,
    metadata,
    place_column,
    ranked_columns,
    recorded_columns,
    ref_column,
    site_column,
)

# What an event says that a thing is: the members that it gives.
declaration = Table(
    "declaration",
    metadata,
    site_column(),
    id_column(),
    ref_column("item"),
    Column("kind", Text, nullable=False),  # receipt | package | run | unit | shipment
    Column("members", Text, nullable=False),  # JSON
    Column("happened_at", Instant, nullable=False),
    *ranked_columns(),
    *recorded_columns(),
    Index("ix_declaration_item", "site", "item"),
    Index("ix_declaration_event", "site", "event"),
)

receipt = Table(
    "receipt",
    metadata,
    site_column(),
    id_column(),
    Column("delivery_note", Text, nullable=False),
    Column("delivery_note_key", Text, nullable=False),
    Column("line", Text),
    ref_column("source", nullable=True),  # item of kind party: who sent it
    ref_column("owner", nullable=True),  # item of kind party: whose stock it is (consigned)
    Column("counted", Quantity),
    Column("unit_of_measure", Text),
    Column("received_at", Instant, nullable=False),
    *declared_columns(),
    Index("ix_receipt_delivery_note", "site", "delivery_note_key"),
    Index("ix_receipt_source", "site", "source"),
)

# The lots that a line of a delivery note says it delivers.
receipt_lot = Table(
    "receipt_lot",
    metadata,
    site_column(),
    id_column("receipt"),
    id_column("lot"),
    id_column("event"),
    Column("recorded_from", Instant, primary_key=True),
    Column("recorded_to", Instant),
    Index("ix_receipt_lot_lot", "site", "lot"),
)

# ISA-95 material sublot: a reel, tray or tube.
package = Table(
    "package",
    metadata,
    site_column(),
    id_column(),
    Column("kind", Text),
    Column("internal_part_number", Text),
    Column("internal_part_number_key", Text),
    Column("date_code", Text),  # as printed on its label
    Column("date_code_key", Text),
    ref_column("receipt", nullable=True),
    *declared_columns(),
    Index("ix_package_receipt", "site", "receipt"),
    Index("ix_package_part_number", "site", "internal_part_number_key"),
    Index("ix_package_date_code", "site", "date_code_key"),
)

package_state = Table(
    "package_state",
    metadata,
    site_column(),
    id_column(),
    ref_column("package"),
    Column("state", Text, nullable=False),  # received | opened | dryCabinet | baked | blocked | …
    Column("valid_from", Instant, nullable=False),
    *recorded_columns(),
    Index("ix_package_state_package", "site", "package", "valid_from"),
    Index("ix_package_state_event", "site", "event"),
)

# Material flows from `parent` (lot or package) to `child` (package). A small graph.
lot_link = Table(
    "lot_link",
    metadata,
    site_column(),
    id_column(),
    ref_column("parent", nullable=True),  # null: it is not known which
    ref_column("child"),
    Column("kind", IndexedWord, nullable=False),  # receipt | split | merge | relabel | splice
    Column("quantity", Quantity),
    Column("grey_zone", Quantity),
    ref_column("zone_run", nullable=True),  # of a splice: the run, and its number, with which the zone ends
    Column("zone_to", BigInteger),
    Column("zone_until", Instant),
    Column("unit_of_measure", Text),
    Column("certainty", SmallInteger, nullable=False),
    Column("basis", Text, nullable=False),
    Column("valid_from", Instant, nullable=False),
    place_column(),
    *recorded_columns(),
    Index("ix_lot_link_parent", "site", "parent", "child"),
    Index("ix_lot_link_child", "site", "child", "parent"),
    Index("ix_lot_link_event", "site", "event"),
    # Every use asks whether its package was spliced: few are.
    index_of_few("ix_lot_link_splice", "site", "child", where="kind = 'splice'"),
)

# Derived from links: what a package held from one time to another (domain.fillings). Of a package
# itself there is a row only where that does not always hold: its label went on with another reel.
filling = Table(
    "filling",
    metadata,
    site_column(),
    id_column(),
    ref_column("package"),
    ref_column("source", nullable=True),  # lot, or package that it came from; null: nobody said the lot
    Column("is_package", Boolean, nullable=False),
    Column("certainty", SmallInteger, nullable=False),
    Column("since", Instant),  # what it follows from happened then, where it holds for earlier times
    Column("asked_until", Instant),  # as of that time, and later ones, something else follows
    Column("valid_from", Instant),
    Column("valid_to", Instant),
    Column("recorded_from", Instant, nullable=False),
    Column("recorded_to", Instant),
    Index("ix_filling_package", "site", "package", "source"),
    Index("ix_filling_source", "site", "source", "package"),
)

run = Table(
    "run",
    metadata,
    site_column(),
    id_column(),
    Column("line", Text),
    ref_column("station", nullable=True),  # item of kind station
    Column("side", Text),
    Column("operation", Text),
    Column("program", Text),
    Column("revision", Text),
    Column("opened_at", Instant),
    Column("closed_at", Instant),
    *declared_columns(),
    Index("ix_run_line", "site", "line"),
    Index("ix_run_station", "site", "station"),
)

unit = Table(
    "unit",
    metadata,
    site_column(),
    id_column(),
    Column("kind", Text, nullable=False),  # panel | board | assembly | product | container
    ref_column("product", nullable=True),  # item of kind product
    ref_column("customer", nullable=True),  # item of kind party
    Column("created_at", Instant, nullable=False),
    *declared_columns(),
    Index("ix_unit_customer", "site", "customer"),
    Index("ix_unit_product", "site", "product"),
)

# What is told of a pass of a unit through a run, or (of no run) through the run that has the id of
# the station. A use in one unit outside a run is a feed of the run that has the unit's own id, with
# the unit at sequence 1 (event 0).
run_unit = Table(
    "run_unit",
    metadata,
    site_column(),
    id_column("run"),
    id_column("seq"),
    id_column("unit"),
    id_column("event"),
    Column("passed_at", Instant),
    ref_column("station", nullable=True),  # where the pass itself says it
    Column("lane", Text),
    Column("transaction_id", Text),
    Column("slots", Text),  # which the report of it names; their keys, one a line
    Column("recorded_from", Instant, primary_key=True),
    Column("recorded_to", Instant),
    Index("ix_run_unit_time", "site", "run", "passed_at"),
    index_of_few("ix_run_unit_station", "site", "station", "passed_at", where="station IS NOT NULL"),
    Index("ix_run_unit_unit", "site", "unit", "run", "seq"),
    Index("ix_run_unit_event", "site", "event"),
)

# A package feeds a range of consecutive units of a run: units that become known later too.
feed = Table(
    "feed",
    metadata,
    site_column(),
    id_column(),
    ref_column("run"),
    Column("seq_from", BigInteger, nullable=False),
    Column("seq_to", BigInteger, nullable=False),
    ref_column("package"),
    ref_column("context_run", nullable=True),  # of a use in one unit: the run where it took place
    Column("slot", Text),
    Column("slot_key", Text),
    Column("feeder", Text),
    Column("designators", Text),  # one a line
    Column("quantity_per_unit", Quantity),
    Column("unit_of_measure", Text),
    Column("basis", Text, nullable=False),
    Column("certainty", SmallInteger, nullable=False),
    Column("alternative_group", Text),
    Column("valid_from", Instant, nullable=False),  # when it began, where that was said; else its event
    Column("valid_to", Instant),
    Column("counts_from", Instant),  # its event is dated ahead: before that time nothing of it counts
    place_column(),
    *recorded_columns(),
    Index("ix_feed_package", "site", "package", "run", "seq_from", "seq_to"),
    Index("ix_feed_run", "site", "run", "seq_from", "seq_to"),
    Index("ix_feed_event", "site", "event"),
)

# Fact: something was taken out of a unit.
removal = Table(
    "removal",
    metadata,
    site_column(),
    id_column(),
    ref_column("unit"),
    ref_column("package", nullable=True),
    Column("designators", Text),
    Column("quantity", Quantity),
    Column("unit_of_measure", Text),
    Column("reason", Text),
    Column("happened_at", Instant, nullable=False),
    *ranked_columns(),
    *recorded_columns(),
    Index("ix_removal_unit", "site", "unit"),
    Index("ix_removal_package", "site", "package"),
    Index("ix_removal_event", "site", "event"),
)

# Derived from removals and feeds: from `valid_to` on, the unit no longer holds these parts
# of the feed; where `closes`, none of them.
feed_void = Table(
    "feed_void",
    metadata,
    site_column(),
    id_column(),
    ref_column("feed"),
    ref_column("unit"),
    Column("designators", Text),
    Column("quantity", Quantity),
    Column("closes", Boolean, nullable=False),
    Column("reason", Text),
    Column("valid_to", Instant, nullable=False),
    Column("counts_from", Instant),  # as of times from this one on, and before the next, it was taken of this
    Column("counts_until", Instant),  # use; null: as of any
    *recorded_columns(),
    Index("ix_feed_void_feed", "site", "feed", "unit"),
    Index("ix_feed_void_unit", "site", "unit"),
)

# Fact: a unit was put into, or taken out of, another; was shipped; came back.
movement = Table(
    "movement",
    metadata,
    site_column(),
    id_column(),
    ref_column("unit"),
    Column("action", IndexedWord, nullable=False),  # attach | detach | ship | return
    ref_column("target", nullable=True),  # parent unit, or shipment
    Column("relation", Text),  # partOf | panelOf | packedIn
    Column("position", Text),
    Column("reason", Text),
    Column("happened_at", Instant, nullable=False),
    *ranked_columns(),
    *recorded_columns(),
    Index("ix_movement_unit", "site", "unit"),
    Index("ix_movement_target", "site", "target"),
    Index("ix_movement_event", "site", "event"),
    # What came back is asked for with all that moved: little does.
    index_of_few("ix_movement_return", "site", "unit", where="action = 'return'"),
)

# Derived from movements: a unit has at most one parent at a time.
containment = Table(
    "containment",
    metadata,
    site_column(),
    id_column(),
    ref_column("child"),
    ref_column("parent"),
    Column("relation", IndexedWord, nullable=False),
    Column("position", Text),
    Column("valid_from", Instant, nullable=False),
    Column("valid_to", Instant),
    Column("ended_by", BigInteger),  # event
    *recorded_columns(),
    Index("ix_containment_child", "site", "child", "valid_from"),
    Index("ix_containment_parent", "site", "parent", "valid_from"),
    # Every where-used asks what was on the panels that it met: most plants report none.
    index_of_few("ix_containment_panel", "site", "parent", where="relation = 'panelOf'"),
)

shipment = Table(
    "shipment",
    metadata,
    site_column(),
    id_column(),
    Column("order_number", Text),
    Column("order_key", Text),
    Column("order_for", BigInteger),  # the customer that the statement of the order names; 0: nobody
    ref_column("customer", nullable=True),  # item of kind party
    *declared_columns(),
    Index("ix_shipment_customer", "site", "customer"),
    Index("ix_shipment_order", "site", "order_key"),
)

# Derived from movements: where a unit or container went, until it came back.
shipped = Table(
    "shipped",
    metadata,
    site_column(),
    id_column(),
    ref_column("unit"),
    ref_column("shipment"),
    Column("valid_from", Instant, nullable=False),
    Column("valid_to", Instant),
    Column("ended_by", BigInteger),
    *recorded_columns(),
    Index("ix_shipped_unit", "site", "unit", "valid_from"),
    Index("ix_shipped_shipment", "site", "shipment"),
)

test_result = Table(
    "test_result",
    metadata,
    site_column(),
    id_column(),
    ref_column("unit"),
    ref_column("run", nullable=True),
    Column("test", Text),
    Column("result", Text, nullable=False),  # passed | failed | error | aborted
    Column("happened_at", Instant, nullable=False),
    *recorded_columns(),
    Index("ix_test_result_unit", "site", "unit", "happened_at"),
    Index("ix_test_result_event", "site", "event"),
)

# What became of the quantity of a package (or of a receipt, or lot): a gap is shown, never hidden.
quantity_entry = Table(
    "quantity_entry",
    metadata,
    site_column(),
    id_column(),
    ref_column("item"),
    Column("kind", Text, nullable=False),  # label | counted | used | reversed | splitOut | splitIn | …
    Column("quantity", Quantity, nullable=False),
    Column("unit_of_measure", Text),
    Column("happened_at", Instant, nullable=False),
    *recorded_columns(),
    Index("ix_quantity_entry_item", "site", "item"),
    # How much was in a package: its uses are many.
    index_of_few("ix_quantity_entry_inside", "site", "item", where="kind IN ('label', 'counted')"),
    Index("ix_quantity_entry_event", "site", "event"),
)

# When a source last spoke: a line that falls silent leaves units without links.
source_heartbeat = Table(
    "source_heartbeat",
    metadata,
    site_column(),
    Column("source", Text, primary_key=True),
    Column("last_event_at", Instant, nullable=False),
    Column("last_recorded_at", Instant, nullable=False),
    Column("events", Integer, nullable=False),
)
