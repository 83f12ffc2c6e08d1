"""A small language model behind an OpenAI-compatible server on loopback, as a process of its own.

In: the file of the model, a port, and the path under which it answers. Out: a server until its input ends.
It writes `ready` to its output when it answers. The model proves the wiring; its words are poor.
"""

from __future__ import annotations

import os
import sys
import threading

import xllamacpp


def serve(model: str, port: int, prefix: str) -> None:
    """Serve `model` until standard input is closed."""
    params = xllamacpp.CommonParams()
    params.model.path = model
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.api_prefix = prefix
    params.n_ctx = 4096
    params.n_parallel = 1
    params.cpuparams.n_threads = 1  # two threads collapse on a busy machine
    params.cpuparams_batch.n_threads = 1
    params.sampling.temp = 0.0  # the likeliest words: the same answer every time
    params.warmup = False
    server = xllamacpp.Server(params)
    sys.stdout.write(f"ready {server.listening_address}\n")
    sys.stdout.flush()
    threading.Thread(target=_leave_with_the_parent, daemon=True).start()
    threading.Event().wait()


def _leave_with_the_parent() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), sys.argv[3])
