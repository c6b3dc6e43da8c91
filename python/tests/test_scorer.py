"""The process that opens ONNX models, as the gateway runs it: given a model and batches, and bounded in all it takes."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from typing import Any

from scorer import onnx
from tests import onnx_models as models
from tests.kernel_folder import PYTHON

MEMORY, SECONDS, ANSWER = 2 << 30, 20, 1 << 20
SCRIPT = os.path.join(PYTHON, "scorer", "onnx.py")


def run(model: bytes, *batches: list[dict[str, Any]] | None, cwd: str = "/", memory: int = MEMORY, seconds: int = SECONDS, answer: int = ANSWER) -> list[Any]:
    """What it said, a word a line; what ended it, where it did not end itself. A batch that is none: it is to describe the model."""
    questions = [{"describe": True} if batch is None else {"columns": batch} for batch in batches]
    lines = b"".join(json.dumps(question).encode() + b"\n" for question in questions)
    command = [sys.executable, "-I", SCRIPT, str(memory), str(seconds), str(answer)]
    done = subprocess.run(command, input=b"%d\n" % len(model) + model + lines, capture_output=True, timeout=120, cwd=cwd)
    return [json.loads(line) for line in done.stdout.splitlines()] + ([] if done.returncode == 0 else [done.returncode])


def column(name: str, kind: str, *values: object) -> dict[str, Any]:
    return {"name": name, "type": kind, "values": list(values)}


READY = {"ready": True}
X = [column("x", "real", 1.5, 2.5)]


class Scoring(unittest.TestCase):
    def test_the_smallest_model_is_what_it_is_called(self) -> None:
        self.assertEqual(onnx.SMALLEST, models.passing(models.FLOAT, 1))

    def test_one_batch_after_the_other(self) -> None:
        said = run(models.passing(models.FLOAT, None), X, [column("x", "real", 3)])
        self.assertEqual(said, [READY, {"columns": [column("y", "real", 1.5, 2.5)]}, {"columns": [column("y", "real", 3.0)]}])

    def test_each_type_there_and_back(self) -> None:
        for kind, given in ((models.INT64, column("x", "integer", 1, -(2**52))), (models.STRING, column("x", "text", "ü", "")), (models.BOOL, column("x", "boolean", True, False))):
            self.assertEqual(run(models.passing(kind, None), [given]), [READY, {"columns": [{**given, "name": "y"}]}])

    def test_columns_side_by_side_in_the_order_of_the_question(self) -> None:
        said = run(models.passing(models.FLOAT, None, 2), [column("a", "real", 1, 2), column("b", "boolean", True, False)])
        self.assertEqual(said, [READY, {"columns": [column("y_0", "real", 1.0, 2.0), column("y_1", "real", 1.0, 0.0)]}])

    def test_a_column_alone_in_two_dimensions(self) -> None:
        self.assertEqual(run(models.passing(models.FLOAT, None, 1), X), [READY, {"columns": [column("y", "real", 1.5, 2.5)]}])

    def test_what_is_no_number_is_none(self) -> None:
        nodes = [models.node("Log", ["x"], ["y"])]
        log = models.model(nodes, [models.value("x", models.FLOAT, None)], [models.value("y", models.FLOAT, None)])
        self.assertEqual(run(log, [column("x", "real", 0, -1, 1)]), [READY, {"columns": [column("y", "real", None, None, 0.0)]}])

    def test_what_it_does_not_take_is_said_and_it_goes_on(self) -> None:
        said = run(models.passing(models.FLOAT, None), [column("x", "text", "no number")], X)
        self.assertEqual(said, [READY, {"failed": "unusable"}, {"columns": [column("y", "real", 1.5, 2.5)]}])
        two = models.passing(models.FLOAT, 2)
        self.assertEqual(run(two, [column("x", "real", 1, 2, 3)]), [READY, {"failed": "rejected"}])

    def test_an_answer_that_is_too_long_is_not_told(self) -> None:
        word = {"columns": [column("y", "real", 1.5, 2.5)]}
        for answer, said in ((len(json.dumps(word)) + 1, word), (len(json.dumps(word)), {"failed": "too-long"})):
            self.assertEqual(run(models.passing(models.FLOAT, None), X, answer=answer), [READY, said])


class Describing(unittest.TestCase):
    def test_what_it_takes_and_makes_and_it_goes_on(self) -> None:
        said = run(models.passing(models.FLOAT, None, 3), None, [column(name, "real", 1) for name in "abc"])
        tensors = [{"name": name, "type": "real", "width": 3} for name in "xy"]
        self.assertEqual(said[1], {"takes": tensors[:1], "makes": tensors[1:]})
        self.assertEqual(len(said[2]["columns"]), 3)
        for kind, name in ((models.DOUBLE, "real"), (models.INT64, "integer"), (models.BOOL, "boolean"), (models.STRING, "text")):
            self.assertEqual(run(models.passing(kind, None), None)[1]["takes"], [{"name": "x", "type": name, "width": 1}])
        self.assertEqual(run(models.passing(models.FLOAT, None, None), None)[1]["makes"], [{"name": "y", "type": "real", "width": None}])

    def test_what_makes_no_column_of_a_row_for_each_row(self) -> None:
        odd = (models.passing(models.FLOAT), models.passing(models.FLOAT, 1), models.passing(models.FLOAT, None, 2, 2), models.passing(10, None))
        long = "y" * (onnx.NAME + 1)
        named = models.model([models.node("Identity", ["x"], [long])], [models.value("x", models.FLOAT, None)], [models.value(long, models.FLOAT, None)])
        for file in (*odd, named, models.many(onnx.OUTPUTS + 1)):
            self.assertEqual(run(file, None), [READY, {"failed": "unusable"}])


class Hostile(unittest.TestCase):
    def test_what_runs_it_keeps_nothing_of_its_use_and_starts_no_thread(self) -> None:
        """By itself onnxruntime writes its use down in the home, from a thread that would send it and not be sealed."""
        script = f"import os, sys; sys.path.append({PYTHON!r}); import scorer.onnx; print(len(os.listdir('/proc/self/task')))"
        with tempfile.TemporaryDirectory() as home:
            done = subprocess.run([sys.executable, "-I", "-c", script], env={"HOME": home}, capture_output=True, timeout=120)
            self.assertEqual((done.stdout, os.listdir(home)), (b"1\n", []))

    def test_what_is_no_model(self) -> None:
        whole = models.passing(models.FLOAT, None)
        for file in (b"", b"no model", whole[:-9], whole[:20] + b"\xff" * 20 + whole[40:]):
            self.assertEqual(run(file, X), [{"failed": "unusable"}])

    def test_data_in_a_file_beside_it(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "weights")
            with open(path, "wb") as file:
                file.write(bytes(4))
            for location in ("weights", path, "../../../etc/passwd", "/etc/passwd", "/proc/self/environ", "/dev/zero"):
                self.assertEqual(run(models.external(location), X, cwd=folder), [{"failed": "unusable"}])

    def test_more_is_declared_than_there_is(self) -> None:
        for shape in ((1 << 29,), (1 << 31, 1 << 31), ((1 << 64) - 1,)):
            self.assertEqual(run(models.declared(*shape), X), [{"failed": "unusable"}])
        whole = models.passing(models.FLOAT, None)
        self.assertEqual(run(whole[:2] + b"\x3a\x80\x80\x80\x80\x08" + whole[4:], X), [{"failed": "unusable"}])

    def test_graphs_that_are_nested_deeper_than_a_stack(self) -> None:
        self.assertEqual(run(models.nested(3000), X), [{"failed": "unusable"}])

    def test_more_outputs_than_a_batch_may_have(self) -> None:
        self.assertEqual(run(models.many(onnx.OUTPUTS), X)[1].keys(), {"columns"})
        self.assertEqual(run(models.many(onnx.OUTPUTS + 1), X), [READY, {"failed": "garbled"}])

    def test_an_operator_of_a_library(self) -> None:
        self.assertEqual(run(models.foreign(), X), [{"failed": "unusable"}])

    def test_one_that_does_not_end_is_ended(self) -> None:
        said = run(models.endless(), X, seconds=3)
        self.assertEqual((said[0], said[1] < 0), (READY, True))

    def test_one_that_swells_ends_in_its_own_memory(self) -> None:
        few, many = [column("x", "real", 2.0**18)], [column("x", "real", 2.0**31)]
        self.assertEqual(run(models.swelling(), few, many), [READY, {"columns": [column("y", "real", 2.0**18)]}, {"failed": "rejected"}])


if __name__ == "__main__":
    unittest.main()
