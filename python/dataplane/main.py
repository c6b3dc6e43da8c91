"""The data plane: runs what the gateway has decided, next to the data, and streams it to kernels. It knows no person and no policy.

  python main.py --socket <path the gateway connects to> --tables <folder> --artefacts <folder> [--seeds <folder of CSV files>]

Tables are DuckDB's, in that folder, unless SCRYDON_TABLES names a PostgreSQL (postgresql://…); SCRYDON_TABLES_OWNER is how it signs
in to make tables there, without which nothing is written. An engine without tables takes in what the seeds hold and what comes in a package (load.py).

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
from dataplane.engine import Engine  # noqa: E402
from dataplane.intake import Intakes  # noqa: E402
from dataplane.keeping import Keeping  # noqa: E402
from dataplane.plans import Plans  # noqa: E402
from dataplane.streams import Streams  # noqa: E402
from dataplane.writes import Writes  # noqa: E402

MEMORY = "256MB"  # of the engine; batches on their way come on top
THREADS = max(1, (os.cpu_count() or 1))
CONFIGURATION = 78  # sysexits' EX_CONFIG: starting again would not help

log = logging.getLogger("dataplane")


class Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said = {key: getattr(record, key) for key in ("kernel", "plan", "type") if hasattr(record, key)}
        return json.dumps({"level": record.levelno, "time": self.formatTime(record), "process": "dataplane", **said, "msg": record.getMessage()})


def opened(folder: str, url: str, owner: str) -> Engine:
    """The engine that is configured. A server that is away ends us: whoever supervises tries again."""
    if not url:
        return DuckDb(os.path.join(folder, "tables.duckdb"), MEMORY, THREADS, os.path.join(folder, "spill"))
    if not url.startswith(("postgresql://", "postgres://")):
        raise SystemExit(unfit("SCRYDON_TABLES must be a postgresql:// address"))
    from dataplane.postgres_engine import Away, Postgres, Unfit  # ten megabytes of driver that DuckDB does without

    try:
        return Postgres(url, owner or None)
    except Unfit as error:
        raise SystemExit(unfit(f"SCRYDON_TABLES: {error}")) from error
    except Away as error:
        log.critical("the server of SCRYDON_TABLES cannot be signed in to: %s", error)
        raise SystemExit(1) from error


def unfit(why: str) -> int:
    log.critical(why)
    return CONFIGURATION


def seed(engine: Engine, folder: str) -> None:
    """In a process of its own: what reads files and packages has nothing to do with what serves."""
    with tempfile.TemporaryDirectory() as made:
        subprocess.run([sys.executable, load.__file__, folder, made], check=True, stdout=subprocess.DEVNULL)
        for name in sorted(os.listdir(made)):
            with pa.memory_map(os.path.join(made, name)) as source:
                engine.create(name.removesuffix(".arrow"), pa.ipc.open_file(source).read_all())


def plant(engine: Engine) -> None:
    """The canary, without which the gateway would serve nothing."""
    if canary.NAME in engine.tables():
        return
    try:
        engine.create(canary.NAME, canary.canary())
    except ValueError as error:
        raise SystemExit(unfit(f"there is no table {canary.NAME} behind row level security, and SCRYDON_TABLES_OWNER names nobody to make it")) from error


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
    owner = os.environ.pop("SCRYDON_TABLES_OWNER", "")
    engine = opened(given.tables, os.environ.pop("SCRYDON_TABLES", ""), owner)
    if given.seeds and (engine.dialect == "duckdb" or owner) and not engine.tables():
        seed(engine, given.seeds)
    plant(engine)
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
