"""The built program tries every lazy part once: store, workbook out and in, chart, page."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path


def self_test() -> int:
    """0 if everything works, else 1 with the reason on stderr."""
    from vawg_desktop.app import application
    from vawg_desktop.services.returns import import_return
    from vawg_desktop.services.rounds import export_returns
    from vawg_desktop.services.sample import load_sample
    from vawg_desktop.services.session import Session
    from vawg_desktop.store import store as stores
    from vawg_desktop.ui.outputs import write_pdf
    from vawg_desktop.ui.tour import draw_tour

    with tempfile.TemporaryDirectory(prefix="vawg-self-test-") as folder:
        out = Path(folder)
        session = Session(stores.create(out / "test.vawg", passphrase="a passphrase to test with"))
        try:
            load_sample(session)
            made = export_returns(session, period="Test", due="+4w", out=out / "returns")
            for sent in made.returns:
                if import_return(session, Path(sent.file)).differences:
                    sys.stderr.write(f"{sent.file} does not come back unchanged\n")
                    return 1
            application()
            write_pdf(out / "list.pdf", session, "Test", ["Ref"], [["R-0001"]])
            pictures = draw_tour(session, out, "light", 1.0, (1366, 768))
        finally:
            session.store.close()
    sys.stdout.write(f"All is well: {len(made.returns)} returns, {len(pictures)} pages.\n")
    return 0
