"""Templates and examples of lists, as they are answered."""

from aas_registry.web.schemas.answer import FileAnswer

WORKBOOK = FileAnswer("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "A workbook.")
CSV = FileAnswer("text/csv", "The template: names of the columns.", "Manufacturer;MPN;Lot;Quantity\n")
PDF = FileAnswer("application/pdf", "The certificate of the example's ten lots.")
