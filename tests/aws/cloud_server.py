"""The cloud of the tests, a process of its own: moto's server, made truer in these places. `cloud.py` starts it and says what it is for.

1. A Lambda function that is called runs: the real bundle under Amazon's own runtime client, see `runtime_api.py`.
2. A queue is read by a poller: in batches, with partial failures, redelivery and the dead-letter queue. moto calls a function for each
   message from within `send_message`, and loses it.
3. A change set's execution and a stack's deletion tell of each resource, and fail as they do at Amazon's. They can be rehearsed: then
   they play the events that a test has written, and change nothing.
4. A bucket is only shown to who expects its owner (ExpectedBucketOwner), if they expect one.
5. Resources that moto ignores are made: `cloud_models.py`.
6. `POST /hipflask/…`, by which a test has a stack stand awkwardly, or a clock be set on.
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")

from moto import settings  # noqa: E402
from moto.awslambda.models import LambdaFunction  # noqa: E402
from moto.cloudformation.exceptions import CloudFormationError  # noqa: E402
from moto.cloudformation.models import CloudFormationBackend, Event, Stack, cloudformation_backends  # noqa: E402
from moto.cloudformation.responses import CloudFormationResponse  # noqa: E402
from moto.core.responses import EmptyResult  # noqa: E402
from moto.moto_server.werkzeug_app import (  # noqa: E402
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.s3.models import s3_backends  # noqa: E402
from moto.sqs.models import Queue  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402
from werkzeug.wrappers import Request, Response  # noqa: E402

from aws.cloud_functions import ACCOUNT, Functions, Poller  # noqa: E402
from aws.cloud_models import ADOPTING, GATEWAYS, make_truer  # noqa: E402


class Rehearsals:
    """What is to happen to stacks instead of what would: {stack: [{"resource", "kind", "status", "reason"}, …]}."""

    def __init__(self) -> None:
        self.waiting: dict[str, dict[str, Any]] = {}

    def play(self, stack: Stack) -> bool:
        """Play what was rehearsed for a stack, in a thread, if something was."""
        rehearsed = self.waiting.pop(stack.name, None)
        if rehearsed is None:
            return False
        first = rehearsed["events"][0]["status"]
        stack.status = first
        threading.Thread(target=self._play, args=(stack, rehearsed), daemon=True).start()
        return True

    def _play(self, stack: Stack, rehearsed: dict[str, Any]) -> None:
        for event in rehearsed["events"]:
            tell(
                stack, event.get("resource", ""), event.get("kind", ""), event["status"], event.get("reason")
            )
            if not event.get("resource"):
                stack.status = event["status"]
            time.sleep(rehearsed.get("pace", 0.01))


REHEARSALS = Rehearsals()


def tell(stack: Stack, resource: str, kind: str, status: str, reason: str | None = None) -> None:
    """Add an event to a stack's; without a resource it is the stack's own."""
    kind = kind or "AWS::CloudFormation::Stack"
    stack.events.append(
        Event(stack.stack_id, stack.name, resource or stack.name, "", kind, status, reason, None)
    )


class ChangeSetNotFound(CloudFormationError):
    """As Amazon calls it."""

    code = "ChangeSetNotFound"


def execute_change_set(
    self: CloudFormationBackend, change_set_name: str, stack_name: str | None = None
) -> None:
    """moto's own, which forgets outputs and tags, and tells nothing of single resources."""
    change_set = self.change_sets.get(change_set_name)
    if change_set is None:
        raise ChangeSetNotFound(f"ChangeSet [{change_set_name}] does not exist")
    stack = self.stacks[change_set.stack_id]
    stack.change_set_id = change_set_name
    change_set.execution_status = "EXECUTE_COMPLETE"
    for other in [
        one for one in self.change_sets.values() if one.stack_id == stack.stack_id and one is not change_set
    ]:
        del self.change_sets[other.change_set_id]  # they were made for a stack that is not so any more
    if REHEARSALS.play(stack):
        return
    verb = change_set.change_set_type
    tell(stack, "", "", f"{verb}_IN_PROGRESS", "User Initiated")
    stack.tags.update(change_set.tags or {})
    stack.resource_map.tags.update(change_set.tags or {})
    ADOPTING.set(getattr(change_set, "adopts", False))
    try:
        change_set.apply()
    except Exception as error:
        tell(stack, "Something", "AWS::Unknown", f"{verb}_FAILED", f"{type(error).__name__}: {error}")
        stack.status = "ROLLBACK_COMPLETE" if verb == "CREATE" else "UPDATE_ROLLBACK_FAILED"
        tell(stack, "", "", stack.status)
        return
    stack.template = change_set.template
    stack._parse_template()
    stack.output_map = stack._create_output_map()
    for change in change_set.changes:
        done = {"Add": "CREATE", "Modify": "UPDATE", "Remove": "DELETE"}[change.action]
        tell(stack, change.logical_resource_id, change.resource_type, f"{done}_COMPLETE")
    stack.status = f"{verb}_COMPLETE"
    tell(stack, "", "", stack.status)


_moto_plans = CloudFormationResponse.create_change_set


def create_change_set(self: CloudFormationResponse) -> Any:
    """moto's own, which does not hear of ImportExistingResources."""
    result = _moto_plans(self)
    planned = list(self.cloudformation_backend.change_sets.values())[-1]
    planned.adopts = self._get_bool_param("ImportExistingResources", False)
    return result


_moto_deletes = CloudFormationBackend.delete_stack


def delete_stack(self: CloudFormationBackend, name_or_stack_id: str) -> None:
    """moto's own; what cannot be deleted is told as Amazon does."""
    stack = next((one for one in self.stacks.values() if name_or_stack_id in (one.name, one.stack_id)), None)
    if stack is not None and REHEARSALS.play(stack):
        return
    full = _full_bucket(stack) if stack is not None and stack.template_dict else None
    if stack is None or full is None:
        _moto_deletes(self, name_or_stack_id)
        return
    reason = "The bucket you tried to delete is not empty (Service: S3, Status Code: 409)"
    tell(stack, full, "AWS::S3::Bucket", "DELETE_FAILED", reason)
    stack.status = "DELETE_FAILED"
    tell(stack, "", "", stack.status, f"The following resource(s) failed to delete: [{full}].")


def _full_bucket(stack: Stack) -> str | None:
    """A bucket that Amazon would refuse to delete; moto deletes it with all that lies in it."""
    for name, declared in stack.template_dict["Resources"].items():
        if declared["Type"] == "AWS::S3::Bucket" and declared.get("DeletionPolicy") != "Retain":
            bucket = stack.resource_map[name]
            if any(True for _ in s3_backends[ACCOUNT]["aws"].get_bucket(bucket.name).keys):
                return str(name)
    return None


def _of_stack(self: CloudFormationResponse) -> EmptyResult:
    """cancel_update_stack and continue_update_rollback, which moto does not have: what was rehearsed happens."""
    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    REHEARSALS.play(stack)
    return EmptyResult()


def protect(self: CloudFormationResponse) -> EmptyResult:
    """update_termination_protection, which moto does not have either."""
    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    stack.enable_termination_protection = self._get_bool_param("EnableTerminationProtection", False)
    return EmptyResult()


class Cloud:
    """moto's server, and beside it what the tests say to it."""

    def __init__(self, functions: Functions) -> None:
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.functions = functions

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        expected = environ.get("HTTP_X_AMZ_EXPECTED_BUCKET_OWNER")
        if expected and s3_backends.bucket_accounts.get(path.split("/")[1], ("", expected))[1] != expected:
            body = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
            return Response(body, 403, content_type="application/xml")(environ, start_response)
        if not path.startswith("/hipflask/"):
            return self.moto(environ, start_response)
        asked = json.loads(Request(environ).get_data() or b"{}")
        getattr(self, path.rpartition("/")[2])(**asked)
        return Response("{}")(environ, start_response)

    def rehearse(self, stack: str, **what: Any) -> None:
        """Have this happen the next time that somebody changes a stack."""
        REHEARSALS.waiting[stack] = what

    def play(self, stack: str, region: str, **what: Any) -> None:
        """Have this happen now, as if somebody else were changing a stack."""
        REHEARSALS.waiting[stack] = what
        REHEARSALS.play(cloudformation_backends[ACCOUNT][region].get_stack(stack))

    def stand(self, stack: str, region: str, status: str, reason: str | None = None) -> None:
        """Have a stack stand as Amazon's do after something went wrong."""
        one = cloudformation_backends[ACCOUNT][region].get_stack(stack)
        one.status, one.status_reason = status, reason

    def break_functions(self, are_broken: bool) -> None:
        """Have every function fail, or work again."""
        self.functions.are_broken = are_broken

    def bucket_of_a_stranger(self, name: str) -> None:
        """Have another account own a bucket."""
        s3_backends["999999999999"]["aws"].create_bucket(name, "eu-west-1")

    def permissions(self, does: bool) -> None:
        """Have requests need permissions from now on, or not."""
        settings.INITIAL_NO_AUTH_ACTION_COUNT = 0.0 if does else float("inf")


def main(folder: str) -> None:
    """Serve on a free port of loopback, say which, and go on until standard input ends."""
    server = make_server("127.0.0.1", 0, None, threaded=True, request_handler=MotoRequestHandler)
    MotoRequestHandler.disable_nagle_algorithm = True
    functions = Functions(Path(folder), f"http://127.0.0.1:{server.server_port}")
    server.app = Cloud(functions)
    LambdaFunction._invoke_lambda = lambda self, event=None: functions.call(self, event)  # type: ignore[method-assign]
    Queue.add_message = _add_message  # type: ignore[method-assign]
    CloudFormationBackend.execute_change_set = execute_change_set  # type: ignore[method-assign]
    CloudFormationBackend.delete_stack = delete_stack  # type: ignore[method-assign]
    CloudFormationResponse.create_change_set = create_change_set  # type: ignore[method-assign]
    make_truer()
    CloudFormationResponse.update_termination_protection = protect  # type: ignore[attr-defined]
    CloudFormationResponse.cancel_update_stack = _of_stack  # type: ignore[attr-defined]
    CloudFormationResponse.continue_update_rollback = _of_stack  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Poller().start()
    print(server.server_port, flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        sys.stdin.read()
    GATEWAYS.close()
    functions.close()


def _add_message(self: Queue, message: Any) -> None:
    """moto's own, without its calling a function from within."""
    mappings, self.lambda_event_source_mappings = self.lambda_event_source_mappings, {}
    try:
        _moto_adds(self, message)
    finally:
        self.lambda_event_source_mappings = mappings


_moto_adds = Queue.add_message

if __name__ == "__main__":
    main(sys.argv[1])
