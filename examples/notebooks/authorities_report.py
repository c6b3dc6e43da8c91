import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")


@app.cell(hide_code=True)
def _(authorities, mo):
    mo.md(f"""
    # Whom to notify: data protection authorities

    *A one-off report from the managed table `compliance_authorities`: **{len(authorities)} authorities in
    {authorities["country"].nunique()} countries**, as far as the person who runs it may see them. Somebody else who opens it
    runs it as themselves, and sees theirs.*
    """)
    return


@app.cell
def _(authorities, mo):
    countries = sorted(authorities["country"].unique(), key=lambda name: (name != "DE", name))
    country = mo.ui.dropdown(countries, value=countries[0] if countries else None, label="country")
    country
    return (country,)


@app.cell
def _(authorities, country, mo):
    mo.vstack(
        [
            mo.md(f"**{row.authority}**, {row.city} · `{row.email or 'no mail'}` · `{row.phone or 'no number'}` · <{row.website}>")
            for row in authorities[authorities["country"] == country.value].fillna("").itertuples()
        ]
    )
    return


@app.cell
def _(about, mo):
    seen = {"last4": "its last four characters", "redact": "not shown", "null": "left empty", None: "as it is"}
    lines = [f"| {column.name} | {seen.get(column.masked, column.masked)} |" for column in about.columns]
    said = "some rows are left out for you" if about.filtered else "no row is left out for you"
    mo.md("\n".join([f"### What this report may show you\n\n{about.level}; {said}.\n\n| column | for you |\n|---|---|", *lines]))
    return


@app.cell
def _(authorities, mo):
    reachable = authorities.assign(mail=authorities["email"].notna(), phone=authorities["phone"].notna())
    mo.ui.table(
        reachable[["country", "authority", "acronym", "city", "mail", "phone"]].sort_values("country"),
        selection=None,
        page_size=12,
        label="authorities, and whether there is a way to reach them",
    )
    return


@app.cell
def _(errors, mo, tables):
    try:
        authorities = tables.read("compliance_authorities")
        about = tables.describe("compliance_authorities")
    except errors.ScrydonError as refused:
        mo.stop(True, mo.callout(str(refused), kind="warn"))
    return about, authorities


@app.cell
def _():
    import marimo as mo
    from scrydon import errors, tables

    return errors, mo, tables


if __name__ == "__main__":
    app.run()
