"""Thin Qt models over rows that services give."""
