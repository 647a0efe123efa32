"""The comparison of the second engine (`engine`) with the product: one plant, asked twice.

`told` asks the product, `expected` the engine; both answer in the same words, by names instead of ids.
`not_built` lists what the product does not do yet, and leaves it out of the plants.
"""
