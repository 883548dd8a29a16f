"""Addresses with variables, and that none of them leads upwards."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.core.errors import UsageError
from hipflask.surfaces.mcp.uris import Template


def test_a_variable_is_one_part_and_a_reserved_one_is_the_rest() -> None:
    """{name} stops at a slash, {+name} does not; both are read as they were meant."""
    template = Template("files://{area}/{+path}")
    assert template.names == ["area", "path"]
    assert template.match("files://docs/a/b%20c.txt") == {"area": "docs", "path": "a/b c.txt"}
    assert Template("x://{a}").match("x://1/2") is None
    assert Template("x://{a}.json").match("x://first.json") == {"a": "first"}
    assert Template("x://a.b").match("x://aXb") is None, "a dot in the address is a dot"


@pytest.mark.parametrize(
    "path",
    ["..", "%2e%2e", "../secret", "a/../../secret", "a%2f..%2fsecret", "..%5csecret", "a\\..\\secret",
     "/etc/passwd", "%2Fetc%2Fpasswd", "a%00b", "%ff"],
)  # fmt: skip
def test_no_address_leads_upwards(path: str) -> None:
    """However it is written: a function that joins it to a folder stays in the folder."""
    assert Template("files://{+path}").match(f"files://{path}") is None


@pytest.mark.parametrize("part", ["a%2fb", "a%5Cb", "..", "%2e."])
def test_one_part_stays_one_part(part: str) -> None:
    """A slash that is written as %2F is one all the same."""
    assert Template("files://{name}").match(f"files://{part}") is None


@pytest.mark.parametrize("uri", ["x://{", "x://}", "x://{a*}", "x://{?a,b}", "x://{1}", "x://{}"])
def test_other_forms_are_refused_with_those_that_there_are(uri: str) -> None:
    """The author learns it at once, and not an assistant's user later."""
    with pytest.raises(UsageError, match=r"expected variables of the form \{name\}"):
        Template(uri)


@given(st.text(min_size=1).filter(lambda text: not set(text) & set("/\\\0\ufffd") and text != ".."))
def test_what_was_quoted_is_read_back(text: str) -> None:
    """Any text that is one part."""
    try:
        quoted = quote(text, safe="")
    except UnicodeEncodeError:
        return
    assert Template("x://{a}/end").match(f"x://{quoted}/end") == {"a": text}
