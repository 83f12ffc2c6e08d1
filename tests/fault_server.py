"""A server on loopback that answers like a language model's on a bad day, and notes what it was sent.

In: the names of faults, one for each request to come; the last one stays. Out: `.url`, `.requests`.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD = "Thanks for your patience. Could you send us your order number here? Then we can take a look."


def completion(content: Any, *, finish: str = "stop", refusal: str | None = None) -> dict[str, Any]:
    """Make the body of an ordinary answer."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    choice = {"index": 0, "finish_reason": finish, "message": message, "logprobs": None}
    head = {"id": "x", "object": "chat.completion", "created": 1, "model": "m"}
    return {
        **head,
        "choices": [choice],
        "usage": {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18},
    }


def words(message: Any, **more: Any) -> str:
    """Make the content of an answer: the fields that the model was asked for, and more."""
    return json.dumps({"message": message, "reasoning": "Asks for the order number.", **more})


def fault(code: str | None, message: str = "no") -> dict[str, Any]:
    """Make the body of an error."""
    return {"error": {"message": message, "type": "error", "param": None, "code": code}}


class Handler(BaseHTTPRequestHandler):
    """Answers each request by the next fault of the script."""

    server: FaultHTTPServer

    def do_POST(self) -> None:
        """Note the request and answer it."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        owner = self.server.owner
        with owner.lock:
            at = len(owner.requests)
            owner.requests.append({"path": self.path, "headers": dict(self.headers), "body": body.decode()})
            owner.under_way += 1
            owner.most_under_way = max(owner.most_under_way, owner.under_way)
        try:
            FAULTS[owner.script[min(at, len(owner.script) - 1)]](self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client had waited long enough
        finally:
            with owner.lock:
                owner.under_way -= 1

    def send(self, status: int, body: Any, **headers: str) -> None:
        """Answer with a body as JSON, or as it is if it is text."""
        payload = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(payload)

    def hang(self) -> None:
        """Say nothing until the server ends."""
        self.server.owner.ended.wait(20)
        self.close_connection = True

    def trickle(self) -> None:
        """Send an answer so slowly that every single read is quick and the whole takes ten seconds."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "100000")
        self.end_headers()
        for _ in range(200):
            if self.server.owner.ended.wait(0.05):
                break
            self.wfile.write(b" ")
            self.wfile.flush()
        self.close_connection = True

    def reset(self) -> None:
        """Break the connection off."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def cut(self) -> None:
        """Promise more than is sent."""
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b'{"choices": [')
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Stay silent."""


FAULTS: dict[str, Callable[[Handler], None]] = {
    "good": lambda h: h.send(200, completion(words(GOOD))),
    "limit": lambda h: h.send(429, fault("rate_limit_exceeded"), Retry_After="0.2"),
    "limit_long": lambda h: h.send(429, fault("rate_limit_exceeded"), Retry_After="600"),
    "quota": lambda h: h.send(429, fault("insufficient_quota")),
    "broken": lambda h: h.send(500, fault(None)),
    "overloaded": lambda h: h.send(503, "<html>busy</html>"),
    "key": lambda h: h.send(
        401, fault("invalid_api_key", "Incorrect API key: " + h.headers["Authorization"])
    ),
    "forbidden": lambda h: h.send(403, fault(None)),
    "absent": lambda h: h.send(404, fault("model_not_found")),
    "bad_request": lambda h: h.send(400, fault("unsupported_value")),
    "filtered_request": lambda h: h.send(400, fault("content_filter")),
    "hang": Handler.hang,
    "trickle": Handler.trickle,
    "reset": Handler.reset,
    "cut": Handler.cut,
    "not_json": lambda h: h.send(200, '{"choices": [{"mess'),
    "html": lambda h: h.send(200, "<html>sign in</html>"),
    "list": lambda h: h.send(200, "[]"),
    "null": lambda h: h.send(200, "null"),
    "null_choices": lambda h: h.send(200, {**completion(""), "choices": None}),
    "odd_choices": lambda h: h.send(200, {**completion(""), "choices": [{"message": 7}]}),
    "no_choices": lambda h: h.send(200, {**completion(""), "choices": []}),
    "no_content": lambda h: h.send(200, completion(None)),
    "deep": lambda h: h.send(200, "[" * 100_000),
    "prose": lambda h: h.send(200, completion("Sure! Here is your message: hello.")),
    "fenced": lambda h: h.send(200, completion("```json\n" + words(GOOD) + "\n```")),
    "wrong_type": lambda h: h.send(200, completion(words(7))),
    "missing_field": lambda h: h.send(200, completion('{"message": "hello"}')),
    "acts": lambda h: h.send(200, completion(words(GOOD, channel="email_reply", send_time="now"))),
    "half_a_sign": lambda h: h.send(200, completion('{"message": "hello \\ud83d", "reasoning": "x"}')),
    "blank": lambda h: h.send(200, completion(words(" \n "))),
    "length": lambda h: h.send(200, completion('{"message": "We', finish="length")),
    "filter": lambda h: h.send(200, completion("", finish="content_filter")),
    "refusal": lambda h: h.send(200, completion(None, refusal="I cannot help with that.")),
    "too_long": lambda h: h.send(200, completion(words("We would like to help you. " * 60))),
    "phone": lambda h: h.send(200, completion(words("Please call us on 0800 123 4567."))),
    "link": lambda h: h.send(200, completion(words("Please see help.example.com/refunds for more."))),
    "mask": lambda h: h.send(200, completion(words("We have your [card number], thanks."))),
    "internal": lambda h: h.send(
        200, completion(words("Your sentiment is low, so we escalated your ticket."))
    ),
    "unseen": lambda h: h.send(200, completion(words("Thanks.\u202e We will look."))),
    "account": lambda h: h.send(200, completion(words("Thanks @115712, we will look."))),
}


class FaultHTTPServer(ThreadingHTTPServer):
    """The listening half."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    owner: FaultServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent: a broken connection is what some faults are about."""


@dataclass
class FaultServer:
    """A running server; ends with its context."""

    script: tuple[str, ...]
    requests: list[dict[str, Any]] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self.listening = FaultHTTPServer(("127.0.0.1", 0), Handler)
        self.listening.owner = self
        self.thread = threading.Thread(target=self.listening.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.listening.shutdown()
        self.listening.server_close()
        self.thread.join()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.listening.server_address[1]}"

    @property
    def received(self) -> str:
        """Everything that it was sent, in one text."""
        return json.dumps(self.requests)
