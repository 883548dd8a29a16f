"""Random apps as AWS is to see them, and random settings for them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from hipflask.deploy import description as asked

ARN = "arn:aws:%s:eu-central-1:123456789012:%s"
names = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True).filter(lambda name: name != "web")
short = st.from_regex(r"[a-z][a-z0-9-]{1,20}[a-z0-9]", fullmatch=True)
queue_names = st.from_regex(r"[A-Za-z0-9_-]{1,40}(\.fifo)?", fullmatch=True)
texts = st.text(st.characters(codec="ascii", min_codepoint=33, max_codepoint=126), max_size=10)

triggers = st.one_of(
    st.just(asked.Direct()),
    st.builds(
        asked.Schedule, st.sampled_from(["rate(1 minute)", "rate(12 hours)", "cron(0 2 ? * MON-FRI *)"])
    ),
    st.just(asked.OnEvent({"source": ["aws.ec2"]})),
    st.builds(
        asked.FromTable,
        st.just(ARN % ("dynamodb", "table/T/stream/2026-01-01T00:00:00.000")),
        st.integers(1, 10_000),
    ),
    st.builds(
        asked.FromStream, st.sampled_from(["clicks", ARN % ("kinesis", "stream/s")]), st.integers(1, 10_000)
    ),
    st.just(asked.FromQueue(ARN % ("sqs", "others"))),
    st.just(asked.FromTopic(ARN % ("sns", "others"))),
    st.builds(asked.FromBucket, short.map(lambda name: f"other-{name}"), prefix=texts, suffix=texts),
)
grants = st.builds(
    asked.Grant,
    st.lists(
        st.sampled_from(["s3:GetObject", "sqs:SendMessage", "ses:SendEmail"]),
        min_size=1,
        max_size=3,
        unique=True,
    ).map(tuple),
    st.lists(
        st.one_of(
            st.just(ARN % ("sns", "others")),
            st.builds(asked.Queue, queue_names),
            st.builds(asked.Bucket, short),
            st.builds(asked.Topic, names),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
)


@st.composite
def descriptions(draw: Any) -> asked.Description:
    """An app with up to eight functions, of which queues, buckets and topics of its own call some."""
    queues = draw(st.lists(st.builds(asked.Queue, queue_names), max_size=3, unique_by=_variable))
    buckets = draw(st.lists(st.builds(asked.Bucket, short), max_size=2, unique_by=_variable))
    topics = draw(st.lists(st.builds(asked.Topic, names), max_size=2, unique_by=_variable))
    own: list[asked.Trigger] = [
        *(asked.FromQueue(each.name, draw(st.integers(1, 10)), window=0) for each in queues),
        *(asked.FromBucket(each.name, prefix=draw(texts)) for each in buckets),
        *(asked.FromTopic(each.name) for each in topics),
    ]
    kinds = [*own, *draw(st.lists(triggers, max_size=5))]
    called = draw(st.lists(names, min_size=len(kinds), max_size=len(kinds), unique_by=str.lower))
    functions = [
        asked.Function(name, kind, tuple(draw(st.lists(grants, max_size=2))), draw(st.text(max_size=300)))
        for name, kind in zip(called, kinds, strict=True)
    ]
    web = [asked.Function("web", asked.Web())] if draw(st.booleans()) or not functions else []
    order = draw(st.permutations([*web, *functions]))
    return asked.Description("shop:app", tuple(order), tuple(queues), tuple(buckets), tuple(topics))


settings_of = st.fixed_dictionaries(
    {},
    optional={
        "memory": st.integers(128, 10240),
        "timeout": st.integers(1, 900),
        "architecture": st.sampled_from(["arm64", "x86_64"]),
        "tracing": st.booleans(),
        "alarms": st.just({"email": "a@example.com"}),
        "environment": st.dictionaries(
            st.from_regex(r"[A-G][A-Z0-9_]{1,8}", fullmatch=True), texts, max_size=3
        ),
        "streaming": st.booleans(),
    },
)


def _variable(resource: Any) -> str:
    return (
        "".join(letter if letter.isalnum() else "_" for letter in resource.name)
        .replace("__", "_")
        .strip("_")
        .upper()
    )
