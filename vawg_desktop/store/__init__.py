"""The store: one encrypted file, one door for writing, one log that is history, undo and merge feed.

What is worth knowing before something here is changed:

Reads go to the driver. `store/reading.py` needs no SQLAlchemy, whose import alone is longer than the first page; it loads behind it, for the schema,
migrations and whatever composes SQL. Counts wait behind the first page too.

Documents out of which two stores took different records (`redacting.DOCUMENTS`): each store's entry holds what the other took out, so a merge strips
every entry that was overwritten, and the disposal is done again where a reading beside the one that stands still names the record (`STATED_BESIDE`;
`vawg_strip` on a server).

A part of a store (`store/splitting.py`, `store/stubs.py`, `services/splitting.py`): rows are chosen, their entries copied, every other entry left as
`entry_stub` (origin, number, hash). A record that only stands in has no `born`: hidden, without a word, and refused to every edit. Whoever walks a
chain steps over stubs (`stubs.Walk`).

Writing. `store.write(who, why, act, about)` gives a `Transaction`; `create`, `edit`, `link`, `delete`. Each logs one entry per record with, per cell,
before, after, the changes overwritten and a salt. Values enter the hash as salted digests, so disposal can take words out and leave the chain whole.
`act` and `about` say what a transaction was for (return, undo, import …) and are how it is found again to be reversed.

Heads. A cell whose only head is the record's creation has no row in `head` (the row's `born` names that entry): 600 actions then need dozens of head
rows, not tens of thousands. Everything else is as designed.

Merge (`merging.py`) copies the other store's unseen entries after checking each one's place in its chain (`incoming_log.py`), then `Rebuild`
(`restating.py`) states the rows touched from all their entries; `history.cells_after` and `conflicts_in` are the one place that says what stands and
what is a conflict, for the door, the merge, repair and rescue alike. A deletion names all heads of the record it saw, and an edit of a deleted record
names its deletion: so "deleted here, changed there" is told from a change made knowingly. Of heads that differ the first stands, or the strictest
where the field declares what protects (`FieldSpec.strictest`, `domain/strictness.py`). New rows are written together (`send_inserts`), with the
register's numbers taken ahead, on a server in blocks; Python's garbage collector waits meanwhile (`gc_pause.py`). References never conflict:
`earlier_reference` keeps every one a record bore.

One spelling of SQL, with `?` marks; `dialect.for_postgres` turns what PostgreSQL spells otherwise. Write only what both have (`IS DISTINCT FROM`,
`instr(…) > 0`, `RETURNING`); `tests/merging/test_postgres.py` compares both engines.

Numbers. A row's local `n` is its number in the register (`subject`) and in search, so that a word's search needs one small index and reads no row.

Sets are rows of one `link` table, id = UUIDv5 of kind and ends; a new many-valued field needs no migration. Aliases and legal holds are links too.

Undo writes reversing entries. Where a colleague changed the cell since, the reversal overwrites only the undone entry, so both values are heads and
the cell shows as conflicted: told by heads (`undoing._stands`), never by equal values. Slips of a date are counted from the log along the road that
stands: a move taken back is none.

Copies between engines (`engine_copy.py`) take every row over in one transaction on each side, so "as at" shows in the copy what it showed in the
original; search is made anew as rows pass. A server's store is migrated in one transaction under a lock.

Who has a store open (`holding.py`): every process holds a shared lock on `X.vawg-open`; restoring and migrating need it alone;
`X.vawg-keys-busy-open` and `X.vawg-moving-busy-open` keep two processes from doing that at once. These files stay: one taken away would leave whoever
waits for it holding a file that nobody else sees. Restoring keeps a journal (`exchanging.py`, `X.vawg-restoring`), which the next opening finishes.
What must be done after a commit (rewriting the file, wiping a held file, stating a record anew after a migration) is a row of `work` written in the
same transaction; `work.finish` runs after it and at every opening. A tombstone is final: `history.cells_after` lets the disposal's entry stand
whatever else was written. Moving the right to number (`moving.py`) and changing keys (`key_changes.py`) are rows of `work` too: cut short anywhere,
the next opening knows which side is true.

One store twice (`forks.py`): where a file was copied by hand, the tail whose first entry is the later gets an origin that follows from that entry's
id, chained anew; everybody who meets both does the same, in any order, and a copy of a copy forks that tail again (`TailComparison` reads another
store's origins as parts). `meta.branches` remembers it, so an old head is still proved (`former_hashes`). `meta.brought_back` keeps when a merge
brought entries of this store's own origins: they bear its time, which `check` must not call altered. `gaps.py` fills what a rescue could not read. A
rescue works on a private copy (`scratch.py`): even to read a database folds in what a crash left beside it. What a restored store left behind
(`meta.left_behind`) is not taken for a log cut short.

As at counts entries by number: those up to the last one received by the moment (`history.known_by`), so one wrong clock spoils no date.

As at (`store/past.py`, `services/as_at.py`, `ui/as_at.py`): a past moment is a private copy of the store out of which the later log entries are
taken; only rows that they touched are stated again, so that it costs what changed since and not what there is (a property holds it to the tables as
they were). Its door is closed for writing, its session has that day for `today`, and the window shows the same pages on it. A meeting's moment is its
board paper's heads, else when it began (`moments.point`).

Roles on a server (`resources/postgres/roles.sql`): `vawg_begin` says who writes and takes the lock, `vawg_append` alone adds to the log (origin,
number, hash, login), and at commit each record named is compared with the log by the SQL twin of `cells_after` (`vawg_heads`: change both).
`Transaction.guarded` and `.approver` are where Python differs. Known limits: derived counts falsified beside an honest edit (`check` tells), and a
whole well-chained laptop under another name, as with any file that is merged.

Private copies (`scratch.py`) are folders held by a lock; what a kill left is wiped at the next start.

Held files go only where no row, no entry of the log and no import names them, and not where `beside` in the file of held files says that they were
kept for another store or a later state of this one (`named_files.unnamed`). What a disposal could not know of is a row of `work` (`dispose_rest`).
"""
