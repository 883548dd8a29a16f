"""What the tests of sync share."""

from __future__ import annotations

from databases import database_url, server

__all__ = ["database_url", "server"]
