# What a notebook can do with what its reader may see, cell by cell: show it, in every form, and leave it wherever it may write. It looks for what
# an earlier run has left before it leaves anything. Nothing in it is the value itself.
import base64
import functools
import gzip
import json
import logging
import os
import pathlib
import pickle
import re
import socket
import subprocess
import sys
import threading
import zlib
from multiprocessing import shared_memory

import altair as alt
import anywidget
import marimo as mo
import plotly.express as px
import traitlets
from matplotlib import pyplot as plt

from scrydon import artifacts, errors, inference, kb, llm, tables

# %%
rows = tables.read("compliance_authorities").sort_values(["country", "city"])
office = rows[rows["authority"] == "The office of marks"]
told = " | ".join(str(value) for value in office.to_numpy().ravel())
word = re.sub(r"\W", "", str(office["email"].iloc[0])) or "masked"
f"ROWS:{len(rows)} {told}"
# %%
office
# %%
mo.ui.table(office)
# %%
mo.ui.dataframe(office)
# %%
print(told)
print(told, file=sys.stderr)
logging.warning(told)
# %%
raise ValueError(told)
# %%
plain = told.encode()
turns = [b"x" * times + plain for times in range(3)]
packed = [gzip.compress(plain, mtime=0), zlib.compress(plain), told.encode("utf-16-le"), told.encode("utf-16-be")]
print(plain.hex())
print(json.dumps([base64.b64encode(each).decode() for each in [*turns, *packed]]))
# %%
mo.vstack([mo.md(f"# {told}"), mo.callout(told), mo.plain_text(told), mo.Html(f"<i title='{told}'>{told}</i>"), mo.json({told: [told]})])
# %%
mo.vstack([mo.ui.text(value=told), mo.ui.dropdown([told], value=told), mo.ui.text_area(value=told), mo.download(plain, filename=f"{word}.txt")])
# %%
alt.Chart(office).mark_bar(tooltip=True).encode(x="email", y="phone")
# %%
px.bar(office, x="email", y="phone", title=told)
# %%
plt.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "marks"})
figure, axes = plt.subplots(figsize=(4, 1))
axes.set_title(told.replace("$", ""), fontsize=6)
figure
# %%
figure.savefig("drawn.svg", metadata={"Date": None})
mo.Html(pathlib.Path("drawn.svg").read_text())
# %%
class Shown(anywidget.AnyWidget):
    _esm = "export default { render({ model, el }) { el.textContent = model.get('value') } }"
    value = traitlets.Unicode().tag(sync=True)


Shown(value=told)
# %%
SKIPPED = ("/proc", "/sys", "/dev/fd")
NAME = "left-behind"
folders = [at for at, below, _ in os.walk("/") if not at.startswith(SKIPPED) and os.access(at, os.W_OK)]


def left(folder):
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.startswith(NAME)]


def answers(family, address):
    try:
        with socket.socket(family) as asked:
            asked.settimeout(20)
            asked.connect(address)
            return asked.recv(1 << 16) != b""
    except OSError:
        return False


def attached():
    try:
        shared_memory.SharedMemory(NAME).close()
    except FileNotFoundError:
        return False
    return True


found = {
    "cache": any("cache" in at for at, _, files in os.walk("__marimo__") if files and "session" not in at),
    "files": any(left(folder) for folder in folders),
    "session": os.path.exists("__marimo__/session/left-behind.json"),
    "shared memory": attached(),
    "abstract socket": answers(socket.AF_UNIX, f"\0{NAME}"),
    "port": answers(socket.AF_INET, ("127.0.0.1", 45454)),
    "environment": NAME in os.environ,
    "module": hasattr(json, "left_behind"),
    "main": hasattr(sys.modules["__main__"], "left_behind"),
    "process": any(NAME.encode() in path.read_bytes() for path in pathlib.Path("/proc").glob("[0-9]*/cmdline")),
}
"FOUND:" + " ".join(what for what, there in found.items() if there) + "."
# %%
def leave(folder):
    at = os.path.join(folder, NAME)
    bodies = {"txt": plain, "gz": packed[0], "utf16": packed[2], "b64": base64.b64encode(plain), "pickle": pickle.dumps(office)}
    for kind, body in bodies.items():
        pathlib.Path(f"{at}-{word}.{kind}").write_bytes(body)
    if not os.path.lexists(f"{at}-link"):
        os.symlink(told.replace("/", "-"), f"{at}-link")


def serve(family, address):
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    listener.listen()
    while True:
        listener.accept()[0].sendall(plain)


if not found["port"]:
    for place in [(socket.AF_UNIX, f"\0{NAME}"), (socket.AF_INET, ("127.0.0.1", 45454))]:
        threading.Thread(target=serve, args=place, daemon=True).start()
    block = shared_memory.SharedMemory(NAME, create=True, size=len(plain))
    block.buf[: len(plain)] = plain
    json.left_behind = sys.modules["__main__"].left_behind = told
    os.environ[NAME] = told
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)", NAME, told], env={NAME: told})
os.makedirs("__marimo__/session", exist_ok=True)
pathlib.Path("__marimo__/session/left-behind.json").write_text(told)
for folder in folders:
    leave(folder)
kinds = sorted({folder.split("/")[1] for folder in folders})
f"LEFT:{kinds}"
# %%
@functools.cache
def remembered():
    return told


@mo.cache
def cached():
    return told


@mo.persistent_cache
def persisted():
    return told


remembered(), cached(), persisted()
with mo.persistent_cache("kept"):
    kept = told
# %%
def attempt(call):
    try:
        return str(call())
    except errors.ScrydonError as refused:
        return f"{type(refused).__name__} {refused.code}"


def control(line):
    with socket.socket(socket.AF_UNIX) as own:
        own.connect("/run/scrydon/control")
        own.sendall(line + b"\n")
        return json.loads(own.makefile().readline() or "{}").get("error", {}).get("code", "closed")


where = {"email": office["email"].iloc[0]}
asked = [
    attempt(lambda: tables.read(word)),
    attempt(lambda: tables.describe(word)),
    attempt(lambda: tables.read("compliance_authorities", columns=[word])),
    attempt(lambda: len(tables.read("compliance_authorities", where=where))),
    attempt(lambda: tables.query("compliance_authorities", {word: "count"}).shape),
    attempt(lambda: len(kb.search(told, limit=3))),
    attempt(lambda: llm.complete(told, model=word)),
    attempt(lambda: inference.predict(word, office[["country"]])),
    control(json.dumps({"call": word, "body": told}).encode()),
    control(json.dumps({"call": "tables.read", "body": {"table": word, word: told}}).encode()),
    control(plain),
    f"BESIDE:{[(path.name, path.read_text()) for path in pathlib.Path('files').iterdir()]}",
]
asked
# %%
[
    attempt(lambda: artifacts.save(office, "office of marks").classification),
    attempt(lambda: artifacts.save(figure, "office, drawn").classification),
    attempt(lambda: artifacts.save(pickle.dumps(office), "office.pickle").classification),
    attempt(lambda: tables.write("copy_of_marks", office, mode="create").rows),
]
# %%
written = os.write(2, plain + b"\n") + os.write(1, plain + b"\n")
