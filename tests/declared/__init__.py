"""What derives from the declarations of records: tried with an entity that no table of names knows."""
