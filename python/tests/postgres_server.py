"""A PostgreSQL of the tests' own: Debian's package, on a private socket in a folder that goes when it ends. It refuses root, so root
runs it as another user. Two roles, as in a real one: `keeper` owns the tables, `plane` is what the data plane signs in as.

Run as a program it says where it is as a line of JSON, and ends with its input:  python postgres_server.py"""

import glob
import json
import os
import pwd
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from urllib.parse import parse_qs, urlsplit

BINARIES = "/usr/lib/postgresql/*/bin"
DATABASE = "tables"
SOCKET = ".s.PGSQL.5432"
STARTED = 30  # seconds
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "64MB",
    "max_connections": "100",
}
# A collation that is not by code point, as most databases have it: what compares by it where it must not, is found out.
ROLES = (
    "CREATE ROLE keeper LOGIN",
    "CREATE ROLE plane LOGIN",
    f"CREATE DATABASE {DATABASE} OWNER keeper TEMPLATE template0 LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US'",
)


@dataclass(frozen=True)
class Server:
    """Where it is, for each role: URLs as SCRYDON_TABLES takes them."""

    plane: str
    owner: str
    superuser: str
    pid: int


def binaries() -> str:
    """The folder of the newest version that is installed, or POSTGRES_BIN."""
    found = [os.environ["POSTGRES_BIN"]] if "POSTGRES_BIN" in os.environ else sorted(glob.glob(BINARIES), key=_version)
    if not found:
        raise RuntimeError("PostgreSQL 15 or newer is needed: apt-get install postgresql, or POSTGRES_BIN=/path/to/its/bin")
    return found[-1]


def _version(path: str) -> int:
    return int(path.split("/")[-2])


def _account() -> pwd.struct_passwd | None:
    """Whom the server runs as, where that is not us."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


@contextmanager
def postgres() -> Iterator[Server]:
    account = _account()
    folder = tempfile.mkdtemp(prefix="pg-")
    try:
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        process = _started(folder, account)
        try:
            _wait(folder, process)
            yield Server(**{name: _url(folder, role, base) for name, role, base in _ADDRESSES}, pid=process.pid)
        finally:
            process.send_signal(signal.SIGINT)  # ends its sessions, and itself
            process.wait()
    finally:
        shutil.rmtree(folder)


@contextmanager
def deaf(url: str) -> Iterator[str]:
    """Another address of a server: a connection over it ends with the COMMIT that it passes on, and nothing comes back of that."""
    folder = parse_qs(urlsplit(url).query)["host"][0]
    with tempfile.TemporaryDirectory() as own, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.join(own, SOCKET))
        listener.listen()

        def serve() -> None:
            with suppress(OSError):  # it is closed
                while True:
                    threading.Thread(target=_pass_on, args=(listener.accept()[0], os.path.join(folder, SOCKET)), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield url.replace(folder, own)
        listener.shutdown(socket.SHUT_RDWR)


def _pass_on(client: socket.socket, path: str) -> None:
    with client, socket.socket(socket.AF_UNIX) as server:
        server.connect(path)
        while True:
            for one, other in ((client, server), (server, client)):
                if one not in select.select([client, server], [], [])[0]:
                    continue
                part = one.recv(1 << 16)
                if not part:
                    return
                other.sendall(part)
                if one is client and part.endswith(b"COMMIT\0"):
                    server.recv(1)  # it is done
                    return


_ADDRESSES = (("plane", "plane", DATABASE), ("owner", "keeper", DATABASE), ("superuser", "root", DATABASE))


def _url(folder: str, role: str, database: str) -> str:
    return f"postgresql:///{database}?host={folder}&user={role}"


def _started(folder: str, account: pwd.struct_passwd | None) -> subprocess.Popen[bytes]:
    """It ends with us, also where we are killed."""
    change = [] if account is None else ["--reuid", str(account.pw_uid), "--regid", str(account.pw_gid), "--clear-groups"]
    run = ["setpriv", "--pdeathsig", "INT", *change]
    data = os.path.join(folder, "data")
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    initdb = [*run, f"{binaries()}/initdb", "-D", data, "-A", "trust", "-U", "root", "-E", "UTF8", "--locale", "C.UTF-8", "-N"]
    said = subprocess.run(initdb, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder)
    if said.returncode != 0:
        raise RuntimeError(f"initdb failed: {said.stdout.decode()}")
    with open(os.path.join(folder, "log"), "wb") as log:
        return subprocess.Popen([*run, f"{binaries()}/postgres", "-D", data, "-k", folder, *options], stdout=log, stderr=log, cwd=folder)


def _wait(folder: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTED
    psql = [f"{binaries()}/psql", "-qX", "-v", "ON_ERROR_STOP=1", _url(folder, "root", "postgres")]
    while subprocess.run([f"{binaries()}/pg_isready", "-q", "-h", folder]).returncode != 0:
        if process.poll() is not None or time.monotonic() > deadline:
            with open(os.path.join(folder, "log")) as log:
                raise RuntimeError(f"PostgreSQL did not start: {log.read()}")
        time.sleep(0.02)  # between two looks, up to the deadline
    subprocess.run([*psql, *(part for statement in ROLES for part in ("-c", statement))], check=True)


if __name__ == "__main__":
    with postgres() as server:
        print(json.dumps(asdict(server)), flush=True)
        sys.stdin.buffer.read()
