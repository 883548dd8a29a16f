"""`@app.tool`, `@app.resource` and `@app.prompt`: each records a door and returns the function as it was."""

from __future__ import annotations

from ...core.action import Registry


class McpDecorators:
    """The decorators of functions that assistants call."""

    actions: Registry
