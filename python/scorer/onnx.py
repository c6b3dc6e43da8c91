"""Scores rows with one ONNX model, in a process that is thrown away: `python -I onnx.py MEMORY SECONDS ANSWER`. The standard input is the size
of the model as a line, the model, then a batch a line, `{"columns": [{"name", "type", "values"}, …]}`, or `{"describe": true}`. Printed is a
line for each: `{"ready": true}` once the model is loaded, then `{"columns": […]}`, or `{"takes": […], "makes": […]}`, tensors as
`{"name", "type", "width"}`; or `{"failed": why}`.

A model is hostile. Everything that running one takes is imported, and was used once, first; then the process is sealed
(reader/sealed.py), and only then is a byte of it read. So a model that names files of its own (external data) or libraries (custom
operators) finds none. Whoever started it bounds the time."""

import json
import math
import os
import sys
from collections.abc import Iterator
from typing import Any

# Before they are imported. Without the last, onnxruntime tells its makers of its use, from a thread of its own.
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ORT_DISABLE_TELEMETRY": "1"}
sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import numpy as np  # noqa: E402
import onnxruntime as ort  # noqa: E402

from reader import sealed  # noqa: E402

# The smallest model: y = Identity(x), one real number.
SMALLEST = bytes.fromhex(
    "08073a370a100a017812017922084964656e746974791201675a0f0a0178120a0a08080112040a020801620f0a0179120a0a08080112040a02080142"
    "040a00100d"
)
TENSORS = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
    "tensor(string)": np.object_,
}
SAID = {
    "tensor(float)": "real",
    "tensor(double)": "real",
    "tensor(int64)": "integer",
    "tensor(int32)": "integer",
    "tensor(bool)": "boolean",
    "tensor(string)": "text",
}
KINDS = {"f": "real", "i": "integer", "u": "integer", "b": "boolean", "O": "text", "U": "text"}
INPUTS = OUTPUTS = 256  # columns
NAME = 255  # characters of the name of one
SAFE = 2**53  # integers of a size below it are the same in JSON everywhere

Column = dict[str, Any]


class Failed(Exception):
    """And why."""


def opened(model: bytes) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def scored(session: ort.InferenceSession, columns: list[Column]) -> list[Column]:
    """Raises Failed."""
    rows = len(columns[0]["values"])
    fed = _fed(session, columns)
    try:
        outputs = session.run(None, fed)
    except Exception:
        raise Failed("rejected") from None
    made = [column for output, value in zip(session.get_outputs(), outputs, strict=True) for column in _made(output.name, value, rows)]
    if not 1 <= len(made) <= OUTPUTS:
        raise Failed("garbled")
    return made


def described(session: ort.InferenceSession) -> dict[str, Any]:
    """What it says that it takes and makes. Raises Failed, where that are no columns with a row for each row."""
    takes, makes = session.get_inputs(), session.get_outputs()
    if not 1 <= len(takes) <= INPUTS or not 1 <= len(makes) <= OUTPUTS:
        raise Failed("unusable")
    if any(not one.shape or isinstance(one.shape[0], int) for one in takes):
        raise Failed("unusable")  # it takes one row, or always as many
    return {"takes": [_said(one) for one in takes], "makes": [_said(one) for one in makes]}


def _said(one: ort.NodeArg) -> dict[str, Any]:
    kind = SAID.get(one.type)
    if kind is None or not 1 <= len(one.name) <= NAME or len(one.shape) > 2:
        raise Failed("unusable")
    if len(one.shape) < 2:
        return {"name": one.name, "type": kind, "width": 1 if one.shape else None}
    width = one.shape[1]
    return {"name": one.name, "type": kind, "width": width if isinstance(width, int) and width > 0 else None}


def _fed(session: ort.InferenceSession, columns: list[Column]) -> dict[str, np.ndarray]:
    """By name; or, for a model with one input, all columns side by side in it."""
    given = {column["name"]: column["values"] for column in columns}
    taken = {one.name: one for one in session.get_inputs()}
    if any(one.type not in TENSORS for one in taken.values()):
        raise Failed("unusable")
    if set(taken) == set(given):
        return {name: _tensor(given[name], one).reshape(_shape(one, len(given[name]))) for name, one in taken.items()}
    if len(taken) != 1:
        raise Failed("unusable")
    [one] = taken.values()
    parts = [_tensor(column["values"], one) for column in columns]
    return {one.name: np.stack(parts, axis=1)}


def _tensor(values: list[Any], one: ort.NodeArg) -> np.ndarray:
    try:
        return np.array(values, TENSORS[one.type])
    except (ValueError, TypeError, OverflowError):
        raise Failed("unusable") from None


def _shape(one: ort.NodeArg, rows: int) -> tuple[int, ...]:
    return (rows, 1) if len(one.shape) == 2 else (rows,)


def _made(name: str, value: object, rows: int) -> Iterator[Column]:
    if not isinstance(value, np.ndarray) or value.dtype.kind not in KINDS or not 1 <= value.ndim <= 2 or value.shape[0] != rows:
        raise Failed("garbled")
    if value.ndim == 1 or value.shape[1] == 1:
        yield _column(name, value.reshape(rows))
        return
    if value.shape[1] > OUTPUTS:
        raise Failed("garbled")
    for place in range(value.shape[1]):
        yield _column(f"{name}_{place}", value[:, place])


def _column(name: str, values: np.ndarray) -> Column:
    kind = KINDS[values.dtype.kind]
    listed = values.tolist()
    if kind == "real":
        listed = [one if math.isfinite(one) else None for one in listed]
    if kind == "integer" and any(abs(one) >= SAFE for one in listed):
        raise Failed("garbled")
    return {"name": name, "type": kind, "values": [str(one) for one in listed] if kind == "text" else listed}


def say(word: dict[str, Any], most: int) -> None:
    line = json.dumps(word, ensure_ascii=True, allow_nan=False) + "\n"
    sys.stdout.write(line if len(line) <= most else json.dumps({"failed": "too-long"}) + "\n")
    sys.stdout.flush()


def serve(answer: int) -> None:
    taken = sys.stdin.buffer
    try:
        session = opened(taken.read(int(taken.readline())))
    except Exception:  # whatever a hostile file brings about
        return say({"failed": "unusable"}, answer)
    say({"ready": True}, answer)
    for line in taken:
        try:
            asked = json.loads(line)
            word = described(session) if "describe" in asked else {"columns": scored(session, asked["columns"])}
        except Failed as failed:
            word = {"failed": str(failed)}
        except Exception:
            word = {"failed": "failed"}
        say(word, answer)


def main(memory: int, seconds: int, answer: int) -> None:
    opened(SMALLEST).run(None, {"x": np.zeros(1, np.float32)})
    if len(os.listdir("/proc/self/task")) != 1:
        raise RuntimeError("another thread would not be sealed")
    sealed.seal(memory, seconds)
    serve(answer)
    os._exit(0)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
