"""Live queries: what drawings read, and who is concerned by a change."""
