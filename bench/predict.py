import marimo

__generated_with = "0.25.2"
app = marimo.App()


@app.cell
def _():
    import base64
    import time

    import numpy as np
    import onnxruntime
    import pandas as pd
    from scrydon import inference

    ROWS = 1_000_000
    random = np.random.default_rng(0)
    kinds = {"integer": lambda: random.integers(1, 13, ROWS), "real": lambda: random.integers(0, 1000, ROWS) / 10, "boolean": lambda: random.random(ROWS) < 0.5}
    [model] = inference.models()
    rows = pd.DataFrame({name: kinds[kind]() for name, kind in model.inputs})
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(base64.b64decode("MODEL"), options)

    began = time.perf_counter()
    here = session.run(None, {"rows": rows.to_numpy("float32")})[0][:, 0]
    between = time.perf_counter()
    there = inference.predict("flight_delay", rows)["probability"].to_numpy()
    ended = time.perf_counter()
    same = bool(np.allclose(here, there, atol=1e-6))
    f"TOOK:{between - began:.3f}:{ended - between:.3f}:{same}:"
    return


if __name__ == "__main__":
    app.run()
