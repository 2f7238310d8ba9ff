"""What is done with a codebook from the coding desk: codes added, merged and split, a new version, to and from other programs, and originals taken out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtWidgets import QMenu, QWidget

from vawg_desktop.services import answer_review, codebooks, coding_exchange, records
from vawg_desktop.services.codebooks import Codebook
from vawg_desktop.services.coding_desk import View
from vawg_desktop.services.coding_exchange import Brought
from vawg_desktop.store.files import write_output
from vawg_desktop.ui.dialogs.codebook import CodeDialog, MergeDialog, SplitDialog
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.outputs import save_file
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.widgets.common import pop_up
from vawg_desktop.ui.widgets.file_dialog import QFileDialog

_BRINGS = "Codebooks and projects (*.qdc *.qdpx *.csv *.tsv *.txt)"
_SAVES = "REFI-QDA codebook (*.qdc)", "Taguette's table of tags (*.csv)"


class Desk(Protocol):
    """The page that has the codebook."""

    tasks: Tasks
    view: View
    open_record: Any

    def window(self) -> QWidget:
        """The window it stands in."""
        ...


def show_menu(desk: Desk, button: QWidget) -> None:
    """All of them in a menu under the desk's button."""
    menu = QMenu(desk.window())
    acts: tuple[tuple[str, Callable[[Desk], object]] | None, ...] = (
        ("Begin one with the inquiry's six themes", begin), ("Add a code …", add), ("Merge codes …", merge), ("Split a code …", split), ("Begin a new version …", new_version), ("Open the codebook", _open),
        None, ("Import a codebook or project …", bring), ("Save the codebook as …", save_codebook), ("Save the coded answers as a project …", save_project),
        None, ("Take the originals out …", take_out_originals),
    )  # fmt: skip
    for act in acts:
        if act is None:
            menu.addSeparator()
        else:
            menu.addAction(act[0], partial(act[1], desk))
    pop_up(menu, button.mapToGlobal(button.rect().bottomLeft()))
    menu.deleteLater()


def _book(desk: Desk) -> Codebook | None:
    if desk.view.codebook is None:
        messages.tell("There is no codebook yet. Codebook, Begin one with the inquiry's six themes, or import one.")
    return desk.view.codebook


def _open(desk: Desk) -> None:
    book = _book(desk)
    if book is not None:
        desk.open_record.emit(book.id)


def begin(desk: Desk) -> None:
    """Begin a codebook with the inquiry's six themes."""
    survey = desk.view.desk.survey
    desk.tasks.write(lambda s: codebooks.start(s, survey)[1], message="A codebook with the inquiry's six themes was begun.")


def add(desk: Desk) -> None:
    """Add a code to the codebook."""
    book = _book(desk)
    if book is None:
        return
    dialog = CodeDialog(desk.window(), book.codes)
    typed = dialog.answer() if dialog.run() else None
    dialog.deleteLater()
    if typed is not None:
        desk.tasks.write(lambda s: records.create(s, codebooks.CODE.key, {**typed, "codebook": book.id})[1], message=f"{typed['title']} was added.")


def merge(desk: Desk) -> None:
    """Put what is under some codes under another."""
    book = _book(desk)
    if book is None:
        return
    dialog = MergeDialog(desk.window(), book.codes, desk.view.counts())
    chosen = dialog.answer() if dialog.run() else None
    dialog.deleteLater()
    if chosen is not None:
        codes, into = chosen
        desk.tasks.write(lambda s: codebooks.merge_codes(s, codes, into), message="The codes were merged.")


def split(desk: Desk) -> None:
    """Make a code the heading of several new ones."""
    book = _book(desk)
    if book is None:
        return
    dialog = SplitDialog(desk.window(), [c for c in book.codes if not c.heading])
    chosen = dialog.answer() if dialog.run() else None
    dialog.deleteLater()
    if chosen is not None:
        code, titles = chosen
        desk.tasks.write(lambda s: codebooks.split_code(s, code, titles), message="The code was split.")


def new_version(desk: Desk) -> None:
    """Begin the next version of the codebook, with what was changed."""
    book = _book(desk)
    if book is None:
        return
    changed, meant = messages.ask_text("A new version", f"What is changed in version {book.version + 1}? Answers coded from now on are kept apart from those coded before.", long=True, verb="Begin")
    if meant:
        desk.tasks.write(lambda s: codebooks.begin_version(s, book.id, changed), message=f"Version {book.version + 1} was begun.")


def bring(desk: Desk) -> None:
    """Take in a codebook or a coded project."""
    name, _ = QFileDialog.getOpenFileName(desk.window(), "Import a codebook or project", "", _BRINGS)
    if not name:
        return
    survey, told = desk.view.desk.survey, list[Brought]()

    def work(session: Any) -> Any:
        told.append(coding_exchange.bring(session, Path(name), survey=survey))
        return told[-1].changes

    desk.tasks.write(work, then=lambda _: messages.tell(told[-1].sentence()))


def save_codebook(desk: Desk) -> None:
    """Save the codebook for another program."""
    book = _book(desk)
    if book is None:
        return
    chosen, kind = QFileDialog.getSaveFileName(desk.window(), "Save the codebook", f"{book.title}.qdc", ";;".join(_SAVES))
    if chosen:
        path = Path(chosen) if Path(chosen).suffix else Path(f"{chosen}.{'csv' if kind == _SAVES[1] else 'qdc'}")
        ending = path.suffix.removeprefix(".").casefold()
        desk.tasks.make_file(lambda s: _written(path, coding_exchange.codebook_file(s, book.id, ending)), lambda p: messages.tell(f"Saved: {p}."))


def _written(path: Path, content: bytes) -> Path:
    write_output(path, content)
    return path


def save_project(desk: Desk) -> None:
    """Save the answers that were looked at, with their codings, for another program; they leave the program's protection, which is asked first."""
    book, view = _book(desk), desk.view
    answers, question = view.answers, view.question
    if book is None or answers is None:
        return
    if messages.ask("Save as a project", "The answers that were looked at go into a file that any program can read: without what was taken out, and OFFICIAL-SENSITIVE. Keep it where such files are kept.", "Save"):
        save_file(desk.window(), desk.tasks, str(answers.survey["title"]), "REFI-QDA project (*.qdpx)", lambda s: coding_exchange.project_file(s, answers, question, book.id))


def take_out_originals(desk: Desk) -> None:
    """Write the survey's answers without what was taken out of them, for good."""
    answers, count = desk.view.answers, desk.view.originals
    if answers is None or not count:
        messages.tell("No answer holds words that were taken out.")
        return
    text = f"{count:,} {'answer holds' if count == 1 else 'answers hold'} words that were taken out of what is shown. They are taken out of the store for good, and nobody can bring them back. Backups hold them until they age out."
    if messages.ask("Take the originals out", text, "Take them out"):
        desk.tasks.write(lambda s: answer_review.take_out_originals(s, answers))
