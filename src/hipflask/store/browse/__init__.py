"""The store as a source of rows for tables and charts: windows onto ten rows or ten million."""
