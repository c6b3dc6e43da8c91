import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # Widgets

    Every input is a Python value: `name.value`. What uses it runs again when it changes.
    """)
    return


@app.cell
def _(mo):
    slider = mo.ui.slider(0, 100, value=30, label="slider", show_value=True)
    dropdown = mo.ui.dropdown(["red", "green", "blue"], value="green", label="dropdown")
    switch = mo.ui.switch(value=True, label="switch")
    text = mo.ui.text(value="hello", label="text")
    date = mo.ui.date(value="2026-01-31", label="date")
    mo.vstack([mo.hstack([slider, dropdown, switch], justify="start", gap=2), mo.hstack([text, date], justify="start", gap=2)])
    return date, dropdown, slider, switch, text


@app.cell
def _(date, dropdown, mo, slider, switch, text):
    mo.tree(
        {"slider": slider.value, "dropdown": dropdown.value, "switch": switch.value, "text": text.value, "date": str(date.value)},
        label="their values",
    )
    return


@app.cell
def _(mo):
    order = (
        mo.md("""
        **A form** answers when it is sent, not at every keystroke.

        {name}

        {pieces}

        {gift}
        """)
        .batch(
            name=mo.ui.text(placeholder="your name", label="for"),
            pieces=mo.ui.number(1, 12, value=2, label="pieces"),
            gift=mo.ui.checkbox(label="as a gift"),
        )
        .form(submit_button_label="Order")
    )
    order
    return (order,)


@app.cell
def _(mo, order):
    mo.callout(
        mo.md(f"**{order.value['pieces']} pieces** for {order.value['name'] or 'nobody'}{', wrapped' if order.value['gift'] else ''}")
        if order.value
        else mo.md("Nothing ordered yet."),
        kind="success" if order.value else "neutral",
    )
    return


@app.cell
def _(mo, tips):
    chosen = mo.ui.table(tips, page_size=6, label="choose rows")
    chosen
    return (chosen,)


@app.cell
def _(chosen, mo):
    mo.md(f"**{len(chosen.value)} rows** chosen, {chosen.value['tip'].sum():.2f} in tips") if len(chosen.value) else mo.md(
        "No row is chosen."
    )
    return


@app.cell
def _(mo):
    upload = mo.ui.file(filetypes=[".csv", ".txt"], multiple=False, label="upload a file of your own")
    upload
    return (upload,)


@app.cell
def _(io, mo, pd, upload):
    mo.stop(not upload.value, mo.md("*No file yet. It stays in this kernel's memory.*"))
    pd.read_csv(io.BytesIO(upload.contents()))
    return


@app.cell
def _(mo, px, tips):
    mo.ui.tabs(
        {
            "by day": px.box(tips, x="day", y="tip", color="smoker"),
            "by bill": px.scatter(tips, x="total_bill", y="tip", trendline=None, color="time"),
            "numbers": mo.ui.dataframe(tips, page_size=5),
        }
    )
    return


@app.cell
def _(mo):
    presses, press = mo.state(0)
    return press, presses


@app.cell
def _(mo, press, presses):
    mo.hstack(
        [
            mo.ui.button(label="press", on_click=lambda _: press(lambda count: count + 1)),
            mo.md(f"pressed **{presses()}** times"),
        ],
        justify="start",
    )
    return


@app.cell
def _():
    import io

    import marimo as mo
    import pandas as pd
    import plotly.express as px

    tips = px.data.tips()
    return io, mo, pd, px, tips


if __name__ == "__main__":
    app.run()
