"""Each engine against the contract."""

from dataplane.duckdb_engine import DuckDb
from dataplane.engine import Engine
from tests.engine_contract import WritesContract


class OnDuckDb(WritesContract):
    @classmethod
    def made(cls) -> Engine:
        engine = DuckDb(":memory:", "256MB", 2)
        cls.addClassCleanup(engine.close)
        return engine


del WritesContract  # the loader would take it for a test of its own
