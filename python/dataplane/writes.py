"""Brings what was taken in (intake.py) into a table, as the gateway has decided it: its steps, in one transaction, one write at a time.
A write has an id of its own; one that is in the ledger is not done again."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from dataplane import flat
from dataplane.engine import Engine, Step, Uncertain, Write
from dataplane.intake import Intakes
from dataplane.parameters import bound
from dataplane.plans import Plans, Refused

PAUSE = 1.0  # seconds until an engine that does not answer is asked again

log = logging.getLogger("dataplane")


@dataclass(frozen=True)
class Commit:
    """One decided write. `policy` and `rights`: the epochs of its decision, which is later than that of its intake."""

    plan: str  # of the intake
    write: str
    kernel: str
    columns: list[list[str]]  # name and type, as they were taken in
    steps: list[dict[str, Any]]  # {"sql", "parameters", "none": reason | None}: a step with a reason must count nothing
    seconds: float
    policy: int
    rights: int
    about: list[str]
    makes: str | None = None  # a table, of what was taken in


class Writes:
    def __init__(self, plans: Plans, intakes: Intakes, engine: Engine) -> None:
        self.plans = plans
        self.intakes = intakes
        self.engine = engine
        self.said: Callable[[dict[str, Any]], None] = lambda _: None
        self.turn = threading.Lock()
        self.last = threading.Lock()  # while a write comes to count, and while it is asked whether it did
        self.begun: set[str] = set()  # plans
        self.dead: set[str] = set()  # those of them that may not count any more

    def begin(self, commit: Commit) -> None:
        """Its end is told later."""
        with self.last:
            self.begun.add(commit.plan)
        threading.Thread(target=self._serve, args=(commit,), daemon=True).start()

    def _serve(self, commit: Commit) -> None:
        rows, end = 0, "failed"
        try:
            with self.turn:
                rows = self._write(commit)
            end = "complete"
        except Refused as refused:
            end = "cut" if commit.plan in self.dead else refused.reason
        except TimeoutError:
            end = "too-long"
        except Exception as error:
            log.error("a write failed", extra={"kernel": commit.kernel, "plan": commit.plan, "type": type(error).__name__})
        with self.last:
            self.begun.discard(commit.plan)
            self.dead.discard(commit.plan)
        self.said({"wrote": {"plan": commit.plan, "rows": rows, "end": end}})

    def written(self, write: str, kernel: str, plan: str | None) -> int | None:
        """The rows that a write has brought. None: it has not happened, and, where its plan is given, never will."""
        with self.last:
            self.dead |= self.begun & {plan}
            return self.engine.written(write, kernel)

    def leave(self) -> None:
        """Nobody hears any more what comes of those that have begun: none of them happens."""
        with self.last:
            self.dead |= self.begun

    @contextmanager
    def _counting(self, commit: Commit) -> Iterator[None]:
        with self.last:
            if commit.plan in self.dead:
                raise Refused("cut")
            self.plans.allow(commit.kernel, commit.policy, commit.rights, commit.about)
            yield

    def _write(self, commit: Commit) -> int:
        done = self.engine.written(commit.write, commit.kernel)
        if done is not None:
            return done
        steps = [Step(step["sql"], bound(step["parameters"]), step["none"]) for step in commit.steps]
        shape = flat.schema([(name, kind) for name, kind in commit.columns])
        taken = self.intakes.claim(commit.plan)
        with taken.file as file:
            if taken.intake.kernel != commit.kernel:
                raise Refused("unknown-plan")
            write = Write(commit.write, commit.kernel, shape, lambda: flat.read(file, shape), steps, commit.makes)
            try:
                return self.engine.write(write, commit.seconds, self._counting(commit))
            except Uncertain:
                return self._found_out(commit)

    def _found_out(self, commit: Commit) -> int:
        """Nothing is said of it until it is known."""
        while True:
            try:
                rows = self.engine.written(commit.write, commit.kernel)
            except Exception as error:
                log.warning("what came of a write is not known yet", extra={"plan": commit.plan, "type": type(error).__name__})
                time.sleep(PAUSE)
                continue
            if rows is None:
                raise Refused("cut")
            return rows
