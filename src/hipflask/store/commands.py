"""`hipflask db …`: what one does with a store by hand.

Here is only the group; each part of the store brings its commands. They import what is heavy when they run, because every
start of an app adds this group to its command line.
"""

from __future__ import annotations

import click

db = click.Group("db", help="Look after the app's data: migrations, backups, checks, tables in and out.")
