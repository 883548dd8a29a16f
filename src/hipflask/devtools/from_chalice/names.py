"""Which names of a module mean what in Chalice, and where the same is found in Hipflask."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

WAYS = "chalice_ways"  # the module that is written into the new folder; see chalice_ways.py-tpl
OF_HIPFLASK = {"Chalice": "Hipflask", "Blueprint": "Blueprint"}
# In hipflask.events, under the same names.
OF_EVENTS = {
    "AuthRequest", "AuthResponse", "AuthRoute", "CloudWatchEvent", "Cron", "DynamoDBEvent", "DynamoDBRecord", "KinesisEvent",
    "KinesisRecord", "LambdaFunctionEvent", "Rate", "S3Event", "SNSEvent", "SQSEvent", "SQSRecord",
}  # fmt: skip
OF_WAYS = {
    "BadRequestError", "CORSConfig", "ChaliceViewError", "ConflictError", "ForbiddenError", "MethodNotAllowedError",
    "NotFoundError", "Request", "RequestTimeoutError", "Response", "TooManyRequestsError", "UnauthorizedError",
    "UnprocessableEntityError",
}  # fmt: skip
LACKING = {
    "Client": "test with app.test_client() for the web, and by calling the functions themselves: they are plain ones",
    "CognitoUserPoolAuthorizer": "write jwt = { issuer, audience } in [tool.hipflask.deploy]; the gateway then checks the pool's tokens",
    "ConvertToMiddleware": "write the function as a middleware: it takes (event, get_response)",
    "CustomAuthorizer": "write the function here, with @app.authorizer, or name it in [tool.hipflask.deploy]",
    "ChaliceUnhandledError": "raise an error of your own; every one passes through the middlewares, and @app.errorhandler answers it",
    "IAMAuthorizer": "protect the function with an authorizer",
    "WebsocketDisconnectedError": "there are no websockets on Lambda",
}


@dataclass
class Names:
    """What a module calls Chalice's things: `apps` and `blueprints` are variables that hold one."""

    local: dict[str, str] = field(default_factory=dict)  # "NF" → "NotFoundError"
    modules: set[str] = field(default_factory=set)  # what `import chalice as c` is called
    apps: set[str] = field(default_factory=set)
    blueprints: set[str] = field(default_factory=set)
    foreign_authorizers: set[str] = field(default_factory=set)  # variables: Amazon's, or another Lambda

    @classmethod
    def of(cls, tree: ast.Module) -> Names:
        """Those of a module."""
        names = cls()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and is_chalice(node):
                names.local |= {alias.asname or alias.name: alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                # `from app import app`, in another module of the same project
                names.apps |= {alias.asname or alias.name for alias in node.names if alias.name == "app"}
            elif isinstance(node, ast.Import):
                names.modules |= {
                    alias.asname or "chalice" for alias in node.names if alias.name == "chalice"
                }
        for target, call in assigned_calls(tree):
            if names.meant(call.func) == "Chalice":
                names.apps.add(target)
            elif names.meant(call.func) == "Blueprint":
                names.blueprints.add(target)
            elif (names.meant(call.func) or "").endswith("Authorizer"):
                names.foreign_authorizers.add(target)
        return names

    def meant(self, node: ast.expr) -> str | None:
        """Which of Chalice's names an expression is, if it is one."""
        if isinstance(node, ast.Name):
            return self.local.get(node.id)
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in self.modules
        ):
            return node.attr
        return None

    def of_app(self, node: ast.expr) -> str | None:
        """The attribute, where an expression is one of an app or a blueprint: "route" for app.route."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return node.attr if node.value.id in self.apps | self.blueprints else None
        return None

    def made(self, what: str, tree: ast.Module) -> list[str]:
        """The variables that hold what a call of Chalice's `what` has returned."""
        return [target for target, call in assigned_calls(tree) if self.meant(call.func) == what]

    @property
    def is_of_chalice(self) -> bool:
        """Whether the module has anything of Chalice."""
        return bool(self.local or self.modules or self.apps)


def is_chalice(node: ast.ImportFrom) -> bool:
    """Whether an import is from Chalice itself."""
    return node.level == 0 and (node.module or "").partition(".")[0] == "chalice"


def assigned_calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Each `name = call(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
        elif (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.value, ast.Call)
            and isinstance(node.target, ast.Name)
        ):
            yield node.target.id, node.value
