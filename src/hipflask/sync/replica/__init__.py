"""A store that takes part: what waits to be pushed, what has come, and the connection to the hub."""
