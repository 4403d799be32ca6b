"""How well answers are read: rows of a table, played at their questions through the real reader and core."""
