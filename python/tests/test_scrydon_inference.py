"""Deployed models as a notebook asks them, over real sockets; the test answers in the gateway's place."""

import json
from typing import Any
from unittest.mock import patch

import pandas as pd
import polars as pl
import pyarrow as pa

from scrydon import errors, inference
from tests.kernel_folder import Case, ok, refused

INTERNAL = {"level": "internal", "markings": ["EU"]}
INPUTS = [{"name": "hour", "type": "integer"}, {"name": "distance", "type": "real"}]
ROWS = {"distance": [100, 200, 300], "hour": [7, 8, 9], "carrier": ["a", "b", "c"]}


def described(inputs: list[dict[str, str]] = INPUTS) -> dict[str, Any]:
    return {"name": "late", "description": "Is <late>?", "label": INTERNAL, "inputs": inputs}


class Gateway(Case):
    """Says the sum of the numbers of each row; `batches` holds what was asked."""

    def setUp(self) -> None:
        super().setUp()
        self.batches: list[list[dict[str, Any]]] = []

    def serve(self, inputs: list[dict[str, str]] = INPUTS, answer: bytes | None = None) -> None:
        def said(line: dict[str, Any]) -> bytes:
            if line["call"] == "inference.describe":
                self.assertEqual(line["body"], {"model": "late"})
                return ok(described(inputs))
            self.assertEqual((line["call"], line["body"]["model"]), ("inference.predict", "late"))
            columns = line["body"]["columns"]
            self.batches.append(columns)
            sums = [float(sum(row)) for row in zip(*(column["values"] for column in columns), strict=True)] if inputs is INPUTS else []
            made = [{"name": "sum", "type": "real", "values": sums}, {"name": "late", "type": "boolean", "values": [one > 200 for one in sums]}]
            return answer or ok({"columns": made, "label": INTERNAL})

        self.control(said)

    def sent(self) -> list[list[Any]]:
        return [column["values"] for column in self.batches[-1]]


class Predict(Gateway):
    def test_what_the_model_takes_is_sent_and_what_it_makes_comes_back(self) -> None:
        self.serve()
        said = inference.predict("late", pd.DataFrame(ROWS, index=[5, 3, 1]))
        self.assertEqual((said.level, said.markings), ("internal", ("EU",)))
        expected = pd.DataFrame({"sum": [107.0, 208.0, 309.0], "late": [False, True, True]}, index=[5, 3, 1])
        pd.testing.assert_frame_equal(said.frame, expected)
        self.assertEqual(said["sum"].tolist(), [107.0, 208.0, 309.0])
        hour, distance = ({"name": "hour", "type": "integer", "values": [7, 8, 9]}, {"name": "distance", "type": "real", "values": [100.0, 200.0, 300.0]})
        self.assertEqual(self.batches, [[hour, distance]])

    def test_of_the_kind_that_was_given(self) -> None:
        self.serve()
        polars = inference.predict("late", pl.DataFrame(ROWS)).frame
        self.assertEqual((type(polars), polars["sum"].to_list()), (pl.DataFrame, [107.0, 208.0, 309.0]))
        arrow = inference.predict("late", pa.table(ROWS)).frame
        self.assertEqual((type(arrow), arrow["late"].to_pylist()), (pa.Table, [False, True, True]))

    def test_in_batches_of_so_many_rows(self) -> None:
        self.serve()
        rows = pd.DataFrame({"hour": range(7), "distance": [0.0] * 7})
        self.assertEqual(inference.predict("late", rows, batch=3)["sum"].tolist(), [float(n) for n in range(7)])
        self.assertEqual([len(columns[0]["values"]) for columns in self.batches], [3, 3, 1])

    def test_a_batch_that_is_too_long_is_made_smaller_and_stays_in_order(self) -> None:
        self.serve()
        rows = pd.DataFrame({"hour": range(10_000), "distance": [0.1234567890123456789] * 10_000})
        said = inference.predict("late", rows)["sum"]
        self.assertEqual([int(one) for one in said], list(range(10_000)))
        sizes = [len(json.dumps({"model": "late", "columns": columns})) for columns in self.batches]
        self.assertEqual((len(sizes), max(sizes) <= 250 << 10, sizes[0] > 200 << 10), (2, True, True))

    def test_a_batch_that_comes_after_too_many_waits_its_turn(self) -> None:
        said = [refused("inference-rate", "Wait."), refused("inference-rate", "Wait.")]
        made = {"columns": [{"name": "y", "type": "real", "values": [1, 2, 3]}], "label": INTERNAL}
        self.control(lambda line: ok(described()) if line["call"] == "inference.describe" else said.pop() if said else ok(made))
        with patch.object(inference, "PAUSE", 0.01):
            self.assertEqual(inference.predict("late", pd.DataFrame(ROWS))["y"].tolist(), [1.0, 2.0, 3.0])
        self.assertEqual(said, [])

    def test_it_does_not_wait_for_ever(self) -> None:
        self.serve(answer=refused("inference-rate", "Wait."))
        with patch.object(inference, "PAUSE", 0.01), patch.object(inference, "PATIENCE", 0.05):
            self.fails(lambda: inference.predict("late", pd.DataFrame(ROWS)), errors.Unavailable, "inference-rate", "Wait.")
        self.assertGreater(len(self.batches), 1)

    def test_what_is_no_number_is_missing(self) -> None:
        made = [{"name": "y", "type": "real", "values": [1, None, 3]}]
        self.serve(answer=ok({"columns": made, "label": INTERNAL}))
        self.assertEqual(inference.predict("late", pl.DataFrame(ROWS)).frame["y"].to_list(), [1.0, None, 3.0])

    def test_it_says_what_it_counts_as(self) -> None:
        self.serve()
        for frame in (pd.DataFrame(ROWS), pl.DataFrame(ROWS), pa.table(ROWS)):
            shown = inference.predict("late", frame)._repr_html_()
            self.assertIn("counts as internal EU", shown)
            self.assertIn("<td>107.0</td><td>False</td>", shown)


class Unfit(Gateway):
    def bad(self, frame: Any, said: str, inputs: list[dict[str, str]] = INPUTS) -> None:
        self.fresh()
        self.serve(inputs)
        self.fails(lambda: inference.predict("late", frame), errors.Invalid, "bad-question", said)
        self.assertEqual(self.batches, [])

    def test_rows_that_do_not_fit_are_not_sent(self) -> None:
        frame = pd.DataFrame(ROWS)
        self.bad(frame.drop(columns="hour"), "The model takes a column “hour”, which the rows have not.")
        twice = pd.concat([frame, frame[["hour"]]], axis=1)
        self.bad(twice, "The model takes a column “hour”, which the rows have twice.")
        self.bad(frame.iloc[:0], "There are no rows to predict from.")
        self.bad(frame.assign(hour="secret"), "Column “hour” is text, and the model takes integer: cast it yourself.")
        self.bad(frame.assign(hour=7.5), "Column “hour” is real, and the model takes integer: cast it yourself.")
        day = [{"name": "hour", "type": "integer"}, {"name": "day", "type": "text"}]
        self.bad(frame.assign(day=pd.Timestamp("2013-01-01")), "Column “day” is timestamp, and the model takes text: cast it yourself.", day)

    def test_a_column_of_another_type_is_told_what_a_model_takes(self) -> None:
        frame = pd.DataFrame(ROWS)
        takes = "A model takes text (str), integer (64 bit), real (float) and boolean (bool)."
        self.bad(frame.assign(hour=[[1], [2], [3]]), f"Column “hour” is of type list<item: int64>. {takes}")
        several = f"Column “hour” (object) holds values of several kinds, or of one that no model takes. {takes}"
        self.bad(frame.assign(hour=[1, "x", [2]]), several)
        zone = pd.Timestamp("2013-01-01", tz="UTC")
        self.bad(frame.assign(hour=zone), "Column “hour” has a time zone, which no model takes: cast it yourself.")

    def test_values_that_no_model_takes_are_not_sent(self) -> None:
        frame = pd.DataFrame(ROWS)
        self.bad(frame.assign(hour=[2**53, 8, 9]), "Column “hour” holds whole numbers beyond ±9,007,199,254,740,991, which are not sent to a model.")
        for values, what in (([7, "8", None], "(object) holds values of several kinds"), ([[7], [8], [9]], "is of type list<"), ([7j, 8, 9], "(complex128) holds")):
            self.fresh()
            self.serve()
            with self.assertRaises(errors.Invalid) as caught:
                inference.predict("late", frame.assign(hour=values))
            self.assertIn(f"Column “hour” {what}", caught.exception.message)
            self.assertEqual(self.batches, [])

    def test_of_ten_thousand_columns_only_the_inputs_are_sent(self) -> None:
        self.serve()
        more = pd.DataFrame(dict.fromkeys((f"c{n}" for n in range(10_000)), [0, 0, 0]))
        said = inference.predict("late", pd.concat([more, pd.DataFrame(ROWS)], axis=1))
        self.assertEqual(said["sum"].tolist(), [107.0, 208.0, 309.0])
        self.assertEqual([column["name"] for column in self.batches[0]], ["hour", "distance"])

    def test_missing_values_are_not_sent(self) -> None:
        lacks = "Column “distance” lacks values in some rows: fill them in or leave those rows out."
        for values in ([1.0, None, 3.0], [1.0, float("nan"), 3.0], [None, None, None]):
            self.bad(pd.DataFrame({**ROWS, "distance": values}), lacks)
        holds = "Column “distance” holds NaN or infinity in some rows: fill them in or leave those rows out."
        self.bad(pl.DataFrame({**ROWS, "distance": [1.0, float("nan"), 3.0]}), holds)
        self.bad(pd.DataFrame({**ROWS, "distance": [1.0, float("inf"), 3.0]}), holds)

    def test_a_row_that_is_too_long(self) -> None:
        inputs = [{"name": "text", "type": "text"}]
        self.bad(pd.DataFrame({"text": ["x" * 300_000]}), "A row is larger than 250 KiB as it is sent: shorten its texts.", inputs)

    def test_arguments_that_are_wrong(self) -> None:
        frame = pd.DataFrame(ROWS)
        batch = "batch is a number of rows: an int from 1 to 10,000."
        rows = "Rows are given as a pandas or polars DataFrame or a pyarrow Table, not as a list."
        for call, said in (
            (lambda: inference.predict(7, frame), "model is a str, not a int."),  # type: ignore[arg-type]
            (lambda: inference.predict("late", frame, batch=0), batch),
            (lambda: inference.predict("late", frame, batch=True), batch),
            (lambda: inference.predict("late", frame, batch=10_001), batch),
            (lambda: inference.predict("late", [1]), rows),  # type: ignore[arg-type]
        ):
            self.fails(call, errors.Invalid, "bad-question", said)


class Refused(Gateway):
    def test_each_refusal_is_an_error_of_its_kind(self) -> None:
        kinds = {
            "inference-absent": errors.NotFound,
            "inference-label": errors.Denied,
            "inference-closed": errors.Denied,
            "inference-ungranted": errors.Denied,
            "inference-readers": errors.Denied,
            "inference-clearance": errors.Denied,
            "inference-inputs": errors.Invalid,
            "inference-too-long": errors.TooLarge,
            "inference-rate": errors.Unavailable,
            "inference-off": errors.Unavailable,
        }
        for code, kind in kinds.items():
            self.fresh()
            self.control(lambda _, code=code: refused(code, "Why."))
            self.fails(lambda: inference.predict("late", pd.DataFrame(ROWS)), kind, code, "Why.")
            self.fails(inference.models, kind, code, "Why.")

    def test_a_batch_that_is_refused_refuses_the_whole(self) -> None:
        self.serve(answer=refused("inference-silent", "Slow."))
        self.fails(lambda: inference.predict("late", pd.DataFrame(ROWS), batch=1), errors.Unavailable, "inference-silent", "Slow.")
        self.assertEqual(len(self.batches), 1)

    def test_an_answer_that_is_not_of_these_rows_is_not_understood(self) -> None:
        for columns in ([], [{"name": "y", "type": "real", "values": [1]}], [{"name": "y", "type": "colour", "values": [1, 2, 3]}]):
            self.fresh()
            self.serve(answer=ok({"columns": columns, "label": INTERNAL}))
            with self.assertRaises(errors.ScrydonError) as caught:
                inference.predict("late", pd.DataFrame(ROWS))
            self.assertEqual(caught.exception.code, "bad-answer")


class Models(Case):
    def test_they_are_shown_as_a_table(self) -> None:
        self.control(lambda _: ok({"models": [described()]}))
        found = inference.models()
        inputs = (("hour", "integer"), ("distance", "real"))
        self.assertEqual(list(found), [inference.Model("late", "Is <late>?", inputs, "internal", ("EU",))])
        self.assertIn("late  Is <late>?   hour, distance  internal EU", repr(found))
        self.assertIn("<td>Is &lt;late&gt;?</td>", found._repr_html_())
