"""The second engine: raw events replayed into dictionaries, questions answered by brute force.

Written from docs/semantics.md and the event schema; shares no code with the product. Numbers in
comments, such as [4.3], are those of semantics.md; [D7] is a row of decisions.md, where that
page is silent.
"""
