"""Log lines as Lambda's own runtime writes them: with the request that they belong to, and each as one line."""

from __future__ import annotations

import json
import logging
import os
import sys
import time

_LINE = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"
_TIME = "%Y-%m-%dT%H:%M:%S"


class Requests(logging.Filter):
    """Puts the present request's id into each record."""

    id = ""

    def filter(self, record: logging.LogRecord) -> bool:
        record.aws_request_id = self.id
        return True


class Lines(logging.Formatter):
    """Text: a traceback stays one entry of the log."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).replace("\n", "\r")


class Objects(logging.Formatter):
    """JSON, where the function asks for it."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "timestamp": self.formatTime(record, f"{_TIME}Z"),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": getattr(record, "aws_request_id", ""),
        }
        if record.exc_info and record.exc_info[0] is not None:
            said["errorType"] = record.exc_info[0].__name__
            said["stackTrace"] = self.formatException(record.exc_info)
        return json.dumps(said)


def begin() -> Requests:
    """Have all that is logged written to standard output; the filter is to be told of each request."""
    is_json = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(Objects() if is_json else Lines(_LINE, _TIME))
    requests = Requests()
    handler.addFilter(requests)
    root = logging.getLogger()
    root.addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    if level in logging.getLevelNamesMapping():
        root.setLevel(level)
    return requests
