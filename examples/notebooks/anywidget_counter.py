import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # A widget of your own

    An *anywidget* is a little JavaScript with a Python value on the other side. Press the button:
    the cell below follows. Change the value in Python: the button follows.
    """)
    return


@app.cell
def _(anywidget, traitlets):
    class Counter(anywidget.AnyWidget):
        _esm = """
        function render({ model, el }) {
          const button = document.createElement("button");
          button.className = "counter";
          const show = () => { button.textContent = `count is ${model.get("count")}`; };
          button.addEventListener("click", () => {
            model.set("count", model.get("count") + 1);
            model.save_changes();
          });
          model.on("change:count", show);
          show();
          el.append(button);
        }
        export default { render };
        """
        _css = """
        .counter {
          font: inherit; padding: 0.6em 1.2em; border: 0; border-radius: 0.6em; cursor: pointer;
          color: white; background: linear-gradient(120deg, #5b3df0, #b14cf0);
        }
        .counter:hover { filter: brightness(1.1); }
        """
        count = traitlets.Int(0).tag(sync=True)

    return (Counter,)


@app.cell
def _(Counter, mo):
    counter = mo.ui.anywidget(Counter(count=3))
    counter
    return (counter,)


@app.cell
def _(counter, mo):
    mo.md(f"Python sees **{counter.value['count']}**; its square is **{counter.value['count'] ** 2}**.")
    return


@app.cell
def _():
    import anywidget
    import marimo as mo
    import traitlets

    return anywidget, mo, traitlets


if __name__ == "__main__":
    app.run()
