import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # Maths, diagrams, pictures

    Text is Markdown with LaTeX: Euler's identity $e^{i\pi} + 1 = 0$, and the Fourier series of a square wave

    $$
    s_n(x) = \frac{4}{\pi} \sum_{k=1}^{n} \frac{\sin\bigl((2k - 1)\,x\bigr)}{2k - 1}.
    $$
    """)
    return


@app.cell
def _(mo):
    terms = mo.ui.slider(1, 40, value=5, label="$n$", show_value=True)
    terms
    return (terms,)


@app.cell
def _(np, plt, terms):
    x = np.linspace(-np.pi, np.pi, 1500)
    odd = 2 * np.arange(1, terms.value + 1) - 1
    wave = 4 / np.pi * (np.sin(np.outer(x, odd)) / odd).sum(axis=1)
    figure, axis = plt.subplots(figsize=(7, 2.6))
    axis.plot(x, np.sign(x), color="#cbd5e1", linewidth=1.5)
    axis.plot(x, wave, color="#5b3df0", linewidth=1.4)
    axis.set_xticks([-np.pi, 0, np.pi], [r"$-\pi$", "0", r"$\pi$"])
    axis.set_title(f"{terms.value} terms: the overshoot stays at about 9 %")
    axis.spines[["top", "right"]].set_visible(False)
    axis
    return


@app.cell(hide_code=True)
def _(mo):
    mo.mermaid("""
    flowchart LR
      A[you change a cell] --> B{who uses it?}
      B --> C[those cells run]
      C --> D[what uses them runs]
      B --> E[nobody: done]
    """)
    return


@app.cell
def _(china, mo):
    band = mo.ui.dropdown({"red": 0, "green": 1, "blue": 2}, value="red", label="one channel of a picture")
    mo.vstack([band, mo.md(f"*{china.shape[1]} × {china.shape[0]} pixels, a photograph that scikit-learn ships*")])
    return (band,)


@app.cell
def _(band, china, mo, np):
    single = np.zeros_like(china)
    single[:, :, band.value] = china[:, :, band.value]
    mo.hstack([mo.image(china, width=320, rounded=True), mo.image(single, width=320, rounded=True)], justify="start")
    return


@app.cell
def _(china, np, plt):
    channels, plot = plt.subplots(figsize=(7, 2.2))
    for index, colour in enumerate(["#ef4444", "#22c55e", "#3b82f6"]):
        plot.hist(china[:, :, index].ravel(), bins=np.arange(0, 257, 4), histtype="step", color=colour)
    plot.set_xlabel("brightness")
    plot.set_yticks([])
    plot.spines[["top", "right", "left"]].set_visible(False)
    plot
    return


@app.cell
def _():
    import marimo as mo
    import matplotlib.pyplot as plt
    import numpy as np
    from sklearn.datasets import load_sample_image

    china = load_sample_image("china.jpg")
    return china, mo, np, plt


if __name__ == "__main__":
    app.run()
