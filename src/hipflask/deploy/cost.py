"""What a stack costs in a month, from its template and a load: an estimate that shows how it comes about.

    estimate(template, Load(requests=1_000_000, milliseconds=80), PRICES).items[1]
    Item("Lambda's time", "web 1,000,000 × 80 ms × 512 MB", 40000.0, Price(0.0000133334, …))

Nothing is asked of AWS. What the app does to others, by boto3 or over the network, is not in it, and neither is what
starting a process takes, which Lambda charges as time, nor the keeping of logs, which is cents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .calling import Called, called
from .prices import Price

Json = Any
HOURS = 730  # in a month, as AWS counts
# Lambda waits at each queue with five requests of up to twenty seconds, whether or not something comes.
_POLLS = 5 * 3600 / 20 * HOURS
_PER_MESSAGE = 3  # requests: sent, received, deleted
_TRACED = 0.05  # of the calls, beside one in each second
_GB = 1e9


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of the stack in a month."""

    requests: float = 100_000  # of browsers, voices and assistants
    messages: float = 10_000  # to each queue
    events: float = 10_000  # to each function that files, news, streams or other events call
    calls: float = 1_000  # of each function that is called by its name
    milliseconds: float = 100  # that a call takes
    log_bytes: float = 500  # that a call writes
    gb_out: float = 1  # sent to the world
    gb_stored: float = 1  # in each bucket
    of: Mapping[str, tuple[float, float]] = field(
        default_factory=dict
    )  # calls and milliseconds of single functions


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is paid for: what, how its amount comes about, and the price."""

    what: str
    formula: str
    amount: float
    price: Price

    @property
    def cost(self) -> float:
        """US dollars, if nothing were free."""
        return self.price.of(self.amount)

    @property
    def cost_beyond_free(self) -> float:
        """US dollars for what goes beyond what is free every month, if nothing else in the account uses it."""
        return self.price.of(max(0.0, self.amount - self.price.free))


@dataclass(frozen=True, slots=True)
class Estimate:
    """All of it."""

    items: tuple[Item, ...]

    @property
    def total(self) -> float:
        """US dollars in a month, if nothing were free."""
        return sum(item.cost for item in self.items)

    @property
    def total_beyond_free(self) -> float:
        """US dollars in a month in an account that has nothing else."""
        return sum(item.cost_beyond_free for item in self.items)


def estimate(template: Mapping[str, Json], load: Load, prices: Mapping[str, Price]) -> Estimate:
    """What a template's stack costs under a load."""
    resources = template["Resources"]
    calls = [Call.of(each, load) for each in called(resources)]
    found = [
        *_lambda(calls, prices),
        *_around(resources, calls, load, prices),
        *_kept(resources, load, prices),
    ]
    return Estimate(tuple(item for item in found if item.amount))


@dataclass(frozen=True, slots=True)
class Call:
    """How often a function is called, and how long it takes."""

    function: Called
    count: float
    milliseconds: float

    @classmethod
    def of(cls, function: Called, load: Load) -> Call:
        """What a load means for one function."""
        counts = {
            "web": load.requests,
            "queue": load.messages,
            "schedule": function.runs,
            "event": load.events,
            "direct": load.calls,
            "authorizer": load.requests,
        }
        count, milliseconds = load.of.get(function.name, (counts[function.by], load.milliseconds))
        return cls(function, count, milliseconds)

    @property
    def gb_seconds(self) -> float:
        """Memory times time, in which Lambda charges."""
        return self.count * self.milliseconds / 1000 * self.function.memory / 1024


def _lambda(calls: Sequence[Call], prices: Mapping[str, Price]) -> Iterator[Item]:
    counted = " + ".join(f"{call.function.name} {call.count:,.0f}" for call in calls)
    yield Item("Lambda's calls", counted, sum(call.count for call in calls), prices["lambda-requests"])
    for architecture in sorted({call.function.architecture for call in calls}):
        alike = [call for call in calls if call.function.architecture == architecture]
        formula = " + ".join(
            f"{call.function.name} {call.count:,.0f} × {call.milliseconds:g} ms × {call.function.memory} MB"
            for call in alike
        )
        price = prices["lambda-arm64" if architecture == "arm64" else "lambda-x86-64"]
        yield Item("Lambda's time", formula, sum(call.gb_seconds for call in alike), price)


def _around(
    resources: Mapping[str, Json], calls: Sequence[Call], load: Load, prices: Mapping[str, Price]
) -> Iterator[Item]:
    total = sum(call.count for call in calls)
    if "WebApi" in resources:
        web = sum(call.count for call in calls if call.function.by == "web")
        yield Item("The gateway", f"{web:,.0f} requests", web, prices["http-api-requests"])
    for is_fifo, key in ((False, "sqs-requests"), (True, "sqs-fifo-requests")):
        polled = [call for call in calls if call.function.by == "queue" and call.function.is_fifo == is_fifo]
        messages = sum(call.count for call in polled)
        formula = (
            f"{messages:,.0f} messages × {_PER_MESSAGE} + {len(polled)} queues asked {_POLLS:,.0f} times"
        )
        yield Item("Queues", formula, messages * _PER_MESSAGE + len(polled) * _POLLS, prices[key])
    topics = [
        id_ for id_, each in resources.items() if each["Type"] == "AWS::SNS::Topic" and id_ != "AlarmTopic"
    ]
    yield Item(
        "Topics",
        f"{len(topics)} × {load.events:,.0f} messages",
        len(topics) * load.events,
        prices["sns-publishes"],
    )
    logged = total * load.log_bytes / _GB
    yield Item("Logs, written", f"{total:,.0f} calls × {load.log_bytes:g} bytes", logged, prices["logs"])
    if any("TracingConfig" in each["Properties"] for each in resources.values()):
        yield Item("Traces", f"{_TRACED:.0%} of {total:,.0f} calls", total * _TRACED, prices["traces"])
    yield Item("Sent to the world", f"{load.gb_out:g} GB", load.gb_out, prices["data-out"])


def _kept(resources: Mapping[str, Json], load: Load, prices: Mapping[str, Price]) -> Iterator[Item]:
    kinds = [each["Type"] for each in resources.values()]
    buckets, alarms = kinds.count("AWS::S3::Bucket"), kinds.count("AWS::CloudWatch::Alarm")
    yield Item(
        "Buckets", f"{buckets} × {load.gb_stored:g} GB", buckets * load.gb_stored, prices["s3-storage"]
    )
    yield Item("Files put", f"{buckets} × {load.events:,.0f}", buckets * load.events, prices["s3-puts"])
    yield Item("Alarms", f"{alarms} of them", alarms, prices["alarms"])
    secrets = len(_secrets(resources))
    yield Item("Secrets", f"{secrets} of them", secrets, prices["secrets"])


def _secrets(resources: Mapping[str, Json]) -> set[str]:
    functions = (each["Properties"] for each in resources.values() if each["Type"] == "AWS::Lambda::Function")
    variables = (pair for each in functions for pair in each["Environment"]["Variables"].items())
    found = {value for name, value in variables if name.startswith("HIPFLASK_SECRET_")}
    return {value.partition("#")[0] for value in found if ":secretsmanager:" in value}
