"""One function per intention of the user: a session in, plain rows or Changes out.

What is worth knowing before something here is changed:

Changes (`services/change_list.py`) is one line a transaction, read by key from the log's end, and what stands on a line is counted in SQL for the
lines shown. "What changed" counts through the index of kinds of change. Progress over time is drawn from tallies that each write keeps
(`action_came`, `action_left`), never by reading entries into Python.

Since a board (`domain/movement.py`, pure; `services/since.py`; what officers call a moment is read in `moments.py`: a meeting's title goes before a
date that is written alike): what became of each record between two numbers of the log, net; its entries on the way are read only for those that
moved.

Meetings. `services/agenda.py` proposes what a board could speak of; `meeting_notes.note` keeps a stroke (question, answer, judgement, decision,
status, follow-up) in one transaction. Which question stands for an item says `item_questions.py`: its own, or the one of an earlier meeting that the
item brings back, which is then answered (`answered_in`, `answered_item`) and not asked anew, unless it was told in private or the earlier meeting
noted more beside it; whether an undertaking is awaited, `undertakings.py`; minutes show each question as it stood at their meeting. What is noted
without a question (a remark, a follow-up, an undertaking) is a challenge that is `noted`, which no count takes for one that was put (`NOT_PUT`);
statuses set in a meeting are read from the log (`meeting_statuses.py`). `ui/pages/meeting_mode.py` holds the meeting; what is half typed is kept as a
`local` draft 150 ms after the first key. The room's window (`ui/widgets/room.py`) is given a `RoomView`, which holds only fields declared with
`room`.

Papers are functions that give a document and its figures, each with the ids it counts (`papers.py`, `minutes.py`, `action_log.py`, `handover.py` on
`paper_parts.py`). `standing.py` says where everything stands now, up to a number of the log, or up to heads that any store can tell; a publication
(`publications.py`) keeps file, figures and heads, and is counted again from these. To add a paper: such a function, a line in `PAPERS`, one in
`commands/papers.py` and one in `ui/pages/papers.py`.

Templates (`exchange/document_template.py`, `services/paper_templates.py`): what a template may name is what the made paper holds (headings, tables,
charts, figures) and `SOMETIMES`, parts that stand only where there is something to tell. Parts too wide for the template's page turn it.

Suppression (`analysis/suppression.py`, on plain numbers): quick bounds, then an attack by linear programming (highspy) over all sums and releases.
`services/kept_back.py` asks it for the numbers that data sets, papers, charts, lists and copies keep back, all by the same words; its `_Family` holds
each version of a number once, told or not. How numbers add up (periods, areas over several levels, titles that begin alike, parts in every period,
totals to date, stages, a rest that nobody entered) is found in `services/sums.py`. `services/harm_disclosure.py` does the same for an extract of
cases: all its tables are one family of counts, and days of harm are shown only where no kind of offence is rare.

Surveys (`exchange/survey_in.py` with `survey_profiles.py`, `survey_questions.py` and `survey_typing.py`; `services/surveys.py`, `survey_results.py`,
`survey_figures.py`): a profile says by which headings a tool is known and which columns are whose; what identifies people never reaches the store.
Results are counted anew from the documents each time; `services/survey_tables.py` decides what is shown of everybody, of each wave, of each group and
of a group within a wave, one after the other, so that no view tells what another hides, `survey_crossings.py` of two questions that can each divide
the other, as one, and `survey_routes.py` of questions that only some were asked; what a few said in their own words is never listed as a choice.
Answers that may tell of danger (`domain/safeguarding.py`) make a `survey_response` as they come (`services/triage.py`). Numbers over time
(`exchange/indicators_in.py`, `services/indicator_in.py`): a kind of file is a line in `_KINDS`.

Coding (`services/readings.py`, `answer_review.py`, `codebooks.py`, `coding.py`, `coding_counts.py`, `coding_desk.py`; `domain/identifying.py`
proposes passages): a *reading* of an answer is a record whose id follows from question, response and what is left of the answer, a coding one whose
id follows from question, response and coder, so copies merge without conflict; what either side took out is out. A reading keeps positions in the
answer as it was given and a digest of what is *left*, never of the answer, by which a name could be guessed: so an answer is known with the words and
without them, shortened twice and given anew, and a coding counts only for the answer that was read. `take_out_originals` rewrites the survey's
documents as a disposal does, earlier answers too, and strips the log; a merge that brings originals back repeats it (`take_out_again`). Of several
coders what all said counts, else what they agreed on, else what the one who coded most said, and every count says so; one codebook is counted at a
time. A coded question is a result of several choices to `survey_results`, and so passes its suppression, in which totals protect nothing: the
undivided result tells them. REFI-QDA (`exchange/refi_qda.py`): a code's id is its guid. `tests/merging/survey_machine.py` does all of it in any order
in three stores.

Case extracts (`exchange/cases_in.py`, `services/harm_measures.py`, `case_extracts.py`): read only on a recorded footing, measured, forgotten; kept
are counts by offence (an offence in several rows is one), no reference, and no label that few have or that may tell who somebody is. A stage is told
only where what is left beside it may be told too.

Requests (`request_search.py` looks everywhere, `requests.py` keeps decisions): a gathered text is kept as its place and digest, never a second time;
`text_at` reads it again. Where words stand in a text, in any spelling, `domain/word_places.py` says. A `Document` that is `redacted` is written as
PDF or CSV alone.

Over time (`services/over_time.py`): cells say who holds a role and what a body is called now; `role` and `former_name` records say who and what
before, and until when. Office settings (`setting`) are stated records, and merge; what one store alone keeps (drafts, views) is `local`.

Returns. What was sent stays as `return.base`; what came back as `submission.content` (read values with cell addresses; `return_rows.py` says which
row is which action, `return_answers.py` what its cells say). The comparison (`return_review.py`) is computed each time a review opens and never
stored; only decisions are; `return_reversal.py` takes a whole return back. A difference may be `held` (in the bin, in conflict, likely personal data,
another row's or column's answers, a shifted row, beside "No change"): no sweep takes it, only a person. Every cell of a file is an answer, equal to
what we sent, or in the tray: nothing else is allowed (`tests/services/test_damaged_ways.py`). Where day and month could be either, the locked due
dates of the same file decide (`date_order`). `leaks.py` looks at rows before they are written (names as `domain/mentions.py` finds them),
`outgoing_check.py` at the written file from outside. `round_standing.py` computes where each partner stands; only steps taken are recorded
(`reminder`). Words of an update (narrative, next step, help wanted) are compared three ways like any cell; what stands is the latest written,
whichever update holds it (`latest_words.py`).

Two forms of return (`ReturnForm` in `domain/return_columns.py`): what a kind of round asks, the record its rows are about, the record in which it is
told, and of each column where its answer is kept (a cell, the update, or a value of an indicator). Everything of returns takes the form from the
round; rows to send are read in `round_rows.py` and `round_services.py`. Every number over time is an `indicator_value`; ids of those that a return
makes follow from service, measure and period (`service_values.py`), so two laptops make one.

Changed since: a link to a source holds the entries that said what the source was when it was cited or looked at again (`link.seen`, written by
`Transaction.link` for the kinds in `domain/citing.py`; cells that are `noted` are no conflict), so every store tells the same after a merge; a link
without it is judged by the log's order (`source_changes.py`), as a quoted figure is (`citations.py`).

A moved answer (`analysis/moved.py`, pure; `return_moved.py`): each column and each set of columns is compared with what was sent for every other row.
A run of cells that repeats other rows' words is held with both readings; one cell alone is not. `return_doubts.py` holds what is plain but not safe;
`return_earlier.py` gives a second file the first one's answers as its base. `answer_counts.py` is the one counter.

Trackers. `tracker_lineage.py`: a `tracker` is a lineage, a `tracker_row` one line of it with what it last held. Both are records, so they merge, and
a second import compares three ways on any machine. `tracker_match.py` decides for all rows of a file together, before anything is written, which
record each speaks of (list, number and words agree), which may be several (asked, with each) and which is new; `tracker_sheets.py` knows sheets that
list the same rows, `tracker_prepare.py` sorts a row's cells by kind of record, `tracker_cells.py` and `tracker_bodies.py` read them,
`tracker_rows.py` goes over all rows and `tracker_write.py` writes, or with `dry` only counts. Whatever is in doubt is a `Problem` with `id` (made of
what the row says, so an answer serves no other row) and `choices`. `tracker_out.py` writes a list back in its own shape.

Updates from a tracker have ids that follow from their row, so that one file makes one update in every store; ids then say nothing of time, and
`derive.newest_first` is the one order of updates.

Words that became records (`services/worded.py`): stages were terms, themes and rights free words, and links to these words stay (a set of links with
`formerly`). What such an end means is looked up when it is read, by the record's title, term or number: the design has a derived column for it, which
would be one more thing to keep true in a merge. An end with no such record stays words. Migration 0006 writes no entry, and a copy of the version
before merges (`tests/cases/stores/schema_5.zip` is one).

The journey (`journey.py`, `questions.py`, `chain.py`, `coverage.py`): each reads the store anew and keeps nothing. The map on screen is a table view
whose cells are painted (`ui/widgets/journey_view.py`), not a widget of our own: arrow keys, tooltips and the accessibility tree come with it. On
paper it is a drawing (`exchange/map_svg.py`) and tables.

Closing (`domain/closing.py`, pure; `services/closing.py`): the door refuses an edit that closes a record while a test is missing; what stands closed
already is looked at by `closing.in_question` and never refused, so that a merge or an older store keeps its closings. What an edit by hand brings
with it or may not do is in `services/edit_rules.py`. A sign-off is a record of its own, made in the closing's transaction. On a server with roles the
closing of recommendations and gaps is kept to approvers by the server.
"""
