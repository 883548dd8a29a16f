"""What runs functions in the cloud of the tests, and what reads queues for them."""

from __future__ import annotations

import io
import json
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

from moto.awslambda.models import LambdaFunction
from moto.awslambda.utils import get_backend
from moto.sqs.models import sqs_backends

from aws.runtime_api import Runtime

ACCOUNT = "123456789012"
AWS_SDK = (
    "boto3",
    "botocore",
    "s3transfer",
    "jmespath",
    "dateutil",
    "six",
    "urllib3",
)  # what Lambda's Python has, too


class Functions:
    """The functions that are running: one folder for each bundle, and as many processes of each function as are busy at a time."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self.folder, self.endpoint = folder, endpoint
        self.are_broken = False
        self._idle: dict[tuple[str, ...], list[Runtime]] = {}
        self._all: list[Runtime] = []
        self._lock = threading.Lock()

    def call(self, function: LambdaFunction, event: Any) -> tuple[str, bool, str]:
        """Call a function as Amazon does: what it answers, whether that is an error, and what it printed."""
        if self.are_broken:
            return '{"errorType": "Runtime.ExitError", "errorMessage": "broken"}', True, ""
        runtime, key = self._runtime_of(function)
        before = len(runtime.output)
        answer = runtime.invoke(event, seconds=float(function.timeout))
        printed = runtime.output[before:]
        with self._lock:
            self._idle.setdefault(key, []).append(runtime)
        function.logs_backend.ensure_log_group(function.logs_group_name)
        if printed:
            function.save_logs(printed)
        return answer.payload.decode(), answer.is_error, printed

    def close(self) -> None:
        """End all of them."""
        for runtime in self._all:
            runtime.close()

    def _runtime_of(self, function: LambdaFunction) -> tuple[Runtime, tuple[str, ...]]:
        environment = self._environment(function)
        key = (function.function_arn, function.code_sha_256, json.dumps(environment, sort_keys=True))
        with self._lock:
            if idle := self._idle.get(key):
                return idle.pop(), key
            code = self._unpacked(function)
            runtime = Runtime(
                function.handler, code, environment, name=function.function_name, beside=AWS_SDK
            )
            self._all.append(runtime)
        return runtime, key

    def _unpacked(self, function: LambdaFunction) -> Path:
        code = self.folder / function.code_digest
        if not code.exists():
            with zipfile.ZipFile(io.BytesIO(function.code_bytes)) as bundle:
                bundle.extractall(code)
        return code

    def _environment(self, function: LambdaFunction) -> dict[str, str]:
        given = {
            "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_LOG_GROUP_NAME": function.logs_group_name,
            "AWS_REGION": function.region,
            "AWS_DEFAULT_REGION": function.region,
            "AWS_ACCESS_KEY_ID": "function",
            "AWS_SECRET_ACCESS_KEY": "function",
            "AWS_ENDPOINT_URL": self.endpoint,
        }
        return {**given, **{name: str(value) for name, value in function.environment_vars.items()}}


class Poller(threading.Thread):
    """What Amazon does between a queue and a function; time passes quickly here: what failed is visible again at once."""

    def __init__(self) -> None:
        super().__init__(daemon=True)

    def run(self) -> None:
        """Read all queues that a function listens to, again and again."""
        while True:
            for region, backend in list(sqs_backends[ACCOUNT].items()):
                for queue in list(backend.queues.values()):
                    for mapping in list(queue.lambda_event_source_mappings.values()):
                        if mapping.enabled:
                            self._read(region, backend, queue, mapping)
            time.sleep(0.02)

    def _read(self, region: str, backend: Any, queue: Any, mapping: Any) -> None:
        messages = backend.receive_message(queue.name, mapping.batch_size or 10, 0, 30)
        if not messages:
            return
        records = [self._record(message, queue, region) for message in messages]
        headers: dict[str, str] = {}
        function = get_backend(ACCOUNT, region).get_function(mapping.function_arn)
        payload = function.invoke(json.dumps({"Records": records}), {}, headers)
        failed = self._failed(payload, headers, mapping, messages)
        for message in messages:
            if message.id in failed:
                backend.change_message_visibility(queue.name, message.receipt_handle, visibility_timeout=0)
            else:
                backend.delete_message(queue.name, message.receipt_handle)

    def _failed(self, payload: Any, headers: dict[str, str], mapping: Any, messages: list[Any]) -> set[str]:
        """All of them if the function failed; those that it names, if it was said that it would."""
        if "x-amz-function-error" in headers:
            return {message.id for message in messages}
        if "ReportBatchItemFailures" not in (mapping.function_response_types or ()):
            return set()
        answer = json.loads(payload or b"null") or {}
        return {failure["itemIdentifier"] for failure in answer.get("batchItemFailures", [])}

    def _record(self, message: Any, queue: Any, region: str) -> dict[str, Any]:
        return {
            "messageId": message.id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": str(message.approximate_receive_count),
                "SentTimestamp": str(message.sent_timestamp),
                "SenderId": message.sender_id,
                "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
            },
            "messageAttributes": {},
            "md5OfBody": message.body_md5,
            "eventSource": "aws:sqs",
            "eventSourceARN": queue.queue_arn,
            "awsRegion": region,
        }
