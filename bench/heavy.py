import marimo

__generated_with = "0.25.2"
app = marimo.App()


@app.cell
def _():
    import numpy as np
    import pandas as pd
    import plotly.express as px

    return np, pd, px


@app.cell
def _(np, pd):
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"x": random.normal(size=1000), "y": random.normal(size=1000), "g": random.integers(0, 5, 1000)})
    return (frame,)


@app.cell
def _(frame):
    frame
    return


@app.cell
def _(frame, px):
    px.scatter(frame, x="x", y="y", color="g")
    return


if __name__ == "__main__":
    app.run()
