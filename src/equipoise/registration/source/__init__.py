"""From bytes to a tree of leaves: one reader per format, and the table that says where each field lies in it."""
