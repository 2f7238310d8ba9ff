"""Measures on plain arrays (DESIGN 2). Empty until the evidence part needs its first one."""
