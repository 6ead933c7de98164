"""The views: each gathers what a person intends, asks the desk, and shows the answer or the refusal."""
