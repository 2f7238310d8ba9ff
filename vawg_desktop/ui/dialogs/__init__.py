"""A dialog collects a value, returns it, and saves nothing."""
