"""What is to be in the cloud, as raw CloudFormation: the same input gives the same bytes."""

from .stack import CodeLocation
from .whole import render, template

__all__ = ["CodeLocation", "render", "template"]
