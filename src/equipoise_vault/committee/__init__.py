"""The committee's door: members, data pushed in, and closed reports that only members can read."""
