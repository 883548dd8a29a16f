"""Patterns of EventBridge, against the examples of its documentation."""

from __future__ import annotations

from typing import Any

import event_shapes as shapes
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.surfaces.events.patterns import fits

EC2: dict[str, Any] = shapes.cloudwatch(
    {
        "state": "running",
        "count": 5,
        "address": "10.0.0.7",
        "tags": ["red", "blue"],
        "none": None,
        "deep": [{"a": 1}, {"a": 2}],
    }
)

PATTERNS: list[tuple[dict[str, Any], bool]] = [
    ({"source": ["aws.ec2"]}, True),
    ({"source": ["aws.s3", "aws.ec2"]}, True),
    ({"source": ["aws.s3"]}, False),
    ({"source": ["aws.ec2"], "detail": {"state": ["stopped"]}}, False),
    ({"detail": {"state": ["running"]}}, True),
    ({"detail": {"none": [None]}}, True),
    ({"detail": {"tags": ["blue"]}}, True),
    ({"detail": {"tags": ["green"]}}, False),
    ({"resources": [{"prefix": "arn:aws:ec2"}]}, True),
    ({"detail": {"state": [{"prefix": "run"}]}}, True),
    ({"detail": {"state": [{"prefix": {"equals-ignore-case": "RUN"}}]}}, True),
    ({"detail": {"state": [{"suffix": "ing"}]}}, True),
    ({"detail": {"state": [{"suffix": "ed"}]}}, False),
    ({"detail": {"state": [{"equals-ignore-case": "RUNNING"}]}}, True),
    ({"detail": {"state": [{"wildcard": "r*n*g"}]}}, True),
    ({"detail": {"state": [{"wildcard": "r*d"}]}}, False),
    ({"detail": {"state": [{"anything-but": "stopped"}]}}, True),
    ({"detail": {"state": [{"anything-but": ["stopped", "running"]}]}}, False),
    ({"detail": {"state": [{"anything-but": {"prefix": "run"}}]}}, False),
    ({"detail": {"state": [{"anything-but": {"suffix": ["ed", "ting"]}}]}}, True),
    ({"detail": {"count": [5]}}, True),
    ({"detail": {"count": [{"numeric": [">", 0, "<=", 5]}]}}, True),
    ({"detail": {"count": [{"numeric": ["<", 5]}]}}, False),
    ({"detail": {"state": [{"numeric": [">", 0]}]}}, False),
    ({"detail": {"address": [{"cidr": "10.0.0.0/24"}]}}, True),
    ({"detail": {"address": [{"cidr": "10.1.0.0/24"}]}}, False),
    ({"detail": {"state": [{"cidr": "10.0.0.0/24"}]}}, False),
    ({"detail": {"state": [{"exists": True}]}}, True),
    ({"detail": {"other": [{"exists": False}]}}, True),
    ({"detail": {"other": [{"exists": True}]}}, False),
    ({"detail": {"other": [{"anything-but": "x"}]}}, False),
    ({"detail": {"deep": {"a": [2]}}}, True),
    ({"detail": {"deep": {"a": [3]}}}, False),
    ({"$or": [{"source": ["aws.s3"]}, {"detail": {"count": [5]}}]}, True),
    ({"$or": [{"source": ["aws.s3"]}, {"detail": {"count": [6]}}]}, False),
    ({"detail": {"count": [True]}}, False),
    ({"detail": {"state": [{"something new": 1}]}}, False),
]


@pytest.mark.parametrize(("pattern", "is_fitting"), PATTERNS)
def test_a_pattern_fits_or_does_not(pattern: dict[str, Any], is_fitting: bool) -> None:
    """As EventBridge itself would say."""
    assert fits(pattern, EC2) is is_fitting


ANYTHING: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["source", "detail", "state", "a"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(st.sampled_from([pattern for pattern, _ in PATTERNS]), ANYTHING)
def test_no_event_breaks_a_pattern(pattern: dict[str, Any], event: Any) -> None:
    """Whatever comes, it fits or does not."""
    assert fits(pattern, event) in (True, False)
