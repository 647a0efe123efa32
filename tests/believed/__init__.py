"""The comparison of the second engine (`engine`) with the product: one plant, asked twice.

`told` asks the product, `expected` the engine; both answer in the same words, by names instead of ids.
`found` holds plants about which they once differed; `not_built` says what is not compared, and why.
"""
