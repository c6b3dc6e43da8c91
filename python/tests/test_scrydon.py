"""The library as a notebook uses it, over real sockets; the test answers in the gateway's place."""

import ast
import json
import os
import socket
import subprocess
import sys
import traceback
import unittest
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from scrydon import _doors, errors, tables
from tests.kernel_folder import PYTHON, Case, ok, refused

ID = "e_abcdefgh"


class Catalogue(Case):
    FLIGHTS = {"name": "flights", "owner": "Ann", "description": "Departures <b>2013</b>", "readable": True}
    DESCRIBED = {
        "name": "authorities",
        "owner": "Ann",
        "description": "Supervisors",
        "label": {"level": "confidential", "markings": ["EU ONLY"]},
        "columns": [
            {"name": "name", "type": "text", "masked": None, "description": ""},
            {"name": "phone", "type": "text", "masked": "last4", "description": "of the <desk>"},
        ],
        "filtered": True,
        "writable": False,
    }

    def test_list(self) -> None:
        asked: list[Any] = []
        self.control(lambda line: asked.append(line) or ok({"tables": [self.FLIGHTS, {**self.FLIGHTS, "name": "crew", "readable": False}]}))
        listed = tables.list()
        self.assertEqual(asked, [{"call": "tables.list", "body": {}}])
        self.assertEqual([table.name for table in listed], ["flights", "crew"])
        self.assertEqual(listed[0], tables.Table("flights", "Ann", "Departures <b>2013</b>", True))
        self.assertEqual(
            repr(listed).splitlines(),
            [
                "managed tables: 2",
                "name     owner  readable       description",
                "flights  Ann    yes            Departures <b>2013</b>",
                "crew     Ann    ask its owner  Departures <b>2013</b>",
            ],
        )
        self.assertIn("<td>Departures &lt;b&gt;2013&lt;/b&gt;</td>", listed._repr_html_())

    def test_describe(self) -> None:
        asked: list[Any] = []
        self.control(lambda line: asked.append(line) or ok(self.DESCRIBED))
        described = tables.describe("authorities")
        self.assertEqual(asked, [{"call": "tables.describe", "body": {"table": "authorities"}}])
        self.assertEqual((described.level, described.markings), ("confidential", ("EU ONLY",)))
        self.assertEqual((described.filtered, described.writable), (True, False))
        self.assertEqual(described.columns[1], tables.Column("phone", "text", "last4", "of the <desk>"))
        self.assertEqual(
            repr(described).splitlines(),
            [
                "authorities · owner Ann · confidential EU ONLY · some rows are left out for you",
                "Supervisors",
                "column  type  masked  description",
                "name    text",
                "phone   text  last4   of the <desk>",
            ],
        )
        self.assertIn("<td>of the &lt;desk&gt;</td>", described._repr_html_())

    def test_refusals_have_a_class_by_their_code_and_the_gateways_sentence(self) -> None:
        classes = {
            "table-absent": errors.NotFound,
            "table-ungranted": errors.Denied,
            "table-clearance": errors.Denied,
            "table-policy": errors.Denied,
            "library-members": errors.Denied,
            "column-absent": errors.Invalid,
            "bad-question": errors.Invalid,
            "too-large": errors.TooLarge,
            "unavailable": errors.Unavailable,
            "made-up-later": errors.ScrydonError,
        }
        self.control(lambda line: refused(line["body"]["table"], "Ask Ann.", id=ID))
        for code, kind in classes.items():
            caught = self.fails(lambda code=code: tables.describe(code), kind, code, f"Ask Ann. ({ID})")
            self.assertEqual((caught.message, caught.id), ("Ask Ann.", ID))

    def test_a_refusal_without_an_id(self) -> None:
        self.control(lambda line: refused("table-absent", "There is no table “x”."))
        self.fails(lambda: tables.read("x"), errors.NotFound, "table-absent", "There is no table “x”.")

    def test_a_traceback_shows_nothing_of_the_inside(self) -> None:
        for answer in (refused("table-absent"), b"nonsense\n", b""):
            self.fresh()
            self.control(lambda line, answer=answer: answer)
            shown = self.shown(lambda: tables.read("x"))
            self.assertEqual(shown.count("  File "), 3, shown)  # two of this test, one of the library

    def shown(self, call: Callable[[], Any]) -> str:
        try:
            call()
        except errors.ScrydonError:
            return traceback.format_exc()
        return ""


class Answers(Case):
    """What may go wrong between a question and its answer."""

    def test_no_socket(self) -> None:
        self.place(os.path.join(_doors.place().folder, "nowhere"), restart=60)
        said = (
            "Governed data is not available in this kernel: it has no connection to it, which only notebooks that Scrydon runs "
            "in kernels isolated from each other are given; ask the server’s operator."
        )
        for call in (tables.list, lambda: tables.describe("x"), lambda: tables.read("x")):
            self.fails(call, errors.Unavailable, "unavailable", said)

    def test_no_isolation(self) -> None:
        self.place(os.path.join(_doors.place().folder, "nowhere"), restart=60)
        said = (
            "Governed data is not available on this server: kernels are not isolated from each other here, and "
            "--insecure-shared-kernels lets people in without opening data to them. bubblewrap is not installed: install it. "
            "Ask the server’s operator to put that right and to start it again."
        )
        with patch.dict(os.environ, KERNEL_UNISOLATED="bubblewrap is not installed: install it."):
            self.fails(tables.list, errors.Unavailable, "unavailable", said)

    def test_a_gateway_that_restarts_is_waited_for(self) -> None:
        self.place(_doors.place().folder, restart=60)
        answers = iter([b"", b'{"ok": {"tab', ok({"tables": []})])
        self.control(lambda line: next(answers))
        self.assertEqual(len(tables.list()), 0)

    def test_one_that_does_not_come_back_is_said(self) -> None:
        said = "The server is restarting and did not come back within 0.2 seconds. Run the cell again in a moment."
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(os.path.join(_doors.place().folder, "control"))
        self.fails(tables.list, errors.Unavailable, "unavailable", said)
        os.unlink(os.path.join(_doors.place().folder, "control"))
        self.control(lambda line: b"")
        self.fails(tables.list, errors.Unavailable, "unavailable", said)

    def test_what_a_restart_looks_like_is_tried_again(self) -> None:
        self.place(_doors.place().folder, restart=60)
        for gone in (ConnectionRefusedError, ConnectionResetError, BrokenPipeError, BlockingIOError):
            tries = iter([gone, gone, None])

            def attempt(tries: Iterator[type[OSError] | None] = tries) -> str:
                if failing := next(tries):
                    raise failing
                return "answered"

            self.assertEqual(_doors.patiently(attempt), "answered")

    def test_a_question_that_was_held_for_longer_has_all_its_patience_left(self) -> None:
        now = 0.0

        def attempt() -> str:
            nonlocal now
            if now > 0:
                return "answered"
            now += 100  # seconds, held until the other side goes
            raise ConnectionResetError

        with patch.object(_doors.time, "monotonic", lambda: now):
            self.assertEqual(_doors.patiently(attempt), "answered")

    def test_one_whose_queue_is_full(self) -> None:
        path = os.path.join(_doors.place().folder, "control")
        with socket.socket(socket.AF_UNIX) as full, ExitStack() as others:
            full.bind(path)
            full.listen(0)
            with self.assertRaises(BlockingIOError):
                while True:
                    other = others.enter_context(socket.socket(socket.AF_UNIX))
                    other.setblocking(False)
                    other.connect(path)
            said = "The server is restarting and did not come back within 0.2 seconds. Run the cell again in a moment."
            self.fails(tables.list, errors.Unavailable, "unavailable", said)

    def test_one_that_is_silent(self) -> None:
        self.place(_doors.place().folder, answer=0.2)
        with socket.socket(socket.AF_UNIX) as silent:
            silent.bind(os.path.join(_doors.place().folder, "control"))
            silent.listen(1)
            said = "The server did not answer within 0.2 seconds. Run the cell again in a moment."
            self.fails(tables.list, errors.Unavailable, "unavailable", said)

    def test_nonsense(self) -> None:
        said = "The server’s answer was not understood. Restart the kernel; if it goes on, tell the server’s operator."
        for nonsense in (b"<html>\n", b"\xff\n", b"[]\n", b"{}\n", b'{"error": "no"}\n', ok({}), ok({"tables": [{"name": "x"}]}), ok(None)):
            with self.subTest(nonsense):
                self.fresh()
                self.control(lambda line, nonsense=nonsense: nonsense)
                self.fails(tables.list, errors.ScrydonError, "bad-answer", said)

    def test_too_long(self) -> None:
        self.control(lambda line: b'{"ok": "' + b"x" * (4 << 20) + b'"}\n')
        self.fails(tables.list, errors.ScrydonError, "bad-answer", "The server’s answer was larger than 4 MiB and was left out.")

    def test_a_question_that_is_too_large_is_not_sent(self) -> None:
        self.control(lambda line: ok(self.fail("it was sent")))
        among = [f"{place:0500}" for place in range(600)]
        said = "The question is larger than 256 KiB. Compare with fewer values."
        self.fails(lambda: tables.read("x", where={"a": among}), errors.Invalid, "bad-question", said)


class Arguments(Case):
    def test_what_is_wrong_is_said_before_anything_is_sent(self) -> None:
        where = 'where is a condition, as tables.col("month") == 1, or a dict, as {"month": 1}, not a str.'
        limit = "limit is a number of rows: 0 or a positive int."
        wrong: list[tuple[dict[str, Any], str]] = [
            ({"columns": "carrier"}, "columns is a list of names: write columns=['carrier']."),
            ({"columns": 5}, "columns is a list of names, not a int."),
            ({"columns": [1]}, "Each of columns is a str, not a int."),
            ({"columns": []}, "columns names no column: leave it out to read all."),
            ({"where": "month = 1"}, where),
            ({"limit": -1}, limit),
            ({"limit": 1.0}, limit),
            ({"limit": True}, limit),
            ({"limit": np.True_}, limit),
            ({"limit": np.array([1, 2])}, limit),
            ({"limit": 2**53}, limit),
            ({"as_": "csv"}, "as_ is one of pandas, polars, arrow."),
            ({"name": None}, "The name of a table is a str, not a NoneType."),
        ]
        for changed, said in wrong:
            self.fails(lambda changed=changed: tables.read(**{"name": "x", **changed}), errors.Invalid, "bad-question", said)


class Import(unittest.TestCase):
    def run_python(self, code: str) -> str:
        command = [sys.executable, "-c", code]
        return subprocess.run(command, cwd=PYTHON, capture_output=True, text=True, timeout=60, check=True).stdout

    def test_nothing_heavy_comes_with_it(self) -> None:
        code = "import sys; from scrydon import tables, errors; tables.col('a') > 1; print([*sys.modules])"
        heavy = {"numpy", "pandas", "polars", "pyarrow", "duckdb", "marimo"}
        loaded = set(json.loads(self.run_python(code).replace("'", '"')))
        self.assertEqual(loaded & heavy, set())
        self.assertIn("scrydon.tables", loaded)

    def test_a_kernel_has_loaded_the_rest(self) -> None:
        """Importing it costs a cell what is ours to load and nothing else; how long that takes is `bench imports`."""
        code = (
            "import json, sys, marimo\nfrom launcher import confine\nloaded = {*sys.modules}\n"
            "from scrydon import tables\nprint(json.dumps(sorted({*sys.modules} - loaded)))"
        )
        added = json.loads(self.run_python(code))
        self.assertIn("scrydon.tables", added)
        self.assertEqual([name for name in added if name.partition(".")[0] != "scrydon"], [])

    def test_modules_import_one_way(self) -> None:
        """Those inside of functions, too: they are late, not back."""
        needs: dict[str, set[str]] = {}
        for path in Path(PYTHON, "scrydon").glob("*.py"):
            nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom) and path.stem != "__init__"]
            parts = {name.name for node in nodes if node.module == "scrydon" for name in node.names}
            needs[path.stem] = parts | {node.module.removeprefix("scrydon.") for node in nodes if node.module and node.module.startswith("scrydon.")}
        self.assertIn("_sql", needs["tables"])
        try:
            TopologicalSorter(needs).prepare()
        except CycleError as cycle:
            self.fail(f"{' needs '.join(cycle.args[1])}")

    def test_parts(self) -> None:
        code = "import scrydon; print(scrydon.errors.__name__, scrydon.kb.__name__, scrydon.tables.__name__, dir(scrydon), hasattr(scrydon, 'nothing'))"
        self.assertEqual(self.run_python(code), "scrydon.errors scrydon.kb scrydon.tables ['artifacts', 'errors', 'inference', 'kb', 'llm', 'tables'] False\n")
