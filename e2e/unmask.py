# Ways to see through masks and past filters, in the kernel of a reader who may not. The last value says what came of each.
import base64
import glob
import json
import os

import duckdb
import pandas as pd

from scrydon import tables

given = json.loads(base64.b64decode("GIVEN"))
email, hidden = given["email"][::-1], given["hidden"]  # backwards, so that no source has it
T = "compliance_authorities"
guesses = pd.DataFrame({"guess": [email]})


def attempt(what):
    try:
        answer = what()
        return answer.to_json(orient="values") if isinstance(answer, pd.DataFrame) else repr(answer)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def sql(statement, **frames):
    return attempt(lambda: tables.sql(statement, frames=frames))


def through(path):
    return attempt(lambda: duckdb.sql(f"SELECT count(*) FROM read_blob('{path}')").df())


shown = {
    "rows": attempt(lambda: tables.read(T)),
    "a column": attempt(lambda: tables.read(T, columns=["email", "phone", "address"])),
    "in groups": attempt(lambda: tables.query(T, {"n": "count"}, by=["email"])),
    "the largest": attempt(lambda: tables.query(T, {"most": ("max", "email"), "least": ("min", "email")})),
    "in a list": sql(f"SELECT list(email), string_agg(phone), any_value(address) FROM {T}"),
    "in pieces": sql(f"SELECT regexp_extract(email, '@(.*)', 1), left(email, 5), length(email), md5(email) FROM {T}"),
    "in a sample": sql(f"SELECT email FROM {T} USING SAMPLE 20 ROWS"),
    "in samples": [sql(f"SELECT email, phone FROM {T} LIMIT 1 OFFSET {at}") for at in range(5)],
    "in a window": sql(f"SELECT first_value(email) OVER (PARTITION BY country ORDER BY email) FROM {T}"),
    "in an error": sql(f"SELECT CAST(email AS INTEGER) FROM {T}"),
    "in an error of ours": sql(f"SELECT error(email) FROM {T}"),
    "in a plan": sql(f"EXPLAIN ANALYZE SELECT * FROM {T} WHERE email LIKE '%@%'"),
    "in a summary": sql(f"SUMMARIZE {T}"),
    "by another name": sql(f'SELECT * FROM "{T.upper()}" AS other'),
    "in a subquery": sql(f"SELECT (SELECT max(email) FROM {T} AS inner_ WHERE inner_.country = outer_.country) FROM {T} AS outer_"),
    "in a union": sql(f"SELECT email FROM {T} UNION ALL SELECT guess FROM guesses WHERE false", guesses=guesses),
}
told = {  # answers to a guess: how many rows it finds
    "an equal": attempt(lambda: len(tables.read(T, where={"email": email}))),
    "a condition": attempt(lambda: len(tables.read(T, where=tables.col("email") >= email[:4]))),
    "a pattern": sql(f"SELECT count(*) FROM {T} WHERE email LIKE '%{email[4:]}'"),
    "a join": sql(f"SELECT count(*) FROM {T} JOIN guesses ON email = guess", guesses=guesses),
    "a join by its digest": sql(f"SELECT count(*) FROM {T} JOIN guesses ON md5(email) = md5(guess)", guesses=guesses),
    "a row that is left out": attempt(lambda: len(tables.read(T, where={"country": hidden}))),
    "a count of it": sql(f"SELECT count(*) FROM {T} WHERE country = '{hidden}'"),
    "a group of it": attempt(lambda: len(tables.query(T, {"n": "count"}, by=["country"], where={"country": hidden}))),
}
engine = {
    **{path: through(path) for path in given["files"]},
    "attached": attempt(lambda: duckdb.sql(f"ATTACH '{given['files'][0]}' AS theirs (READ_ONLY)")),
    "cached": [path for place in given["caches"] for path in glob.glob(f"{place}/**/*", recursive=True) if os.path.isfile(path)],
}
"TRIED:" + base64.b64encode(json.dumps({"shown": shown, "told": told, "engine": engine}).encode()).decode() + ":"
