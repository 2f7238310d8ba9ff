"""VAWG Desktop: tracks what became of an inquiry into violence against women and girls."""

__version__ = "0.1.0"
