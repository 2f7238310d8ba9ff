"""The speed figures of DESIGN 8, as ratios measured side by side in one run."""
