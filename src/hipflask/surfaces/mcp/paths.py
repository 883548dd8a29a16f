"""Where assistants find an app on the web."""

PATH = "/mcp"
METADATA = "/.well-known/oauth-protected-resource"
