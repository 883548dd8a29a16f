"""Migrations: a file of an older shape becomes one of the models' shape, whole or not at all.

`start.py` is asked at every start, and looks no further if nothing has changed; everything else is loaded only when something has.
"""
