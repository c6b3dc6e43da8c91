"""A table with a row and a column that nobody may see: the gateway reads it as a kernel would at each start, and serves only when
they stay invisible (server/data/canary.ts)."""

import secrets

import pyarrow as pa

NAME = "scrydon_canary"


def canary() -> pa.Table:
    """row, secret: one row that is shown, one that is hidden; every secret is another."""
    tokens = [secrets.token_hex(16) for _ in range(3)]
    return pa.table({"row": ["shown", f"hidden-{tokens[0]}"], "secret": tokens[1:]})
