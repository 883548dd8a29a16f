"""What helps while a program is being written: it is loaded anew on every save, and `hipflask new` begins one.

The inspector looks into a program that runs, the dashboard at what servers tell. Nothing of all this is loaded before it is asked for.
"""
