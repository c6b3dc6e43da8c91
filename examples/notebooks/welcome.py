import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # Welcome

    This is a **reactive** Python notebook. Change a cell and every cell that uses its result runs again by itself;
    nothing on the page is ever out of date. It runs in a Python of your own: nobody else shares its memory or its files.

    Drag the slider.
    """)
    return


@app.cell
def _(mo):
    petals = mo.ui.slider(2, 24, value=7, label="petals", show_value=True)
    petals
    return (petals,)


@app.cell
def _(np, petals, plt):
    angle = np.linspace(0, 2 * np.pi, 2000)
    radius = np.cos(petals.value / 2 * angle) ** 2
    figure, axis = plt.subplots(figsize=(4.2, 4.2), subplot_kw={"projection": "polar"})
    axis.fill(angle, radius, color="#7c5cff", alpha=0.35)
    axis.plot(angle, radius, color="#5b3df0", linewidth=1.5)
    axis.set_axis_off()
    axis
    return


@app.cell(hide_code=True)
def _(mo, petals):
    mo.md(f"""
    The flower has **{petals.value} petals**: this sentence is a cell too, and it followed the slider.

    ## What to try

    | | |
    |---|---|
    | Run a cell | `Ctrl`+`Enter` (`⌘`+`Enter` on a Mac) |
    | Add a cell below | the **+** under a cell |
    | Save | by itself, or `Ctrl`+`S` |
    | Stop a long run | **Kernel → Interrupt**, above |

    Delete the cell that makes `petals`, and the cells that need it will say so. Undo brings it back.
    """)
    return


@app.cell(hide_code=True)
def _(mo):
    mo.accordion(
        {
            "Where do other people see my results?": mo.md(
                "Nowhere. Someone who opens this notebook runs it **as themselves**, in their own Python."
            ),
            "Which libraries are there?": mo.md(
                "pandas, numpy, scikit-learn, plotly, altair, matplotlib, polars, duckdb, pyarrow, anywidget and what"
                " they bring along. The list is under **Packages**."
            ),
            "Can a notebook reach the internet?": mo.md("No. Kernels have no network."),
        }
    )
    return


@app.cell
def _():
    import marimo as mo
    import matplotlib.pyplot as plt
    import numpy as np

    return mo, np, plt


if __name__ == "__main__":
    app.run()
