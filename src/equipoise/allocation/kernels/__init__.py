"""The loop of minimisation over many runs, compiled with numba and in plain numpy; `vocabulary.loops` chooses."""
