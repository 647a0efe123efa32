"""AAS packages: AASX in and out, and the packages that stand for one lot."""
