"""What a registry's prose says: passages, times, doses, measures, numbers of people, spelling."""
