"""The window: pages ask services for rows, hand calls to tasks, and decide nothing about the domain."""
