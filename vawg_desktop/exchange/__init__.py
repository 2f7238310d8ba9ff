"""Files in and out: workbooks, trackers, lists. Knows no store.

What is worth knowing before something here is changed:

How documents look (`exchange/look.py`): `outputs.document` gives each the office's colour and logo; the five writers do the rest. Returns keep our
colours, by which a partner's are told from them.

Documents (`exchange/document.py`): what leaves the window is a document that knows no format (title, headings, paragraphs, lists, quotes, tables,
figures, marking, as-at), filled by a service (`services/outputs.py`) and written by `document_docx.py`, `document_odt.py`, `document_pdf.py` (typst;
its page is `resources/papers/document.typ`, which gets the words as JSON and so never as markup) or `document_book.py` (both spreadsheets, on the
return's own writers). `document_columns.py` divides the page among columns for all; `document_tables.py` puts tables of Word and `.odt` in as text,
since node by node 20,000 rows took two minutes. `tests/exchange/test_document.py` reads what each writes back with other programs: one document in
all five, documents at random in four (`.ods` takes LibreOffice). A PDF's letters are of our own font, then of typst's; only for letters that these
lack are the machine's fonts looked at (the design has none of them: a name in another script would not print). `services/restriction.py` says which
records stay here (restricted ones with their parts, quotes that are not ready, figures under embargo); `tests/ui/test_what_leaves.py` tries every
page's copies and papers. A PDF of more than 1,500 rows is set in a child process (`pdf_child.py`): 20,000 rows take two gigabytes.
"""
