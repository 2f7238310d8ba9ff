"""Returned tables compared with what was sent: moved cells, orders that somebody made."""
