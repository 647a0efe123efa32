"""Submodel templates: where they lie, what they demand, and what deviates from them."""
