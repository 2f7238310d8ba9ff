"""Measures on plain arrays (DESIGN 2): begun when the evidence part is built."""
