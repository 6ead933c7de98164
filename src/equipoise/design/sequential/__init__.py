"""Looking at the data more than once: boundaries that keep alpha, and sizes that are set anew under masking."""
