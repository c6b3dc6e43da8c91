import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # Model evaluation: where to put the threshold?

    A model gives each flight a probability of arriving more than half an hour late, from what is known the day before (managed
    tables `flights`, `planes` and `weather`). **You** decide from which probability on passengers are warned. Both kinds of
    mistake have a price.
    """)
    return


@app.cell
def _(mo):
    kind = mo.ui.dropdown(["logistic regression", "random forest", "nearest neighbours"], value="logistic regression", label="model")
    size = mo.ui.slider(1_000, 9_000, step=1_000, value=4_000, label="flights of a sample", show_value=True)
    mo.hstack([kind, size], justify="start", gap=2)
    return kind, size


@app.cell
def _(KNeighborsClassifier, LogisticRegression, RandomForestClassifier, StandardScaler, kind, make_pipeline):
    models = {
        "logistic regression": LogisticRegression(max_iter=2000),
        "random forest": RandomForestClassifier(n_estimators=60, min_samples_leaf=8, random_state=0, n_jobs=1),
        "nearest neighbours": KNeighborsClassifier(40),
    }
    model = make_pipeline(StandardScaler(), models[kind.value])
    return (model,)


@app.cell
def _(cross_val_predict, data, model, size):
    sample = data.sample(min(size.value, len(data)), random_state=1)
    late = (sample["arr_delay"] > 30).to_numpy()
    known = sample.drop(columns=["arr_delay", "day"])
    probability = cross_val_predict(model, known, late, cv=5, method="predict_proba")[:, 1]
    return late, probability


@app.cell
def _(mo):
    threshold = mo.ui.slider(0.02, 0.98, step=0.02, value=0.2, label="warn from probability", show_value=True)
    threshold
    return (threshold,)


@app.cell
def _(late, mo, probability, roc_auc_score, threshold):
    warned = probability >= threshold.value
    missed = int((late & ~warned).sum())
    alarmed = int((~late & warned).sum())
    mo.hstack(
        [
            mo.stat(f"{roc_auc_score(late, probability):.3f}", label="area under the curve"),
            mo.stat(str(missed), label=f"missed, of {int(late.sum())} late"),
            mo.stat(str(alarmed), label=f"warned for nothing, of {int((~late).sum())}"),
        ],
        justify="start",
        gap=2,
        wrap=True,
    )
    return


@app.cell
def _(alt, late, pd, probability, roc_curve, threshold):
    false_rate, true_rate, cuts = roc_curve(late, probability)
    curve = pd.DataFrame({"false": false_rate, "true": true_rate, "cut": cuts.clip(0, 1)})
    here = curve.iloc[[(curve["cut"] - threshold.value).abs().argmin()]]
    line = (
        alt.Chart(curve)
        .mark_line(color="#5b3df0", interpolate="step-after")
        .encode(
            x=alt.X("false:Q", title="warned for nothing", axis=alt.Axis(format="%")),
            y=alt.Y("true:Q", title="found", axis=alt.Axis(format="%")),
        )
    )
    point = alt.Chart(here).mark_point(size=160, filled=True, color="#f59e0b").encode(x="false:Q", y="true:Q")
    scores = pd.DataFrame({"probability": probability, "truth": ["late" if one else "on time" for one in late]})
    bins = scores.assign(probability=(scores["probability"] * 25).round() / 25).value_counts().rename("flights").reset_index()
    histogram = (
        alt.Chart(bins)
        .mark_bar(opacity=0.75, width=9)
        .encode(
            x=alt.X("probability:Q", title="the model's probability"),
            y=alt.Y("flights:Q", title="flights", stack=None),
            color=alt.Color("truth:N", title=None, scale=alt.Scale(domain=["on time", "late"], range=["#94a3b8", "#ef4444"])),
        )
    )
    rule = alt.Chart(pd.DataFrame({"x": [threshold.value]})).mark_rule(color="#f59e0b", strokeWidth=2).encode(x="x:Q")
    (line + point).properties(width=300, height=260) | (histogram + rule).properties(width=340, height=260)
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    Every probability comes from a model that had not seen that flight (five-fold cross-validation).

    ## The deployed model

    The workspace has such a model already: `flight_delay`, an ONNX file. `inference.predict` sends it rows and gives its answers
    back; it runs where it can do nothing but compute. Here it predicts the flights of days that it was not trained on.
    """)
    return


@app.cell
def _(data, errors, inference, mo, roc_auc_score):
    try:
        apart = data[data["day"] % 5 == 0]
        deployed = inference.predict("flight_delay", apart)
    except errors.ScrydonError as refused:
        mo.stop(True, mo.callout(str(refused), kind="warn"))
    mo.hstack(
        [
            mo.stat(f"{roc_auc_score(apart['arr_delay'] > 30, deployed['probability']):.3f}", label="area under the curve, deployed"),
            mo.stat(f"{deployed['probability'].mean():.1%}", label=f"late as it says; {(apart['arr_delay'] > 30).mean():.1%} were"),
            mo.stat(deployed.level, label="its answers count as"),
        ],
        justify="start",
        gap=2,
        wrap=True,
    )
    return


@app.cell
def _(errors, mo, tables):
    try:
        data = tables.sql(
            """
            SELECT f.day, f.arr_delay, f.hour, f.month, f.distance, f.origin = 'LGA' AS from_lga, f.origin = 'JFK' AS from_jfk,
                   p.seats, w.precip, w.visib, w.wind_speed, w.humid
            FROM flights f
            JOIN planes p ON f.tailnum = p.tailnum
            JOIN weather w ON f.origin = w.origin AND f.month = w.month AND f.day = w.day AND f.hour = w.hour
            WHERE f.arr_delay IS NOT NULL AND w.humid IS NOT NULL AND w.wind_speed IS NOT NULL
            """
        )
    except errors.ScrydonError as refused:
        mo.stop(True, mo.callout(str(refused), kind="warn"))
    return (data,)


@app.cell
def _():
    import altair as alt
    import marimo as mo
    import pandas as pd
    from scrydon import errors, inference, tables
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score, roc_curve
    from sklearn.model_selection import cross_val_predict
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return (
        KNeighborsClassifier,
        LogisticRegression,
        RandomForestClassifier,
        StandardScaler,
        alt,
        cross_val_predict,
        errors,
        inference,
        make_pipeline,
        mo,
        pd,
        roc_auc_score,
        roc_curve,
        tables,
    )


if __name__ == "__main__":
    app.run()
