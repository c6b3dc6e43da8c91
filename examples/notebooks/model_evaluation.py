import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # Model evaluation: where to put the threshold?

    569 biopsies (the Wisconsin breast cancer data shipped with scikit-learn). A model gives each a probability of being
    malignant; **you** decide from which probability on somebody is called in. Both kinds of mistake have a price.
    """)
    return


@app.cell
def _(mo):
    kind = mo.ui.dropdown(["logistic regression", "random forest", "nearest neighbours"], value="logistic regression", label="model")
    width = mo.ui.slider(2, 30, value=4, label="measurements used", show_value=True)
    mo.hstack([kind, width], justify="start", gap=2)
    return kind, width


@app.cell
def _(KNeighborsClassifier, LogisticRegression, RandomForestClassifier, StandardScaler, kind, make_pipeline):
    models = {
        "logistic regression": LogisticRegression(max_iter=2000),
        "random forest": RandomForestClassifier(n_estimators=80, random_state=0, n_jobs=1),
        "nearest neighbours": KNeighborsClassifier(9),
    }
    model = make_pipeline(StandardScaler(), models[kind.value])
    return (model,)


@app.cell
def _(cross_val_predict, data, model, width):
    malignant = data.target == 0
    probability = cross_val_predict(model, data.data.iloc[:, : width.value], malignant, cv=5, method="predict_proba")[:, 1]
    return malignant, probability


@app.cell
def _(mo):
    threshold = mo.ui.slider(0.02, 0.98, step=0.02, value=0.5, label="call in from probability", show_value=True)
    threshold
    return (threshold,)


@app.cell
def _(malignant, mo, probability, roc_auc_score, threshold):
    called = probability >= threshold.value
    missed = int((malignant & ~called).sum())
    alarmed = int((~malignant & called).sum())
    mo.hstack(
        [
            mo.stat(f"{roc_auc_score(malignant, probability):.3f}", label="area under the curve"),
            mo.stat(str(missed), label=f"missed, of {int(malignant.sum())} malignant"),
            mo.stat(str(alarmed), label=f"called in for nothing, of {int((~malignant).sum())}"),
        ],
        justify="start",
        gap=2,
    )
    return


@app.cell
def _(alt, malignant, pd, probability, roc_curve, threshold):
    false_rate, true_rate, cuts = roc_curve(malignant, probability)
    curve = pd.DataFrame({"false": false_rate, "true": true_rate, "cut": cuts.clip(0, 1)})
    here = curve.iloc[[(curve["cut"] - threshold.value).abs().argmin()]]
    line = alt.Chart(curve).mark_line(color="#5b3df0", interpolate="step-after").encode(
        x=alt.X("false:Q", title="called in for nothing", axis=alt.Axis(format="%")),
        y=alt.Y("true:Q", title="found", axis=alt.Axis(format="%")),
    )
    point = alt.Chart(here).mark_point(size=160, filled=True, color="#f59e0b").encode(x="false:Q", y="true:Q")
    scores = pd.DataFrame({"probability": probability, "truth": ["malignant" if m else "benign" for m in malignant]})
    histogram = alt.Chart(scores).mark_bar(opacity=0.75).encode(
        x=alt.X("probability:Q", bin=alt.Bin(maxbins=25), title="the model's probability"),
        y=alt.Y("count()", title="biopsies", stack=None),
        color=alt.Color("truth:N", title=None, scale=alt.Scale(domain=["benign", "malignant"], range=["#94a3b8", "#ef4444"])),
    )
    rule = alt.Chart(pd.DataFrame({"x": [threshold.value]})).mark_rule(color="#f59e0b", strokeWidth=2).encode(x="x:Q")
    (line + point).properties(width=300, height=260) | (histogram + rule).properties(width=340, height=260)
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    Every probability comes from a model that had not seen that biopsy (five-fold cross-validation).
    """)
    return


@app.cell
def _():
    import altair as alt
    import marimo as mo
    import pandas as pd
    from sklearn.datasets import load_breast_cancer
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score, roc_curve
    from sklearn.model_selection import cross_val_predict
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    data = load_breast_cancer(as_frame=True)
    return (
        KNeighborsClassifier,
        LogisticRegression,
        RandomForestClassifier,
        StandardScaler,
        alt,
        cross_val_predict,
        data,
        make_pipeline,
        mo,
        pd,
        roc_auc_score,
        roc_curve,
    )


if __name__ == "__main__":
    app.run()
