"""The store: one encrypted file, one door for writing, one log that is history, undo and merge feed."""
