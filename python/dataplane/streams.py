"""Runs a plan and streams what it answers to the kernel, batch by batch; before each it is asked whether the plan still holds."""

import logging
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from dataplane import frames
from dataplane.engine import Engine, Reading, Stop, Stopped
from dataplane.parameters import bound
from dataplane.plans import Intake, Plan, Plans, Refused

log = logging.getLogger("dataplane")


Done = Callable[[str, int, str], None]  # plan, rows that were sent, how it ended: complete, cut or failed


@dataclass
class Running:
    plan: Plan | Intake
    connection: socket.socket
    rows: int = 0  # sent
    stop: Stop = field(default_factory=Stop)


class Streams:
    def __init__(self, plans: Plans, engine: Engine, done: Done = lambda plan, rows, end: None) -> None:
        self.plans = plans
        self.done = done
        self.engine = engine
        self.running: dict[str, Running] = {}  # by plan id
        self.take_in: Callable[[Intake, socket.socket], None] = lambda intake, connection: None

    def cut(self) -> None:
        """Ends what may not run any more, also where it waits for a kernel that does not read, or the engine has not answered yet."""
        for running in list(self.running.values()):
            try:
                self.plans.check(running.plan)
            except Refused:
                with suppress(OSError):
                    running.connection.shutdown(socket.SHUT_RDWR)
                threading.Thread(target=running.stop.now, daemon=True).start()  # an engine that is far away may take its time

    def ask(self, sql: str, parameters: list[dict[str, Any]], seconds: float) -> list[list[Any]]:
        """A few rows, whole."""
        with self.engine.stream(sql, bound(parameters), seconds) as reader:
            table = pa.Table.from_batches(reader, reader.schema)
        return [list(row) for row in zip(*(column.to_pylist() for column in table.columns), strict=True)]

    def serve(self, kernel: str, plan_id: str, connection: socket.socket) -> None:
        """Answers one connection. What went wrong is said by a reason, never in the engine's words: they may hold values."""
        try:
            plan = self.plans.take(kernel, plan_id)
        except Refused as refused:
            return frames.end(connection, error=refused.reason)
        if isinstance(plan, Intake):
            return self.take_in(plan, connection)
        self.running[plan.id] = Running(plan, connection)
        end = "cut"
        try:
            self._run(plan, self.running[plan.id])
            end = "complete"
        except Refused as refused:
            frames.end(connection, error=refused.reason)
        except Stopped:
            frames.end(connection, error="revoked")
        except TimeoutError:
            frames.end(connection, error="too-long")
        except OSError:
            raise
        except Exception as error:
            end = "failed"
            log.error("a plan failed", extra={"kernel": kernel, "plan": plan_id, "type": type(error).__name__})
            frames.end(connection, error="failed")
        finally:
            self.done(plan.id, self.running.pop(plan.id).rows, end)

    def _run(self, plan: Plan, running: Running) -> None:
        with self.engine.stream(plan.sql, bound(plan.parameters), plan.seconds, running.stop) as reader:
            self._send(plan, running, reader)
        frames.end(running.connection, rows=running.rows)

    def _send(self, plan: Plan, running: Running, reader: Reading) -> None:
        sent = frames.send(running.connection, b"S", reader.schema.serialize())
        for batch in reader:
            self.plans.check(plan)
            if plan.rows is not None and running.rows + batch.num_rows > plan.rows:
                raise Refused("too-large")
            sent += frames.send(running.connection, b"B", batch.serialize())
            running.rows += batch.num_rows
            if plan.size is not None and sent > plan.size:
                raise Refused("too-large")
        self.plans.check(plan)
