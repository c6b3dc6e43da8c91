"""Artefacts as a notebook saves them: to the real data plane, and what is refused before anything is handed over."""

import io
import json
import os
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import altair as alt
import matplotlib
import pandas as pd
import plotly.graph_objects as go
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from scrydon import _artifact, artifacts, errors
from tests.kernel_folder import Case, ok, refused
from tests.test_dataplane_keep import KeepingHouse

matplotlib.use("agg")
from matplotlib import pyplot as plt  # noqa: E402

LABEL = {"level": "confidential", "markings": ["PII"]}
INTAKES = {"table": "arrow", "picture": "picture", "chart": "bytes", "file": "bytes"}


class Save(Case):
    """`gateway` is what the gateway would do."""

    house: KeepingHouse

    @classmethod
    def setUpClass(cls) -> None:
        cls.house = KeepingHouse()
        cls.addClassCleanup(cls.house.end)

    def setUp(self) -> None:
        self.place(os.path.join(self.house.folder, "k"))
        self.asked: list[dict[str, Any]] = []
        self.waits = 0  # times that the end is not known yet
        self.lock = threading.Lock()
        self.control(self.gateway)

    def gateway(self, line: dict[str, Any]) -> bytes:
        body = line["body"]
        self.asked.append(line)
        with self.lock:
            return self.planned(body["content"]) if line["call"] == "artefacts.save" else self.ended(body)

    def planned(self, content: dict[str, Any]) -> bytes:
        kind = self.kind = content["kind"]
        columns = [[column["name"], column["type"]] for column in content.get("columns", [])]
        spec = {"table": {"columns": columns, "rows": 1_000_000}, "picture": {"pixels": 1 << 24}}.get(kind, {})
        return ok({"plan": self.house.expect(kind=INTAKES[kind], spec=spec, size=1 << 26)})

    def ended(self, body: dict[str, Any]) -> bytes:
        if self.waits:
            self.waits -= 1
            return ok({"state": "waits"})
        kept = self.house.keep()
        if kept["end"] != "complete":
            return refused("artefact-cut", "Nothing was kept.")
        made = {"id": "a_1", "name": body["name"], "kind": self.kind, "bytes": kept["bytes"], "label": LABEL, "maker": "Analyst", "at": 1000}
        return ok({"state": "saved", "artefact": made})

    def saved(self, obj: object, kind: str) -> bytes:
        self.waits = 1
        made = artifacts.save(obj, "delays")
        body = self.house.file()
        moment = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
        self.assertEqual(made, artifacts.Artifact("a_1", "delays", kind, len(body), "confidential · PII", "Analyst", moment))
        return body

    def test_each_kind_of_frame_is_kept_as_the_same_table(self) -> None:
        rows = {"s": ["é", None], "i": [2**62, -1], "nothing": [None, None]}
        arrow = pa.table(rows)
        for frame in (arrow, pd.DataFrame(rows), pl.DataFrame(rows), arrow.to_batches()[0]):
            body = self.saved(frame, "table")
            self.assertEqual(pq.read_table(io.BytesIO(body)).to_pydict(), rows, type(frame))

    def test_figures_and_images_are_kept_as_pictures(self) -> None:
        figure, axes = plt.subplots(figsize=(2, 1), dpi=100)
        axes.plot([1, 3, 2])
        bodies = [self.saved(one, "picture") for one in (figure, axes)]
        self.assertEqual(bodies[0], bodies[1])
        with Image.open(io.BytesIO(bodies[0])) as shown:
            self.assertEqual(shown.size, (200, 100))
            self.assertGreater(len(set(shown.convert("L").tobytes())), 2)
        with Image.open(io.BytesIO(self.saved(Image.new("RGB", (3, 2), "red"), "picture"))) as shown:
            self.assertEqual(shown.convert("RGB").getpixel((0, 0)), (255, 0, 0))
        plt.close(figure)

    def test_charts_are_kept_as_their_json(self) -> None:
        made = json.loads(self.saved(go.Figure(go.Bar(y=[1, 2])), "chart"))
        self.assertEqual(made["data"][0]["type"], "bar")
        chart = alt.Chart(pd.DataFrame({"x": [1]})).mark_bar().encode(x="x:Q")
        self.assertEqual(json.loads(self.saved(chart, "chart"))["encoding"]["x"]["field"], "x")

    def test_bytes_and_files_are_kept_as_they_are(self) -> None:
        body = os.urandom(3 << 20)
        for one in (body, bytearray(body), memoryview(body), b""):
            self.assertEqual(self.saved(one, "file"), bytes(one))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "report.pdf")
            path.write_bytes(body)
            self.assertEqual(self.saved(path, "file"), body)

    def test_each_save_has_an_id_of_its_own_and_is_asked_for_by_it(self) -> None:
        for _ in range(2):
            artifacts.save(b"x", "delays")
        first, second, third, fourth = (line["body"] for line in self.asked)
        self.assertRegex(first["save"], r"^s_[\w-]{20,40}$")
        self.assertNotEqual(first["save"], third["save"])
        self.assertEqual(second, {"save": first["save"], "name": "delays"})
        self.assertEqual(fourth, {"save": third["save"], "name": "delays"})

    def test_what_cannot_be_kept_is_said_before_anything_is_asked(self) -> None:
        said = "Save a DataFrame, a figure of matplotlib, plotly or altair, an image of Pillow, bytes, or the path of a file."
        self.fails(lambda: artifacts.save({}, "x"), errors.Invalid, "bad-question", f"A dict cannot be kept as it is. {said}")
        text = "A str cannot be kept as it is. Save the file that a path names with pathlib.Path(…), or the text itself with .encode()."
        self.fails(lambda: artifacts.save("report.pdf", "x"), errors.Invalid, "bad-question", text)
        absent = Path("/nowhere/at-all")
        gone = "The file “/nowhere/at-all” cannot be read: No such file or directory."
        self.fails(lambda: artifacts.save(absent, "x"), errors.Invalid, "bad-question", gone)
        self.fails(lambda: artifacts.save(pd.DataFrame(), "x"), errors.Invalid, "bad-question", "A table that is kept has a column.")
        large = "“x” is larger than an artefact may be, 64 MiB, and was not saved. Save less, or in parts."
        self.fails(lambda: artifacts.save(bytes(_artifact.MOST + 1), "x"), errors.TooLarge, "artefact-large", large)
        self.assertEqual(self.asked, [])

    def test_a_name_is_words(self) -> None:
        wrong = "The name has 1 to 200 characters that can be read, none of them / or \\, and no dot at its beginning."
        for name in ("", " \u3000", "a/b", "a\\b", ".hidden", "a\nb", "a\0b", "a\u202eb", "x" * 201, "😀" * 101):
            self.fails(lambda name=name: artifacts.save(b"x", name), errors.Invalid, "bad-question", wrong)
        self.fails(lambda: artifacts.save(b"x", Path("a")), errors.Invalid, "bad-question", "The name is a str, not a PosixPath.")  # type: ignore[arg-type]
        self.assertEqual(self.asked, [])

    def test_refusals_are_of_their_kind(self) -> None:
        for code, kind in (("artefact-members", errors.Denied), ("artefact-full", errors.TooLarge), ("readers", errors.Denied)):
            self.fresh()
            self.control(lambda _, code=code: refused(code))
            self.fails(lambda: artifacts.save(b"x", "x"), kind, code, "No.")


class List(Case):
    def test_what_there_is_shown_as_a_table_in_which_names_are_text(self) -> None:
        one = {"id": "a_1", "name": "<b>delays</b>", "kind": "table", "bytes": 7, "label": {"level": "internal", "markings": []}, "maker": "Owner", "at": 0}
        self.control(lambda line: ok({"artefacts": [one]}) if line == {"call": "artefacts.list", "body": {}} else refused("bad-question"))
        listed = artifacts.list()
        self.assertEqual([(artefact.name, artefact.classification) for artefact in listed], [("<b>delays</b>", "internal")])
        self.assertIn("artefacts: 1", repr(listed))
        self.assertIn("&lt;b&gt;delays&lt;/b&gt;", listed._repr_html_())
        self.assertEqual(listed._mime_(), ("text/html", listed._repr_html_()))
