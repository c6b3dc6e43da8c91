# One secret in every place where another kernel could look for it. Run as a cell, or as a program; the last value says where.
import base64
import ctypes
import json
import os
import socket
import subprocess
import sys

token = "TOKEN"[::-1]  # so that no source has it
name = "NAME"
private = os.path.join(os.path.expanduser("~"), "private")
os.makedirs(private, 0o700)
paths = [os.path.join(private, "secret"), f"/dev/shm/{name}"]
for path in paths:
    with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        file.write(token)
memory = ctypes.create_string_buffer(token.encode())
opened = open(paths[0])
tcp = socket.create_server(("127.0.0.1", 0))
abstract = socket.socket(socket.AF_UNIX)
abstract.bind(f"\0{name}")
abstract.listen()
# The environment and the command line that a process was started with are what others read: a child has both.
child = subprocess.Popen(
    [sys.executable, "-c", "import time\ntime.sleep(3600)", name, token],
    env={"HELD": token},
    stdin=subprocess.DEVNULL,
    pass_fds=[opened.fileno()],
)
held = {
    "token": token[::-1],
    "name": name,
    "address": ctypes.addressof(memory),
    "port": tcp.getsockname()[1],
    "file": paths[0],
    "shm": paths[1],
}
"HELD:" + base64.b64encode(json.dumps(held).encode()).decode() + ":"
