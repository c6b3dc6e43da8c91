import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # Why was my flight late?

    An ad-hoc analysis of **all 336,776 flights that left New York City in 2013**: the managed tables `flights`, `airlines` and
    `weather`, read as the person who runs this. What you see of them stands behind the button “What you see”.
    """)
    return


@app.cell
def _(airlines, flights, mo):
    origins = mo.ui.multiselect(sorted(flights["origin"].unique()), value=["EWR", "JFK", "LGA"], label="from")
    carrier = mo.ui.dropdown(
        {"every airline": "", **{row["name"]: row["carrier"] for _, row in airlines.sort_values("name").iterrows()}},
        value="every airline",
        label="airline",
    )
    mo.hstack([origins, carrier], justify="start", gap=2)
    return carrier, origins


@app.cell
def _(carrier, flights, origins):
    chosen = flights[flights["origin"].isin(origins.value)]
    if carrier.value:
        chosen = chosen[chosen["carrier"] == carrier.value]
    return (chosen,)


@app.cell(hide_code=True)
def _(chosen, mo):
    mo.stop(chosen.empty, mo.callout("No flight matches: choose another airport or airline.", kind="warn"))
    mo.hstack(
        [
            mo.stat(f"{len(chosen):,}", label="flights"),
            mo.stat(f"{chosen['dep_delay'].median():.0f} min", label="median departure delay"),
            mo.stat(f"{(chosen['arr_delay'] > 30).mean():.1%}", label="more than 30 min late"),
            mo.stat(f"{chosen['dep_time'].isna().mean():.1%}", label="cancelled"),
        ],
        justify="start",
        gap=2,
    )
    return


@app.cell
def _(chosen, px):
    hourly = chosen.groupby("hour")["dep_delay"].quantile([0.5, 0.75, 0.9]).unstack().reset_index()
    hourly.columns = ["hour", "median", "three quarters", "nine tenths"]
    by_hour = px.line(
        hourly,
        x="hour",
        y=["median", "three quarters", "nine tenths"],
        markers=True,
        title="Delays grow through the day",
        labels={"value": "departure delay, minutes", "hour": "scheduled hour", "variable": "of flights, at most"},
    )
    by_hour
    return


@app.cell
def _(chosen, px, weather):
    daily = chosen.groupby(["year", "month", "day"])["dep_delay"].mean().reset_index()
    rain = weather.groupby(["year", "month", "day"])["precip"].sum().reset_index()
    days = daily.merge(rain, on=["year", "month", "day"])
    days["date"] = days[["year", "month", "day"]].astype(int).astype(str).agg("-".join, axis=1)
    by_rain = px.scatter(
        days,
        x="precip",
        y="dep_delay",
        hover_name="date",
        opacity=0.6,
        title="Bad days are often wet days",
        labels={"precip": "rain over the day, inches (three airports)", "dep_delay": "mean departure delay, minutes"},
    )
    by_rain
    return


@app.cell
def _(airlines, chosen, mo):
    ranking = (
        chosen.groupby("carrier")
        .agg(flights=("flight", "size"), median_delay=("arr_delay", "median"), late=("arr_delay", lambda x: (x > 30).mean()))
        .reset_index()
        .merge(airlines, on="carrier")
        .sort_values("late")
        .assign(late=lambda frame: (100 * frame["late"]).round(1))
        .rename(columns={"name": "airline", "median_delay": "median arrival delay, min", "late": "over 30 min late, %"})
    )
    mo.ui.table(
        ranking[["airline", "flights", "median arrival delay, min", "over 30 min late, %"]],
        selection=None,
        page_size=16,
        label="airlines, the most punctual first",
    )
    return


@app.cell
def _(errors, mo, tables):
    try:
        flights = tables.read(
            "flights", columns=["year", "month", "day", "hour", "origin", "carrier", "flight", "dep_time", "dep_delay", "arr_delay"]
        )
        weather = tables.read("weather", columns=["year", "month", "day", "precip"])
        airlines = tables.read("airlines")
    except errors.ScrydonError as refused:
        mo.stop(True, mo.callout(str(refused), kind="warn"))
    return airlines, flights, weather


@app.cell
def _():
    import marimo as mo
    import plotly.express as px
    from scrydon import errors, tables

    return errors, mo, px, tables


if __name__ == "__main__":
    app.run()
