import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # Reactivity: one parameter at the top

    A loan, three numbers, and everything that follows from them. Each result below knows which inputs it depends on.
    """)
    return


@app.cell
def _(mo):
    amount = mo.ui.number(10_000, 1_000_000, step=5_000, value=250_000, label="amount")
    rate = mo.ui.slider(0.5, 9.0, step=0.1, value=3.6, label="interest, % a year", show_value=True)
    years = mo.ui.slider(5, 35, value=25, label="years", show_value=True)
    mo.hstack([amount, rate, years], justify="start", gap=2)
    return amount, rate, years


@app.cell
def _(amount, rate, years):
    months = years.value * 12
    monthly_rate = rate.value / 100 / 12
    payment = amount.value * monthly_rate / (1 - (1 + monthly_rate) ** -months)
    return monthly_rate, months, payment


@app.cell(hide_code=True)
def _(amount, mo, months, payment):
    mo.hstack(
        [
            mo.stat(f"{payment:,.2f}", label="a month"),
            mo.stat(f"{payment * months:,.0f}", label="paid in all"),
            mo.stat(f"{payment * months - amount.value:,.0f}", label="of it interest"),
        ],
        justify="start",
        gap=2,
    )
    return


@app.cell
def _(amount, monthly_rate, months, payment, pd):
    def plan():
        owed = amount.value
        for month in range(1, months + 1):
            interest = owed * monthly_rate
            owed -= payment - interest
            yield month, interest, payment - interest, max(owed, 0.0)

    schedule = pd.DataFrame(plan(), columns=["month", "interest", "repaid", "owed"])
    return (schedule,)


@app.cell
def _(alt, schedule):
    by_year = schedule.assign(year=(schedule["month"] - 1) // 12 + 1).groupby("year", as_index=False)[["interest", "repaid"]].sum()
    alt.Chart(by_year.melt("year", var_name="part", value_name="paid")).mark_bar().encode(
        x=alt.X("year:O", title="year"),
        y=alt.Y("paid:Q", title="paid in the year"),
        color=alt.Color("part:N", title=None, scale=alt.Scale(range=["#f59e0b", "#5b3df0"])),
        tooltip=["year", "part", alt.Tooltip("paid", format=",.0f")],
    ).properties(width=620, height=260)
    return


@app.cell
def _(mo, schedule):
    mo.ui.table(schedule.round(2), page_size=12, selection=None, label="the whole plan")
    return


@app.cell
def _():
    import altair as alt
    import marimo as mo
    import pandas as pd

    return alt, mo, pd


if __name__ == "__main__":
    app.run()
