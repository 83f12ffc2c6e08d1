"""A loopback HTTP front over the embedded ClickHouse engine, as a process of its own.

In: a folder and a port. Out: the answers of ClickHouse's HTTP interface, as far as clickhouse-connect asks:
queries and inserts in any format, parameters, settings, compression, error codes, users. Two users: `nba`
with the password `right`, and `reader` with the same one, who may only read. `GET /fault?…` arranges for
the next statements that contain a word to be carried out and their answers lost (`reset`), or to be refused
(`busy`).
"""

from __future__ import annotations

import base64
import gzip
import os
import re
import socket
import struct
import sys
import tempfile
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import chdb
import lz4.frame

Answer = tuple[bytes, dict[str, str]]
"""A body, and what stands in its head."""

PASSWORD = "right"
WRITER, READER = "nba", "reader"
NOT_SETTINGS = {
    *("query", "database", "query_id", "session_id", "compress", "decompress", "wait_end_of_query"),
    *("client_protocol_version", "default_format", "enable_http_compression", "buffer_size"),
    *("send_progress_in_http_headers", "http_headers_progress_interval_ms"),
    *("cancel_http_readonly_queries_on_client_close", "user", "password"),
}
INSERT = re.compile(rb"\s*(INSERT\s+INTO\s.+?)\s+FORMAT\s+(\w+)\s*?(?:\n|$)", re.IGNORECASE | re.DOTALL)
FORMAT = re.compile(r"\bFORMAT\s+(\w+)\s*$", re.IGNORECASE)
STATUSES = {"516": 403, "497": 403, "60": 404, "81": 404}
DECODERS = {
    "lz4": lz4.frame.decompress,
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
}
"""What a body may be packed with; answers are packed with lz4 where the client takes it."""


class Handler(BaseHTTPRequestHandler):
    """Answers one client's requests."""

    protocol_version = "HTTP/1.1"
    server: Front

    def do_GET(self) -> None:
        """Answer a ping, arrange a fault, or answer a query."""
        place = urlsplit(self.path)
        if place.path == "/ping":
            self.send(200, b"Ok.\n")
        elif place.path == "/fault":
            asked = dict(parse_qsl(place.query))
            self.server.faults.append([asked["on"], asked["kind"], int(asked.get("after", 0))])
            self.send(200, b"Ok.\n")
        else:
            self.do_POST()

    def do_POST(self) -> None:
        """Carry out one statement."""
        given = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        body = self.body()
        statement = b"\n".join(part for part in (given.get("query", "").encode(), body) if part)
        fault = self.server.fault(statement)
        try:
            handle = self.entered() if fault != "busy" else _refuse(202, "Too many simultaneous queries")
            answer, headers = self.carried_out(handle, statement, given)
        except RuntimeError as error:
            said = re.search(r"Code: (\d+)\..*", str(error), re.DOTALL)
            code = said[1] if said else "1002"
            self.send(STATUSES.get(code, 500), str(error).encode(), {"X-ClickHouse-Exception-Code": code})
            return
        if fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return
        self.send(200, answer, headers)

    def entered(self) -> Any:
        """Let a user in; give a handle of their own."""
        user, password = self.headers.get("X-ClickHouse-User"), self.headers.get("X-ClickHouse-Key")
        if self.headers.get("Authorization"):
            basic = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
            user, _, password = basic.partition(":")
        if user not in (WRITER, READER) or password != PASSWORD:
            _refuse(516, f"{user}: Authentication failed: password is incorrect, or there is no such user.")
        handle = chdb.connect(self.server.folder)
        if user == READER:
            handle.query("SET readonly = 2", "TabSeparated")
        return handle

    def carried_out(
        self, handle: Any, statement: bytes, given: dict[str, str]
    ) -> tuple[bytes, dict[str, str]]:
        """Run a statement with the request's database, settings and parameters."""
        try:
            if given.get("database"):
                handle.query(f"USE `{given['database']}`", "TabSeparated")
            for name, value in given.items():
                if name not in NOT_SETTINGS and not name.startswith("param_"):
                    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
                    handle.query(f"SET {name} = '{quoted}'", "TabSeparated")
            values = {name[6:]: value for name, value in given.items() if name.startswith("param_")}
            return _run(handle, statement, values)
        finally:
            handle.close()

    def body(self) -> bytes:
        """Read the request's body, whole or in chunks, and unpack it."""
        if self.headers.get("Transfer-Encoding") == "chunked":
            parts = []
            while size := int(self.rfile.readline().strip() or b"0", 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            data = b"".join(parts)
        else:
            data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        packing = self.headers.get("Content-Encoding")
        return DECODERS[packing](data) if packing else data

    def send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        """Answer, packed where there is something to pack and the client takes it."""
        self.send_response(status)
        if len(body) > 1000 and "lz4" in self.headers.get("Accept-Encoding", ""):
            body = lz4.frame.compress(body)
            self.send_header("Content-Encoding", "lz4")
        for name, value in {"X-ClickHouse-Timezone": "UTC", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


def _refuse(code: int, why: str) -> Any:
    raise RuntimeError(f"Code: {code}. DB::Exception: {why}")


def _run(handle: Any, statement: bytes, values: dict[str, str]) -> Answer:
    """Run a statement; give its answer and what stands in its head."""
    insert = INSERT.match(statement)
    if insert:
        with tempfile.NamedTemporaryFile() as file:
            file.write(statement[insert.end() :])
            file.flush()
            into, form = insert[1].decode(), insert[2].decode()
            done = handle.query(f"{into} FROM INFILE '{file.name}' FORMAT {form}", "TabSeparated")
        rows = done.rows_read()
        return b"", {"X-ClickHouse-Summary": f'{{"written_rows": "{rows}", "read_rows": "{rows}"}}'}
    query = statement.decode().rstrip().rstrip(";")
    named = FORMAT.search(query)
    if named:
        return handle.query(query, named[1], params=values).bytes(), {"X-ClickHouse-Format": named[1]}
    answer = handle.query(query, "TabSeparatedWithNames", params=values).bytes()
    if not answer:
        return b"", {}
    return answer.partition(b"\n")[2], {"X-ClickHouse-Format": "TabSeparated"}


class Front(ThreadingHTTPServer):
    """The listening half, which holds the engine."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, folder: str, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.folder = folder
        self.engine = chdb.connect(folder)
        self.faults: list[list[Any]] = []

    def fault(self, statement: bytes) -> str | None:
        """Give what is to happen to a statement, and forget it."""
        head = statement[:500].decode(errors="replace")
        for fault in self.faults:
            if fault[0] in head:
                fault[2] -= 1
                if fault[2] < 0:
                    self.faults.remove(fault)
                    return str(fault[1])
        return None

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent: a client that was killed is what some tests are about."""


if __name__ == "__main__":
    os.environ["TZ"] = "UTC"
    front = Front(str(Path(sys.argv[1]).resolve()), int(sys.argv[2]))
    sys.stdout.write(f"{front.server_address[1]}\n")
    sys.stdout.flush()
    front.serve_forever(0.05)
