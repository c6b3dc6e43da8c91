"""Learns what a kernel comes to import, so that the zygote can import it before the fork: `python -I learn.py OUT`.

Throw-away servers run a notebook that uses what most notebooks use, in both modes; every module they end up with is a
candidate. Each is then imported in a fresh process: what starts a thread, or belongs to a library that hangs when it is
used after a fork (NEVER), is left out. The file is valid for one lock of the environment.
"""

import compileall
import http.client
import json
import os
import re
import signal
import site
import socket
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, HERE)

# These start threads or hold locks at import or at first use: they load per kernel.
NEVER = ("polars", "_polars", "sklearn", "scipy", "duckdb", "_duckdb", "joblib", "threadpoolctl", "torch", "zmq", "numba")
DEADLINE = 120  # seconds for one notebook
TRIES = 20

NOTEBOOK = '''
import marimo

app = marimo.App()

@app.cell
def _():
    import marimo as mo
    import numpy as np
    import pandas as pd
    import plotly.express as px
    return mo, np, pd, px

@app.cell
def _(mo):
    controls = [mo.ui.slider(0, 9), mo.ui.dropdown(["a"]), mo.ui.text(), mo.ui.button(), mo.ui.date(), mo.ui.file()]
    mo.vstack([mo.md("$x^2$"), mo.accordion({"a": mo.callout("b")}), mo.hstack(controls), mo.mermaid("graph TD; A-->B")])
    return

@app.cell
def _(mo, np, pd):
    frame = pd.DataFrame({"x": np.arange(1000), "y": np.random.rand(1000), "when": pd.date_range("2024", periods=1000), "kind": list("abcd") * 250})
    mo.vstack([mo.ui.table(frame), mo.ui.dataframe(frame), mo.ui.data_explorer(frame)])
    return (frame,)

@app.cell
def _(frame, px):
    px.scatter(frame, x="x", y="y", color="kind")
    return

@app.cell
def _(frame, mo, px):
    mo.ui.plotly(px.bar(frame.head(), x="kind", y="y"))
    return

@app.cell
def _(frame):
    frame.groupby("kind").agg({"y": ["mean", "std"]})
    return

@app.cell
def _():
    import matplotlib.pyplot as plt
    figure, axes = plt.subplots()
    axes.plot([1, 2, 3])
    axes.set_title("$x$")
    figure
    return

@app.cell
def _(frame, mo):
    import altair as alt
    mo.ui.altair_chart(alt.Chart(frame.head(50)).mark_point().encode(x="x", y="y"))
    return

@app.cell
def _(mo):
    import anywidget
    import traitlets

    class Counter(anywidget.AnyWidget):
        _esm = "export default { render() {} }"
        value = traitlets.Int(0).tag(sync=True)

    mo.ui.anywidget(Counter())
    return

@app.cell
def _():
    print("said")
    1 / 0
    return
'''
SAY = """
@app.cell
def _():
    import json as _json, sys as _sys
    with open("modules.json", "w") as _file:
        _json.dump(sorted(name for name in _sys.modules), _file)
    return
"""


def request(path: str, socket_path: str, body: dict | None, session: str) -> None:
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(socket_path)
    headers = {"content-type": "application/json", "marimo-session-id": session}
    connection.request("GET" if body is None else "POST", path, None if body is None else json.dumps(body), headers)
    connection.getresponse().read()
    connection.close()


def use(socket_path: str, mode: str) -> None:
    """Is a browser to the server: opens a session and waits until every cell ran."""
    from websockets.sync.client import unix_connect

    session = "s_learns"
    with unix_connect(socket_path, f"ws://localhost/ws?session_id={session}", max_size=None) as channel:
        while True:
            message = json.loads(channel.recv(timeout=DEADLINE))
            if message["op"] == "kernel-ready" and mode == "edit":
                request("/api/kernel/instantiate", socket_path, {"objectIds": [], "values": [], "autoRun": True}, session)
            if message["op"] == "completed-run":
                break
        request("/api/kernel/set_ui_element_value", socket_path, {"objectIds": [], "values": []}, session)
        request("/health", socket_path, None, session)
        if mode == "edit":
            completion = {"id": "1", "document": "import pandas as pd\npd.Da", "cellId": "Hbol"}
            request("/api/kernel/code_autocomplete", socket_path, completion, session)
            request("/api/kernel/format", socket_path, {"codes": {"Hbol": "x=1"}, "lineLength": 79}, session)
            saved = {"cellIds": ["Hbol"], "codes": ["1"], "names": ["_"], "configs": [{}], "filename": "/notebook.py", "persist": False}
            request("/api/kernel/save", socket_path, saved, session)


def observe(mode: str) -> set[str]:
    """Runs the notebook in one mode in a forked server. Answers every module that it came to know."""
    from launcher import serve, zygote

    with tempfile.TemporaryDirectory(prefix="learn-") as made:
        home = os.path.realpath(made)
        notebook, path = os.path.join(home, "notebook.py"), os.path.join(home, "socket")
        with open(notebook, "w") as file:
            file.write(NOTEBOOK + SAY)
        listener = zygote.listen(path)
        order = {"mode": mode, "autorun": True, "theme": "light", "home": home, "notebook": notebook, "limits": {"output": 8 << 20, "processes": 256, "scratch": 2 << 30}}
        pid = os.fork()
        if pid == 0:
            try:
                serve.run(order, listener.fileno())
                with open(os.path.join(home, "server.json"), "w") as file:
                    json.dump(sorted(sys.modules), file)
            finally:
                os._exit(0)
        listener.close()
        client = threading.Thread(target=use, args=(path, mode))
        client.start()
        client.join()
        os.kill(pid, signal.SIGINT)
        os.waitpid(pid, 0)
        found: set[str] = set()
        for name in ("modules.json", "server.json"):
            with open(os.path.join(home, name)) as file:
                found |= set(json.load(file))
        return found


def wanted(name: str) -> bool:
    family = name.split(".")[0]
    return not name.startswith(("__", "launcher", "websockets.sync")) and family not in (*NEVER, "antigravity", "this", "readline", "test")


CHECK = """
import importlib, json, sys, warnings
sys.path.insert(0, sys.argv[1])
from launcher import preload
warnings.simplefilter("ignore")
preload.single_threaded()
preload.import_all([])
good = []
for name in json.load(sys.stdin):
    if name in sys.modules:
        continue
    before = set(sys.modules)
    try:
        importlib.import_module(name)
    except BaseException:
        continue
    new = set(sys.modules) - before
    if preload.threads() != 1 or any(known.split(".")[0] in sys.argv[2:] for known in new):
        print(json.dumps({"refused": name}))
        sys.exit()
    good.append(name)
print(json.dumps({"good": good}))
"""


def importable(names: list[str]) -> list[str]:
    """Those that a single-threaded process can import and stay single-threaded, without pulling in what must not be."""
    for _ in range(TRIES):
        command = [sys.executable, "-I", "-c", CHECK, HERE, *NEVER]
        answer = subprocess.run(command, input=json.dumps(names), capture_output=True, text=True, check=True)
        said = json.loads(answer.stdout.splitlines()[-1])
        if "good" in said:
            return said["good"]
        names = [name for name in names if name != said["refused"]]
    raise RuntimeError("too many modules start threads")


def observed(mode: str) -> set[str]:
    """observe() in a process of its own: its client starts threads, and nothing may be forked after that."""
    answer = subprocess.run([sys.executable, "-I", __file__, "--observe", mode], capture_output=True, text=True)
    if answer.returncode != 0:
        raise RuntimeError(f"the notebook did not run in {mode} mode:\n{answer.stderr}")
    return set(json.loads(answer.stdout.splitlines()[-1]))


def compile_all() -> None:
    """Bytecode for everything installed: a sandbox cannot write it, and would compile a library anew in every kernel."""
    unused = re.compile(r"/(tests?|testing)/|/marimo/_(smoke_tests|tutorials)/")
    for folder in site.getsitepackages():
        compileall.compile_dir(folder, quiet=2, workers=0, rx=unused)


def main(out: str) -> None:
    from launcher import preload

    compile_all()
    found = observed("run") | observed("edit")
    modules = importable(sorted(filter(wanted, found)))
    with open(f"{out}.new", "w") as file:
        json.dump({"lock": preload.lock(), "modules": modules}, file)
    os.replace(f"{out}.new", out)


def observe_only(mode: str) -> None:
    from launcher import preload

    preload.single_threaded()
    preload.preload(None)
    preload.freeze()
    print(json.dumps(sorted(observe(mode))))


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--observe":
        observe_only(sys.argv[2])
    elif len(sys.argv) == 2:
        main(sys.argv[1])
    else:
        sys.exit(__doc__)
