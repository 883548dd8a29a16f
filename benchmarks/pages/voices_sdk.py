"""A skill: the official SDK's."""

import json

from ask_sdk_core.dispatch_components import AbstractRequestHandler
from ask_sdk_core.skill_builder import SkillBuilder
from ask_sdk_core.utils import get_slot_value_v2, is_intent_name
from voices_clock import run


class WhoIsOn(AbstractRequestHandler):
    """Who plays at this base?"""

    def can_handle(self, handler_input):
        return is_intent_name("WhoIsOn")(handler_input)

    def handle(self, handler_input):
        base = get_slot_value_v2(handler_input, "base").value
        if base not in ("first", "second", "third"):
            return handler_input.response_builder.ask("Which base?").response
        return (
            handler_input.response_builder.speak(f"Who is on {base}.").set_should_end_session(True).response
        )


builder = SkillBuilder()
builder.add_request_handler(WhoIsOn())
handler = builder.lambda_handler()


def answer(body):
    """As Lambda calls it."""
    return json.dumps(handler(json.loads(body), None)).encode()


if __name__ == "__main__":
    run(answer)
