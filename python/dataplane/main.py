"""The data plane: runs what the gateway has decided, next to the data, and streams it to kernels. It knows no person and no policy.

  python main.py --socket <path the gateway connects to> --tables <folder> --artefacts <folder> [--seeds <folder of CSV files>]

The first start takes in what the seeds hold and what comes in a package (load.py).

Says `ready` once it listens, and ends with the process that started it: its input closes."""

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading

import pyarrow as pa

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from dataplane import canary, frames, gateway, load  # noqa: E402
from dataplane.doors import Doors  # noqa: E402
from dataplane.duckdb_engine import DuckDb  # noqa: E402
from dataplane.intake import Intakes  # noqa: E402
from dataplane.keeping import Keeping  # noqa: E402
from dataplane.plans import Plans  # noqa: E402
from dataplane.streams import Streams  # noqa: E402
from dataplane.writes import Writes  # noqa: E402

MEMORY = "256MB"  # of the engine; batches on their way come on top
THREADS = max(1, (os.cpu_count() or 1))


class Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said = {key: getattr(record, key) for key in ("kernel", "plan", "type") if hasattr(record, key)}
        return json.dumps({"level": record.levelno, "time": self.formatTime(record), "process": "dataplane", **said, "msg": record.getMessage()})


def seed(engine: DuckDb, folder: str) -> None:
    """In a process of its own: what reads files and packages has nothing to do with what serves."""
    with tempfile.TemporaryDirectory() as made:
        subprocess.run([sys.executable, load.__file__, folder, made], check=True, stdout=subprocess.DEVNULL)
        for name in sorted(os.listdir(made)):
            with pa.memory_map(os.path.join(made, name)) as source:
                engine.create(name.removesuffix(".arrow"), pa.ipc.open_file(source).read_all())


def main() -> None:
    arguments = argparse.ArgumentParser()
    for name in ("--socket", "--tables", "--artefacts"):
        arguments.add_argument(name, required=True)
    arguments.add_argument("--seeds")
    given = arguments.parse_args()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Json())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    os.umask(0o077)
    for folder in (given.tables, given.artefacts):
        os.makedirs(folder, exist_ok=True)
    spill = os.path.join(given.tables, "spill")
    engine = DuckDb(os.path.join(given.tables, "tables.duckdb"), MEMORY, THREADS, spill)
    if given.seeds and not engine.tables():
        seed(engine, given.seeds)
    if canary.NAME not in engine.tables():
        engine.create(canary.NAME, canary.canary())
    plans = Plans()
    streams = Streams(plans, engine)
    intakes = Intakes(plans, streams.running, given.tables)
    streams.take_in = intakes.serve
    writes = Writes(plans, intakes, engine)
    keeping = Keeping(plans, intakes, given.artefacts)
    doors = Doors(streams.serve, lambda connection: frames.end(connection, error="busy"))
    listener = gateway.listen(given.socket)
    threading.Thread(target=gateway.Gateway(streams, doors, intakes, writes, keeping).serve, args=(listener,), daemon=True).start()
    print("ready", flush=True)
    sys.stdin.buffer.read()  # until whoever started us has gone
    engine.close()
    os._exit(0)  # threads that serve end with us


if __name__ == "__main__":
    main()
