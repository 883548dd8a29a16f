"""Tables out and in: CSV and JSON lines."""
