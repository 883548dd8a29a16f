"""`hipflask run --inspect`: a window of its own, in a process of its own, that looks into a running program."""
