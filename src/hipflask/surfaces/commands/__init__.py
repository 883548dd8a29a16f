"""Actions in the shell: `@app.command("on")` is a Click command on Flask's `app.cli`.

    def order(item: str, size: Literal["s", "m"] = "m", gift: bool = False, tags: list[str] = []): ...

    hipflask order ball --size s --gift --tags a --tags b
    hipflask order - < item.txt
    hipflask order ball --json

A parameter without a default is an argument (a bool: an option that must be given); one with a default is an option; `-` in a value's
place is what comes by the pipe. A person at a terminal is asked for what is missing. What the function returns goes to standard output; what it
logs, asks and tells of its progress to standard error. Exit codes: 0 done, 1 the function raised, 2 the words on the command line do not
fit, 130 interrupted.
"""
