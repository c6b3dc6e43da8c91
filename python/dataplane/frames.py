"""What a kernel is sent on its data socket: frames of a kind, a length and a body. `S` an Arrow schema, `B` a record batch, each one
encapsulated IPC message; then one `E`, JSON: {"rows": n} when all was sent, {"error": reason, …} when not. A stream that ends
without an `E` was cut."""

import json
import socket
import struct
from typing import Any

import pyarrow as pa

HEAD = struct.Struct("<cQ")


def send(connection: socket.socket, kind: bytes, body: pa.Buffer | bytes) -> int:
    """Answers the bytes that were sent."""
    view = memoryview(body)
    connection.sendall(HEAD.pack(kind, view.nbytes))
    connection.sendall(view)
    return HEAD.size + view.nbytes


def end(connection: socket.socket, **said: Any) -> None:
    send(connection, b"E", json.dumps(said).encode())
