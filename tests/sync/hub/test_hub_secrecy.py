"""What nobody may get hold of: tokens and tickets in logs, PostgreSQL's own included, and the hub's rights by way of its triggers."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import hubapp
import psycopg
import pytest
from clubs import Club
from hubs import first
from replicas import ByHand, posted
from tinyhub import pushed

from hipflask.sync.hub.database import Database
from hipflask.sync.hub.process import CONNECTIONS, HubProcess
from hipflask.sync.hub.serving import listen
from hipflask.sync.hub.tokens import Tokens
from hipflask.sync.messages import Ack, Checkpoint, Welcome


@pytest.fixture
def everything_is_logged(server: str) -> Iterator[Path]:
    """PostgreSQL writes down every statement, and every parameter of one that fails; where it does."""
    settings = {
        "log_statement": "'all'",
        "log_min_error_statement": "'debug1'",
        "log_parameter_max_length_on_error": "-1",
    }
    with psycopg.connect(server, autocommit=True) as admin:
        for name, value in settings.items():
            admin.execute(f"ALTER SYSTEM SET {name} = {value}")
        admin.execute("SELECT pg_reload_conf()")
    (folder,) = parse_qs(urlsplit(server).query)["host"]
    yield Path(folder) / "log"
    with psycopg.connect(server, autocommit=True) as admin:
        for name in settings:
            admin.execute(f"ALTER SYSTEM RESET {name}")
        admin.execute("SELECT pg_reload_conf()")


def test_tokens_are_in_no_log(
    database_url: str, everything_is_logged: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in the hub's at its finest nor in PostgreSQL's: good, wrong and revoked ones, by socket and by post, and when something fails."""
    caplog.set_level(logging.DEBUG)
    with (
        Database(database_url, CONNECTIONS) as database,
        listen("127.0.0.1", 0) as listener,
        HubProcess(hubapp.db, database, listener) as hub,
        psycopg.connect(database_url, autocommit=True) as psql,
    ):
        tokens = Tokens(database)
        token, wrong = tokens.issue("ann", "laptop"), f"hft_{uuid.uuid4().hex}"
        with ByHand(hub.server.port, token) as ann:
            ann.say(first())
            welcome, *_ = ann.until(Checkpoint)
            ann.say(*pushed(1, "a"))
            ann.until(Ack)
            assert posted(hub.server.port, first(), token=wrong).status == 401
            assert isinstance(posted(hub.server.port, first(), token=token).said[0], Welcome)
            psql.execute("DROP TABLE note CASCADE")
            ann.say(*pushed(2, "b"))
            said, _ = ann.end()
            assert said[-1].code == "busy"
        psql.execute("DROP TABLE hipflask.token")
        assert posted(hub.server.port, first(), token=f"{wrong}2").status == 503
    here = "\n".join(
        f"{record.getMessage()} {record.exc_text}"
        for record in caplog.records
        if not record.name.startswith("websockets.client")
    )
    there = everything_is_logged.read_text(errors="replace")
    assert "note" in here and "INSERT INTO" in there  # which is to say: they are written
    for secret in (token, wrong):
        assert secret not in here and secret not in there
    assert welcome.ticket not in here


# ── the rights of the functions that capture ────────────────────────────────────────────────────


@contextmanager
def clerk(club: Club) -> Iterator[str]:
    """A role that may write one table, and make things of its own."""
    role = f"clerk_{uuid.uuid4().hex}"
    club.sql(f"CREATE ROLE {role}; GRANT INSERT, UPDATE, DELETE, SELECT ON country TO {role}")
    club.sql(
        f"GRANT CREATE ON SCHEMA public TO {role}; GRANT TEMPORARY ON DATABASE {club.psql.info.dbname} TO {role}"
    )
    club.sql(f"SET ROLE {role}")
    try:
        yield role
    finally:
        club.sql(f"RESET ROLE; RESET search_path; DROP OWNED BY {role} CASCADE; DROP ROLE {role}")


TRAPS = {
    # What the trigger calls, or compares with, under the same name where the clerk would have it looked for first.
    "a function": "CREATE FUNCTION {schema}.current_setting(text, boolean) RETURNS text LANGUAGE plpgsql AS $$ BEGIN {trap}; RETURN ''; END $$",
    "another": "CREATE FUNCTION {schema}.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN {trap}; RETURN now(); END $$",
    "an operator": "CREATE FUNCTION {schema}.same(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN {trap}; RETURN true; END $$; "
    "CREATE OPERATOR {schema}.= (FUNCTION = {schema}.same, LEFTARG = text, RIGHTARG = text, MERGES, HASHES)",
    "the trigger's tables": "CREATE TABLE {schema}.fresh (code text, people bigint); CREATE TABLE {schema}.stale (code text, people bigint)",
}


@pytest.mark.parametrize("schema", ["public", "pg_temp"])
@pytest.mark.parametrize("trap", TRAPS)
def test_a_writer_does_not_get_the_hubs_rights(club: Club, trap: str, schema: str) -> None:
    """Whatever he makes, and wherever he has it looked for, his code is not run as the hub, and his write is captured as it is."""
    with clerk(club) as role:
        caught = f"caught_{uuid.uuid4().hex}"
        club.sql(f"CREATE TABLE public.{caught} (as_whom text); GRANT ALL ON public.{caught} TO PUBLIC")
        club.sql(TRAPS[trap].format(schema=schema, trap=f"INSERT INTO public.{caught} VALUES (current_user)"))
        club.sql(f"SET search_path = {schema}, pg_temp, public, pg_catalog")
        club.sql("INSERT INTO public.country VALUES ('de', 80)")
        club.sql("UPDATE public.country SET people = 81")
        club.sql("DELETE FROM public.country")
        assert [
            as_whom for (as_whom,) in club.sql(f"SELECT as_whom FROM public.{caught}") if as_whom != role
        ] == []
    number = club.tables.by_name["country"].number
    kinds = club.sql('SELECT kind::text FROM hipflask.outbox WHERE "table" = %s ORDER BY ctid', number)
    assert [kind for (kind,) in kinds] == ["i", "u", "d"]


def test_the_functions_that_capture_are_nobody_elses(club: Club) -> None:
    """Set before a table of somebody's own, they would write down what he likes as changes of ours."""
    number = club.tables.by_name["country"].number
    with clerk(club):
        club.sql("CREATE TABLE public.mine (code text PRIMARY KEY, people bigint)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            club.sql(
                "CREATE TRIGGER forged AFTER INSERT ON public.mine REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT "
                f"EXECUTE FUNCTION hipflask.captured_{number}_insert()"
            )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            club.sql("SELECT secret FROM hipflask.state")
