"""Documents in PDF that the registry itself writes."""
