"""Starts VAWG Desktop: the window with no command, else the command."""


def main() -> None:
    """Entry point. Imports nothing before ``freeze_support``: a reader child must not start the program again."""
    import multiprocessing

    multiprocessing.freeze_support()
    from vawg_desktop.cli import main as run

    raise SystemExit(run())


if __name__ == "__main__":
    main()
