"""What a function on Lambda names as its handler where it is a hub: `hipflask.surfaces.aws.hub_entry.handler`."""

from __future__ import annotations

from .hub import HubAnswering
from .loading import load

handler = HubAnswering(load())
