"""The sections of the report, in the order of reading.  Each function takes inputs and gives blocks."""
