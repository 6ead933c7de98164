"""The REST API: what the pages do, for programs; the same rules, the same access table, the same refusals."""
