"""The analysis plan, executed as it was written."""
