"""From a project to what AWS Lambda runs: one zip, made here for the processor and the Python there, the same bytes every time."""
