import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")


@app.cell(hide_code=True)
def _(last, mo, table):
    mo.md(f"""
    # Life expectancy and wealth, 1952–{last}

    *A one-off report from Gapminder's data on {table["country"].nunique()} countries (shipped with plotly). Pick the region;
    the text, the picture and the table follow.*
    """)
    return


@app.cell
def _(mo, table):
    region = mo.ui.radio(sorted(table["continent"].unique()), value="Asia", label="region", inline=True)
    region
    return (region,)


@app.cell
def _(last, region, table):
    here = table[table["continent"] == region.value]
    now = here[here["year"] == last].set_index("country")
    then = here[here["year"] == here["year"].min()].set_index("country")
    gain = (now["lifeExp"] - then["lifeExp"]).sort_values(ascending=False)
    return gain, here, now


@app.cell(hide_code=True)
def _(gain, last, mo, now, region):
    mo.md(f"""
    In **{region.value}** people lived **{gain.mean():.0f} years longer** in {last} than in 1952. The largest gain was in
    **{gain.index[0]}** ({gain.iloc[0]:+.1f} years), the smallest in **{gain.index[-1]}** ({gain.iloc[-1]:+.1f} years).
    In {last}, life was longest in **{now["lifeExp"].idxmax()}** ({now["lifeExp"].max():.1f} years), and income highest in
    **{now["gdpPercap"].idxmax()}** (${now["gdpPercap"].max():,.0f} a person and year).
    """)
    return


@app.cell
def _(here, px):
    bubbles = px.scatter(
        here,
        x="gdpPercap",
        y="lifeExp",
        size="pop",
        color="country",
        hover_name="country",
        animation_frame="year",
        animation_group="country",
        log_x=True,
        size_max=50,
        range_y=[25, 88],
        labels={"gdpPercap": "income per person and year, $ (logarithmic)", "lifeExp": "life expectancy, years"},
    )
    bubbles.update_layout(showlegend=False)
    bubbles
    return


@app.cell
def _(gain, mo, now):
    mo.ui.table(
        now[["lifeExp", "gdpPercap", "pop"]]
        .join(gain.rename("gain"))
        .reset_index()
        .round({"lifeExp": 1, "gdpPercap": 0, "gain": 1})
        .rename(columns={"lifeExp": "life expectancy", "gdpPercap": "income per person", "pop": "people", "gain": "gain since 1952"}),
        selection=None,
        page_size=10,
    )
    return


@app.cell
def _():
    import marimo as mo
    import plotly.express as px

    table = px.data.gapminder()
    last = int(table["year"].max())
    return last, mo, px, table


if __name__ == "__main__":
    app.run()
