"""The Python that a bundle takes along: fetched, packed from this computer, or given; trimmed, and the same bytes for all.

    runtime = provide(None, Target.parse("windows"), Cache(), folder=folder)         python-build-standalone's, by the table
    runtime = provide("host", Target.host(), Cache(), folder=folder)                 the one that runs this (Linux)
    runtime = provide("/srv/cpython-3.14.7….tar.gz", target, Cache(), folder=folder)  one that was brought

    runtime.version, runtime.library        "3.14.7", "lib/libpython3.14.so.1.0"

Afterwards `folder` holds ordinary files only, none compiled, none that names a folder of this computer:

    tree        an archive or a folder as a table of files, links followed       nothing is believed about it
    trim        which of them stay                                               a table with reasons
    variables   what Python says about how it was built, without where
    host        what this computer's Python leans on, brought along
"""

from .provide import FETCH, HOST, Runtime, provide

__all__ = ["FETCH", "HOST", "Runtime", "provide"]
