"""Equipoise: one randomised, masked, parallel-arm trial as one object, from the registry record to the report."""

__version__ = "0.1.0"
