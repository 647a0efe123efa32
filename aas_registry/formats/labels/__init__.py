"""Labels of reels and packages: texts, pictures and vendors' forms."""
