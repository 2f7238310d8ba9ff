"""The window: pages ask services for rows, hand calls to tasks, and decide nothing about the domain.

What is worth knowing before something here is changed:

The window's thread reads no store. A page asks with `Tasks.fetch` and paints what it has; forms, choices and counts wait for `off_the_window`.
`tests/ui/off_the_window.py` refuses the store on that thread while every page, list, button and command is driven. A list hands over its first rows
before the rest (`lists.listed`, `model.complete`), and its record is read after it is painted. `Tasks.news` grows with all that may make a page old;
a page is read on a visit only if it has grown since (`MainWindow.go`), and a hidden page never. Pages that also show what lies outside the store say
so (`looks_outside`). Labels remember their heights and rows of a record are kept (`common.Words`, `Rows`). Many rows are put in out of sight
(`common.filling`); of many links a section shows the first forty and a button opens the list of all (`sections/base.add_links`).

The keyboard's place (`ui/widgets/place_kept.py`): `common.clear` notes the widget that has the keyboard and gives it back to the one of the same
name, or in its place, once the layout is filled.

A lost server (`ui/tasks.py`): a write marked `again` (setting a cell, which may be done twice) waits and is done when the server is back; anything
else says that it was not done. Looking for news runs on the reader's lane: a server that does not answer must not hold the window.

What a list's filter means is one question (`services/found_words.py`), asked by search, palette and lists alike: an exact record first, then words,
then whoever is called so. Messages (`ui/widgets/strip.py`) take room at the foot of the layout: the scenes keep them from going by themselves. Spoken
(`ui/spoken.py`): `announcer.say`, and labels with the property `heading` are headings; their interfaces are kept until Qt deletes the label, and then
only forgotten.

Leaving a field (`RecordPane.leave`, `left_over`): closing the window, another theme and another record hand over what is typed, and what was refused
is asked about. File dialogs are Qt's own, not the system's, which hear no key of ours and so stood there under quick exit.

The screen hidden (`ui/widgets/guard.py`): quick exit and the lock hide every window behind one of their own, and an event filter of the application
(which looks at an event's class first: asking for its type is dear, and a page sends ten thousand) lets nothing through; `messages.run` replaces
`exec`, so a dialog waits behind with its words kept. Choices are `widgets/choice.py`, forms `dialogs/form.py`.
"""
