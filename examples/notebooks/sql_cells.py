import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # SQL and Python, one graph

    A SQL cell on the connection `managed` reads managed tables, as you may see them; the panel of data sources lists them.
    Its result is a dataframe that Python reads by name, and so does a SQL cell without a connection. DuckDB runs inside this
    kernel.
    """)
    return


@app.cell
def _(mo):
    least = mo.ui.slider(100, 5_000, step=100, value=1_000, label="destinations with at least … flights", show_value=True)
    least
    return (least,)


@app.cell
def _(least, managed, mo):
    destinations = mo.sql(
        f"""
        SELECT
            airports.name AS destination,
            flights.dest AS code,
            count(*) AS flights,
            round(avg(arr_delay), 1) AS mean_delay,
            round(100.0 * count(*) FILTER (arr_delay > 30) / count(*), 1) AS late_percent,
            airports.lat,
            airports.lon
        FROM flights
        JOIN airports ON airports.faa = flights.dest
        GROUP BY ALL
        HAVING count(*) >= {least.value}
        ORDER BY late_percent DESC
        """,
        engine=managed,
    )
    return (destinations,)


@app.cell
def _(alt, destinations):
    alt.Chart(destinations).mark_circle(opacity=0.75).encode(
        x=alt.X("lon:Q", title="longitude", scale=alt.Scale(zero=False)),
        y=alt.Y("lat:Q", title="latitude", scale=alt.Scale(zero=False)),
        size=alt.Size("flights:Q", title="flights"),
        color=alt.Color("late_percent:Q", title="late, %", scale=alt.Scale(scheme="plasma")),
        tooltip=["destination", "code", "flights", "mean_delay", "late_percent"],
    ).properties(width=620, height=340, title="Where flights from New York arrive late")
    return


@app.cell
def _(destinations, mo):
    summary = mo.sql(
        f"""
        SELECT count(*) AS destinations, sum(flights) AS flights, max(late_percent) AS worst, min(late_percent) AS best
        FROM destinations
        """
    )
    return (summary,)


@app.cell(hide_code=True)
def _(mo, summary):
    mo.md(f"""
    **{summary["destinations"][0]} destinations**; of the flights to the worst of them {summary["worst"][0]} % are more than
    30 minutes late, to the best {summary["best"][0]} %.
    """)
    return


@app.cell
def _():
    import altair as alt
    import marimo as mo
    from scrydon import tables

    managed = tables.connect()
    return alt, managed, mo


if __name__ == "__main__":
    app.run()
