"""One cold start: what a Lambda's process does from its first line of code until the first event is answered.

    python -S -E run.py KIND FOLDER EVENT      prints {"wall": ms, "cpu": ms}, or fails where the answer is not the expected one

`FOLDER` is all that can be imported besides the standard library, as it is on Lambda, and the modules in it are compiled.
"""

from time import perf_counter, process_time

began, worked = perf_counter(), process_time()

import sys  # noqa: E402

kind, folder, event_name = sys.argv[1:]
sys.path[:] = [folder, sys.path[0] + "/" + kind, *sys.path[1:]]
if kind == "ours":
    del sys.path[1]  # the app is in its bundle


class Context:
    """As little as any of them asks of Lambda's."""

    aws_request_id = function_name = invoked_function_arn = "x"
    function_version, memory_limit_in_mb = "$LATEST", "512"

    def get_remaining_time_in_millis(self):
        """Enough."""
        return 30_000


def handler():
    """What Lambda imports and calls, as each project's documentation or packager has it."""
    if kind == "ours":
        from hipflask.surfaces.aws.entry import handler

        return handler
    if kind == "flask":
        from apig_wsgi import make_lambda_handler
        from app import app

        return make_lambda_handler(app)
    if kind == "chalice":
        import app

        return app.app if event_name == "web" else app.take
    from zappa.handler import lambda_handler

    return lambda_handler


WEB = {
    "version": "2.0", "routeKey": "$default", "rawPath": "/orders/7", "rawQueryString": "pieces=3",
    "headers": {"host": "shop.test", "accept": "*/*", "x-forwarded-proto": "https", "x-forwarded-port": "443"},
    "queryStringParameters": {"pieces": "3"},
    "requestContext": {"http": {"method": "GET", "path": "/orders/7", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "x"},
                       "domainName": "shop.test", "requestId": "1", "stage": "$default", "timeEpoch": 1767225600000},
    "isBase64Encoded": False,
}  # fmt: skip
# Chalice knows only REST API's form.
WEB_OF_REST = {
    "resource": "/orders/{number}", "path": "/orders/7", "httpMethod": "GET", "headers": {"host": "shop.test", "accept": "*/*"},
    "multiValueHeaders": {"host": ["shop.test"]}, "pathParameters": {"number": "7"}, "stageVariables": None, "body": None,
    "multiValueQueryStringParameters": {"pieces": ["3"]}, "isBase64Encoded": False,
    "requestContext": {"httpMethod": "GET", "resourcePath": "/orders/{number}", "path": "/api/orders/7", "identity": {"sourceIp": "192.0.2.1"}},
}  # fmt: skip
QUEUE = {
    "Records": [
        {"messageId": "1", "receiptHandle": "1", "body": '{"number": 7, "item": "tea"}', "attributes": {}, "messageAttributes": {},
         "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:orders", "awsRegion": "eu-central-1"}
    ]
}  # fmt: skip

event = QUEUE if event_name == "queue" else WEB_OF_REST if kind == "chalice" else WEB
answer = handler()(event, Context())
ended, work = perf_counter(), process_time()

if event_name == "web":
    import json

    assert answer["statusCode"] == 200, answer
    assert json.loads(answer["body"]) == {"number": 7, "pieces": 3}, answer
print(f'{{"wall": {(ended - began) * 1000}, "cpu": {(work - worked) * 1000}}}', file=sys.stderr)
