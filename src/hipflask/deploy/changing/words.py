"""Values of a template as a person would write them: what {"Ref": …} and ${…} stand for has its name."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Any
_LONGEST = 60
_NAMES = ("FunctionName", "QueueName", "TopicName", "BucketName", "LogGroupName")
# An ARN of the stack's own account and region is only its name.
_OWN_ARN = re.compile(r"arn:\$\{AWS::Partition\}:[a-z0-9-]+:(\$\{AWS::Region\})?:(\$\{AWS::AccountId\})?:")
_OWN_BUCKET = "-${AWS::AccountId}-${AWS::Region}"


@dataclass(frozen=True, slots=True)
class Words:
    """How to speak of the resources of a template, or of two."""

    resources: Mapping[str, Json]

    def plain(self, value: Json) -> str:
        """A value, whole."""
        if isinstance(value, str):
            return value
        if isinstance(value, Mapping) and len(value) == 1:
            ((key, inner),) = value.items()
            if key == "Fn::Sub":
                return _OWN_ARN.sub("", str(inner)).replace(_OWN_BUCKET, "")
            if key == "Ref":
                return self._name(str(inner))
            if key == "Fn::GetAtt":
                return self._name(str(inner[0]))
        return json.dumps(value, sort_keys=True, ensure_ascii=False)

    def shown(self, value: Json) -> str:
        """A value, cut if it is long."""
        text = self.plain(value)
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

    def _name(self, id_: str) -> str:
        properties = self.resources.get(id_, {}).get("Properties", {})
        found = next(
            (properties[key] for key in _NAMES if key in properties and isinstance(properties[key], str)),
            None,
        )
        return found or id_
