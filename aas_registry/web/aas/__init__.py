"""The AAS API (IDTA-01002, Part 2), one module per interface."""
