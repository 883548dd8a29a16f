"""Answers that go out part by part, which Lambda's own Python runtime cannot do: a loop that takes its place.

    AWS_LAMBDA_EXEC_WRAPPER=/var/task/hipflask-bootstrap      the file below, at the root of the bundle
    HIPFLASK_STREAMING=1                                      the function's URL has the invoke mode RESPONSE_STREAM

The runtime starts the wrapper with the command line that it would have run itself: its Python, and its own loop. The wrapper runs
that Python with this package. It has been driven by a Runtime API like Amazon's, and not yet by Amazon's own.
"""

WRAPPER_NAME = "hipflask-bootstrap"
WRAPPER = b"""\
#!/bin/sh
# Lambda's runtime starts this in place of its own loop: "$1" is its Python.
exec "$1" -m hipflask.surfaces.aws.streaming
"""
