"""From a class with type hints to a table, and what a row can do."""
