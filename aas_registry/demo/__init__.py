"""The seeded plant: suppliers, their CAs, packages, events."""
