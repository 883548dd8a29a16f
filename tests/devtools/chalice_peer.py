"""Run by a Python of its own, in the folder of an app: asks it all that stands in its input, and prints the answers as JSON.

python chalice_peer.py chalice|hipflask < cases > answers
"""

import json
import logging
import sys

sys.path.insert(0, ".")


def main(kind):
    said = json.load(sys.stdin)
    import app as module

    logging.disable()
    request, event = _of_chalice(module) if kind == "chalice" else _of_hipflask(module)
    answers = {
        "requests": [request(*each) for each in said["requests"]],
        "events": [event(*each) for each in said["events"]],
    }
    json.dump(answers, sys.stdout)


def _told(module, name, result):
    """What a handler was told; only whoever calls one by name gets its result."""
    told = list(module.SEEN)
    module.SEEN.clear()
    return result if name == "twice" else told


def _of_chalice(module):
    from chalice.test import Client

    functions = {
        each.name: getattr(module, each.handler_string.rpartition(".")[2])
        for each in module.app.event_sources
    }
    functions |= {
        each.name: getattr(module, each.handler_string.rpartition(".")[2])
        for each in module.app.pure_lambda_functions
    }

    def request(method, path, headers, body):
        with Client(module.app) as client:
            call = getattr(client.http, method.lower())
            answer = call(path, headers=headers, body=(body or "").encode())
        return [
            answer.status_code,
            sorted((key.lower(), value) for key, value in answer.headers.items()),
            answer.body.decode(),
        ]

    def event(name, payload):
        return _told(module, name, functions[name](payload, None))

    return request, event


def _of_hipflask(module):
    from hipflask.surfaces.events.calling import answer as called

    app = module.app

    def request(method, path, headers, body):
        answer = app.test_client().open(path, method=method, headers=headers, data=body or "")
        found = {}
        for key, value in answer.headers.items():
            found.setdefault(key.lower(), []).append(value)
        flat = sorted((key, value if len(value) > 1 else value[0]) for key, value in found.items())
        return [answer.status_code, flat, answer.get_data(as_text=True)]

    def event(name, payload):
        return _told(module, name, called(app, payload, name=name))

    return request, event


main(sys.argv[1])
