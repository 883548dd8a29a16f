"""What helps while a program is being written: it is loaded anew on every save, and `hipflask new` begins one.

Nothing here is imported without --debug.
"""
