"""Conditions, and what is sent of them."""

import json
import unittest
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from scrydon import errors, tables
from scrydon.where import compiled, literal


def value(kind: str, plain: Any) -> dict[str, Any]:
    return {"literal": {"type": kind, "value": plain}}


A, B = {"column": "a"}, {"column": "b"}
ONE = value("integer", 1)


class Where(unittest.TestCase):
    def is_sent(self, condition: Any, expected: Any) -> None:
        self.assertEqual(json.loads(json.dumps(compiled(condition))), expected)

    def test_comparisons(self) -> None:
        a = tables.col("a")
        self.is_sent(a == 1, {"op": "eq", "left": A, "right": ONE})
        self.is_sent(a != 1, {"op": "not", "of": {"op": "eq", "left": A, "right": ONE}})
        self.is_sent(a < 1, {"op": "lt", "left": A, "right": ONE})
        self.is_sent(a <= 1, {"op": "le", "left": A, "right": ONE})
        self.is_sent(a > 1, {"op": "lt", "left": ONE, "right": A})
        self.is_sent(a >= 1, {"op": "le", "left": ONE, "right": A})
        self.is_sent(1 < a, {"op": "lt", "left": ONE, "right": A})
        self.is_sent(np.int64(1) >= a, {"op": "le", "left": A, "right": ONE})
        self.is_sent(a > tables.col("b"), {"op": "lt", "left": B, "right": A})
        self.is_sent(a.between(1, 1), {"op": "and", "of": [{"op": "le", "left": ONE, "right": A}, {"op": "le", "left": A, "right": ONE}]})
        self.is_sent(a.is_null(), {"op": "isNull", "term": A})

    def test_membership(self) -> None:
        among = [{"type": "text", "value": "x"}, {"type": "text", "value": "y"}]
        for values in (["x", "y"], ("x", "y"), np.array(["x", "y"]), pd.Series(["x", "y"]), pl.Series(["x", "y"])):
            self.is_sent(tables.col("a").isin(values), {"op": "in", "term": A, "among": among})
        self.is_sent(tables.col("a").isin([]), {"op": "in", "term": A, "among": []})

    def test_logic(self) -> None:
        a, b = tables.col("a").is_null(), tables.col("b").is_null()
        left, right = a.expr, b.expr
        self.is_sent(a & b, {"op": "and", "of": [left, right]})
        self.is_sent(a | b, {"op": "or", "of": [left, right]})
        self.is_sent(~a, {"op": "not", "of": left})
        self.is_sent(a & b & a & b, {"op": "and", "of": [left, right, left, right]})
        self.is_sent(a & (b | a), {"op": "and", "of": [left, {"op": "or", "of": [right, left]}]})

    def test_a_dict(self) -> None:
        null, among = {"op": "isNull", "term": B}, {"op": "in", "term": B, "among": [{"type": "integer", "value": 1}]}
        equal = {"op": "eq", "left": A, "right": ONE}
        self.is_sent({}, {"op": "and", "of": []})
        self.is_sent({"a": 1}, equal)
        self.is_sent({"a": 1, "b": None}, {"op": "and", "of": [equal, null]})
        self.is_sent({"a": 1, "b": [1]}, {"op": "and", "of": [equal, among]})
        self.is_sent({"b": pd.NaT}, null)
        self.is_sent({"b": pd.NA}, null)
        self.is_sent(None, None)

    def test_literals(self) -> None:
        micro = datetime(2013, 1, 2, 3, 4, 5, 6)
        for plain, kind, sent in (
            (True, "boolean", True),
            (np.True_, "boolean", True),
            (7, "integer", 7),
            (np.int32(7), "integer", 7),
            (-(2**53 - 1), "integer", -(2**53 - 1)),
            (7.0, "real", 7.0),
            (np.float32(0.5), "real", 0.5),
            (np.float64(0.5), "real", 0.5),
            ("é", "text", "é"),
            (np.str_("é"), "text", "é"),
            (date(13, 1, 2), "date", "0013-01-02"),
            (np.datetime64("2013-01-02"), "date", "2013-01-02"),
            (datetime(13, 1, 2), "timestamp", "0013-01-02T00:00:00.000000"),
            (micro, "timestamp", "2013-01-02T03:04:05.000006"),
            (pd.Timestamp(micro), "timestamp", "2013-01-02T03:04:05.000006"),
            (np.datetime64(micro), "timestamp", "2013-01-02T03:04:05.000006"),
            (np.datetime64(micro).astype("datetime64[ns]"), "timestamp", "2013-01-02T03:04:05.000006"),
        ):
            with self.subTest(repr(plain)):
                self.assertEqual(json.loads(json.dumps(literal(plain))), {"type": kind, "value": sent})
                self.assertEqual(type(literal(plain)["value"]) is bool, kind == "boolean")

    def test_values_that_cannot_be_asked_for(self) -> None:
        null = "Nothing compares with a null: use .is_null()."
        safe = "An integer to compare with lies between -(2**53 - 1) and 2**53 - 1."
        finite = "NaN and infinity cannot be compared with: for what is missing use .is_null()."
        zone = "Timestamps of tables have no time zone: use .replace(tzinfo=None) on the one you compare with."
        nano = "A timestamp has microseconds, not nanoseconds."
        kinds = "A column cannot be compared with a {}: use bool, int, float, str, date or datetime."
        for plain, said in (
            (None, null),
            (pd.NaT, null),
            (pd.NA, null),
            (np.datetime64("NaT"), null),
            (2**53, safe),
            (float("nan"), finite),
            (np.float64("-inf"), finite),
            (pd.Timestamp("2013-01-01", tz="UTC"), zone),
            (pd.Timestamp("2013-01-01T00:00:00.000000001"), nano),
            (np.datetime64("2013-01-01T00:00:00.000000001"), nano),
            (b"x", kinds.format("bytes")),
            (pd.Series([1]), kinds.format("Series")),
            (np.array([1]), kinds.format("ndarray")),
        ):
            with self.subTest(repr(plain)), self.assertRaises(errors.Invalid) as caught:
                _ = tables.col("a") == plain
            self.assertEqual(str(caught.exception), said)

    def test_an_array_before_a_column(self) -> None:
        with self.assertRaisesRegex(errors.Invalid, "^A column cannot be compared with a ndarray"):
            _ = np.array([1]) < tables.col("a")

    def test_isin_of_what_is_no_list(self) -> None:
        for values, said in (
            ("AA", "isin of column “a” takes a list of values, not a str."),
            (5, "isin of column “a” takes a list of values, not a int."),
            (range(1001), "isin of column “a” takes at most 1000 values, not 1001."),
            ([1, None], "Nothing compares with a null: use .is_null()."),
        ):
            with self.assertRaises(errors.Invalid) as caught:
                tables.col("a").isin(values)  # type: ignore[arg-type]
            self.assertEqual(str(caught.exception), said)

    def test_and_or_not_are_refused_with_what_to_write(self) -> None:
        a = tables.col("a")
        for wrong in (lambda: a > 1 and a < 2, lambda: not (a > 1), lambda: 1 < a < 2):
            with self.assertRaisesRegex(TypeError, r"^A condition is neither true nor false .* Combine conditions with &, \| and ~"):
                wrong()
        for wrong in (lambda: a > 1 & a, lambda: a | (a > 1), lambda: a & 1):
            with self.assertRaisesRegex(TypeError, "^Compare column “a” with something first, in parentheses"):
                wrong()
        with self.assertRaisesRegex(TypeError, "unsupported operand"):
            _ = (a > 1) & 1  # type: ignore[operator]
        with self.assertRaisesRegex(TypeError, "^Column “a” is neither true nor false"):
            bool(a)
