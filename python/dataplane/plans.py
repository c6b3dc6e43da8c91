"""Plans that wait for the kernel they were made for. The gateway decided each one; here it is only looked at whether it may still
run: once, for that kernel, within its life, under the epochs it was decided in."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

WAITING = 10_000  # plans; one more is refused


@dataclass(frozen=True)
class Plan:
    """One decided read. `policy` and `rights`: the epochs of the workspace's policies and of the kernel's rights."""

    id: str
    kernel: str
    sql: str
    parameters: list[dict[str, Any]]
    life: float  # seconds until it must have been presented
    seconds: float  # that it may run
    rows: int | None  # more than these end it with an error, None: as many as there are
    size: int  # bytes that may be sent
    policy: int
    rights: int


class Refused(Exception):
    """A plan that may not run, or not go on: one of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class Plans:
    now: Callable[[], float] = time.monotonic
    policy: int = 0
    rights: dict[str, int] = field(default_factory=dict)  # kernel: epoch; a kernel that is not in it may nothing
    waiting: dict[str, tuple[Plan, float]] = field(default_factory=dict)  # plan id: the plan and when it dies
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, plan: Plan) -> None:
        with self.lock:
            now = self.now()
            for stale in [key for key, (_, dies) in self.waiting.items() if dies <= now]:
                del self.waiting[stale]
            if len(self.waiting) >= WAITING:
                raise Refused("busy")
            self.waiting[plan.id] = (plan, now + plan.life)

    def take(self, kernel: str, plan_id: str) -> Plan:
        """Spends a plan. Whose it is, whether it was spent and whether it ever was are one answer."""
        with self.lock:
            plan, dies = self.waiting.get(plan_id, (None, 0.0))
            if plan is None or plan.kernel != kernel:
                raise Refused("unknown-plan")
            del self.waiting[plan_id]
            if dies <= self.now():
                raise Refused("unknown-plan")
        self.check(plan)
        return plan

    def check(self, plan: Plan) -> None:
        """Asked before each batch."""
        if plan.policy != self.policy or self.rights.get(plan.kernel) != plan.rights:
            raise Refused("revoked")

    def forget(self, kernel: str) -> None:
        with self.lock:
            self.rights.pop(kernel, None)
            for key in [key for key, (plan, _) in self.waiting.items() if plan.kernel == kernel]:
                del self.waiting[key]
