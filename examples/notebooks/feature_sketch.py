import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # Feature sketch: what could predict a late departure?

    The managed tables `flights` and `weather`: New York's airports in 2013. Which simple features carry a signal before
    anybody trains a model? Measured as **mutual information** with "left more than 30 minutes late".
    """)
    return


@app.cell
def _(mo):
    sample = mo.ui.slider(2_000, 20_000, step=2_000, value=8_000, label="sampled flights", show_value=True)
    neighbours = mo.ui.slider(3, 15, value=5, label="neighbours in the estimate", show_value=True)
    mo.hstack([sample, neighbours], justify="start", gap=2)
    return neighbours, sample


@app.cell
def _(flights, weather):
    joined = flights.merge(weather, on=["origin", "month", "day", "hour"], how="inner", suffixes=("", "_weather"))
    joined["late"] = joined["dep_delay"] > 30
    return (joined,)


@app.cell
def _(joined, np, pd):
    dates = pd.to_datetime(joined[["year", "month", "day"]])
    features = pd.DataFrame(
        {
            "scheduled hour": joined["hour"],
            "weekday": dates.dt.day_of_week,
            "days to 21 December": (pd.Timestamp("2013-12-21") - dates).dt.days.abs(),
            "distance": joined["distance"],
            "flights in the same hour": joined.groupby(["origin", "month", "day", "hour"])["flight"].transform("size"),
            "airline's size": joined.groupby("carrier")["flight"].transform("size"),
            "temperature": joined["temp"],
            "humidity": joined["humid"],
            "rain": joined["precip"],
            "visibility": joined["visib"],
            "wind": joined["wind_speed"],
            "pure noise": np.random.default_rng(0).normal(size=len(joined)),
        }
    )
    return (features,)


@app.cell
def _(features, joined, mutual_info_classif, neighbours, pd, sample):
    rows = features.dropna().sample(sample.value, random_state=1)
    information = mutual_info_classif(rows, joined.loc[rows.index, "late"], n_neighbors=neighbours.value, random_state=1)
    ranking = pd.DataFrame({"feature": rows.columns, "information": information}).sort_values("information", ascending=False)
    return ranking, rows


@app.cell
def _(alt, ranking):
    alt.Chart(ranking).mark_bar(cornerRadiusEnd=3, color="#5b3df0").encode(
        x=alt.X("information:Q", title="mutual information with a late departure, nats"),
        y=alt.Y("feature:N", sort="-x", title=None),
        tooltip=["feature", alt.Tooltip("information", format=".4f")],
    ).properties(width=560, height=300)
    return


@app.cell
def _(mo, ranking):
    feature = mo.ui.dropdown(ranking["feature"].tolist(), value=ranking["feature"].iloc[0], label="look closer at")
    feature
    return (feature,)


@app.cell
def _(alt, feature, joined, pd, rows):
    bins = pd.qcut(rows[feature.value].rank(method="first"), 12, labels=False)
    closer = pd.DataFrame({"value": rows[feature.value], "late": joined.loc[rows.index, "late"], "bin": bins})
    shares = closer.groupby("bin").agg(value=("value", "median"), late=("late", "mean")).reset_index()
    alt.Chart(shares).mark_line(point=True, color="#f59e0b").encode(
        x=alt.X("value:Q", title=feature.value, scale=alt.Scale(zero=False)),
        y=alt.Y("late:Q", title="share of late departures", axis=alt.Axis(format="%")),
    ).properties(width=560, height=220)
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    A feature that does no better than *pure noise* is not worth its place. `days to 21 December` shows how a guess about
    holidays can be tried in one line before it becomes a table.
    """)
    return


@app.cell
def _(errors, mo, tables):
    try:
        flights = tables.read(
            "flights",
            columns=["year", "month", "day", "hour", "origin", "carrier", "flight", "distance", "dep_delay"],
            where=~tables.col("dep_delay").is_null(),
        )
        weather = tables.read("weather", columns=["origin", "month", "day", "hour", "temp", "humid", "precip", "visib", "wind_speed"])
    except errors.ScrydonError as refused:
        mo.stop(True, mo.callout(str(refused), kind="warn"))
    return flights, weather


@app.cell
def _():
    import altair as alt
    import marimo as mo
    import numpy as np
    import pandas as pd
    from scrydon import errors, tables
    from sklearn.feature_selection import mutual_info_classif

    return alt, errors, mo, mutual_info_classif, np, pd, tables


if __name__ == "__main__":
    app.run()
