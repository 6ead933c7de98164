"""Whole trials by the thousand: what nature gives, arrays of trials, what is counted, and how the work is shared."""
