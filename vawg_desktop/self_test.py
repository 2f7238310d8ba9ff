"""The built program tries every lazy part once: store, workbook out and in, chart, page."""

from __future__ import annotations

import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vawg_desktop.services.session import Session

WORDS = "a passphrase to test with"


def self_test() -> int:
    """0 if everything works, else 1 with the reason on stderr."""
    from vawg_desktop.app import application
    from vawg_desktop.exchange.document_files import WRITERS
    from vawg_desktop.services.outputs import record_document, save_document
    from vawg_desktop.services.return_staging import import_return
    from vawg_desktop.services.rounds import export_returns
    from vawg_desktop.services.sample import load_sample
    from vawg_desktop.services.session import Session
    from vawg_desktop.store import making
    from vawg_desktop.ui.tour import draw_tour

    with tempfile.TemporaryDirectory(prefix="vawg-self-test-") as folder:
        out = Path(folder)
        session = Session(making.create(out / "test.vawg", passphrase=WORDS))
        try:
            load_sample(session)
            made = export_returns(session, period="Test", due="+4w", out=out / "returns")
            for sent in made.returns:
                if import_return(session, Path(sent.file)).differences:
                    sys.stderr.write(f"{sent.file} does not come back unchanged\n")
                    return 1
            if not _comes_back(session, out):
                sys.stderr.write("a working copy does not come back\n")
                return 1
            if not _counts_a_survey(session, out):
                sys.stderr.write("a survey does not come in\n")
                return 1
            application()
            for ending in WRITERS:
                save_document(out / f"record{ending}", record_document(session, "R-0001"))
            pictures = draw_tour(session, out, "light", 1.0, (1366, 768))
        finally:
            session.store.close()
    sys.stdout.write(f"All is well: {len(made.returns)} returns, {len(pictures)} pages.\n")
    return 0


def _counts_a_survey(session: Session, out: Path) -> bool:
    """A survey read by pandas and by the reader of SPSS files, counted, with a small count hidden by the solver."""
    import pyreadstat

    from vawg_desktop.services import survey_results, surveys

    rows = [("Yes", "East")] * 40 + [("No", "East")] * 30 + [("Yes", "West")] * 20 + [("No", "West")] * 3
    (out / "survey.csv").write_text("\n".join(["Safe?,District", *(",".join(r) for r in rows)]), "utf-8")
    surveys.take_in(session, out / "survey.csv")
    answers = surveys.answers(session, str(surveys.find(session, "survey")["id"]))
    hidden = survey_results.result(session, answers, "Safe?", by="District").hidden
    frame: Any = import_module("pandas").DataFrame({"safe": [1.0, 2.0]})
    write: Any = pyreadstat.write_sav
    write(frame, str(out / "survey.sav"))
    taken, _ = surveys.take_in(session, out / "survey.sav")
    return len(answers.rows) == 93 and hidden > 1 and taken.new == 2


def _comes_back(session: Session, out: Path) -> bool:
    """A working copy edited and merged, a backup made and verified, and the server's driver at hand."""
    from vawg_desktop.services import merging, safekeeping
    from vawg_desktop.services.records import create
    from vawg_desktop.services.session import Session
    from vawg_desktop.store import backup as backups
    from vawg_desktop.store import keyring_seam, opening, postgres

    path = out / "copy.vawg"
    merging.copy(session, path)
    with opening.open_beside(path, session.store) as copy:
        create(Session(copy), "gap", {"statement": "made in the copy"})
        brought = merging.merge(session, copy)
    made = safekeeping.back_up(session, out / "backups")
    backups.verify(made, WORDS)
    keyring_seam.recalled(session.store.path)
    postgres.PgEngines(postgres.parse("postgresql://nobody@localhost/none")).close()
    return brought.copied == 1 and not brought.conflicts
