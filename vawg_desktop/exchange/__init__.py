"""Files in and out: workbooks, trackers, lists. Knows no store."""
