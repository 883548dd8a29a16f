"""The names of `hipflask`'s own commands, which come first: a function of the same name would never be reached, or worse.

Whoever types `hipflask delete ball` and means their own function must not be understood as `hipflask delete`, which removes what was deployed.
"""

OURS = frozenset(
    {
        "build", "completion", "cost", "dashboard", "delete", "deploy", "doctor", "hub", "inspect", "invoke", "keys", "local", "logs", "man", "mcp", "new",
        "package", "publish", "queue", "routes", "run", "serve", "shell", "talk", "url", "voice",
    }
)  # fmt: skip
