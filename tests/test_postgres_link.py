"""The way to PostgreSQL: what passes and what does not, bounds of time, and what is done again."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from nbalib.errors import InputError, StoreAwayError, StoreBusyError, StoreError
from nbalib.stores.postgres_link import Link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postgres_server import PostgresServer


@pytest.fixture
def links(postgres: PostgresServer) -> Iterator[tuple[Link, Link]]:
    """Give two ways to one new database that has a table of two rows."""
    dsn = postgres.new_database()
    one, two = Link(dsn, patience=5.0), Link(dsn, patience=5.0)
    with one.transaction() as connection:
        connection.execute("CREATE TABLE counted AS SELECT n, 0 AS times FROM generate_series(1, 2) AS n")
    yield one, two
    one.close()
    two.close()


def count(link: Link, n: int) -> None:
    """Count a row up, inside the link's transaction."""
    with link.transaction() as connection:
        connection.execute("UPDATE counted SET times = times + 1 WHERE n = %s", [n])


def test_a_deadlock_passes(links: tuple[Link, Link]) -> None:
    """Of two transactions that wait for each other one is given up as for now, and succeeds the next time."""
    one, two = links
    both_hold, given_up = threading.Barrier(2), []

    def cross(link: Link, first: int, second: int) -> None:
        with link.transaction():
            count(link, first)
            both_hold.wait()
            count(link, second)

    def other() -> None:
        try:
            cross(two, 2, 1)
        except StoreAwayError as error:
            given_up.append(str(error))

    thread = threading.Thread(target=other)
    thread.start()
    try:
        cross(one, 1, 2)
    except StoreAwayError as error:
        given_up.append(str(error))
    thread.join()
    [said] = given_up
    assert "deadlock detected" in said
    count(one, 1)
    count(two, 1)
    with one.transaction() as connection:
        assert connection.execute("SELECT times FROM counted ORDER BY n").fetchall() == [(3,), (1,)]


def test_what_is_wrong_for_good_is_told_so(links: tuple[Link, Link]) -> None:
    """A statement that no table answers is no reason to ask again; the link works on."""
    one, _ = links
    tries = []

    def wrong(connection: object, tried: int) -> None:
        tries.append(tried)
        connection.execute("SELECT * FROM absent")  # type: ignore[attr-defined]

    with pytest.raises(StoreError, match=r"PostgreSQL database made_\d+ at .*absent") as told:
        one.again(wrong)
    assert not isinstance(told.value, StoreAwayError)
    assert tries == [0]
    count(one, 1)


def test_a_look_up_has_a_bound_of_time(links: tuple[Link, Link]) -> None:
    """A statement that takes too long is ended on the server, and the link works on."""
    one, _ = links
    with pytest.raises(StoreAwayError, match="statement timeout"), one.transaction(seconds=0.2) as connection:
        connection.execute("SELECT pg_sleep(60)")
    count(one, 1)


def test_a_lost_connection_is_replaced_and_its_work_done_again(links: tuple[Link, Link]) -> None:
    """What was not committed is done once more; the number of tries before is told."""
    one, two = links
    tries = []

    def work(connection: object, tried: int) -> None:
        tries.append(tried)
        count(one, 1)
        if not tried:
            [(process,)] = connection.execute("SELECT pg_backend_pid()").fetchall()  # type: ignore[attr-defined]
            two.again(lambda other, _tries: other.execute("SELECT pg_terminate_backend(%s)", [process]))

    one.again(work)
    assert tries == [0, 1]
    with two.transaction() as connection:
        assert connection.execute("SELECT times FROM counted WHERE n = 1").fetchone() == (1,)


def test_who_comes_second_waits_a_while(links: tuple[Link, Link]) -> None:
    """Until the first is done; for no longer than a few seconds; and both can be alone in turn."""
    one, two = links
    entered, done = threading.Event(), []

    def hold(seconds: float) -> None:
        with one.alone():
            entered.set()
            time.sleep(seconds)
            done.append("first")

    for seconds in (1.0, 8.0):
        entered.clear()
        thread = threading.Thread(target=hold, args=(seconds,))
        thread.start()
        entered.wait()
        if seconds < 5:
            with two.alone():
                assert done == ["first"]
        else:
            with pytest.raises(StoreBusyError, match="in use by another process"), two.alone():
                done.append("second")
        thread.join()
    assert done == ["first", "first"]


@pytest.mark.parametrize("dsn", ["my secret", "passwort=secret"])
def test_what_is_no_connection_string_is_not_shown(dsn: str) -> None:
    """It may hold a password: the message shows another one."""
    with pytest.raises(InputError, match="postgresql://USER:PASSWORD@HOST:5432/DATABASE") as told:
        Link(dsn, patience=0.0).again(lambda connection, _tries: connection)
    assert "secret" not in str(told.value)
