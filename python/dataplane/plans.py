"""Plans that wait for the kernel they were made for. The gateway decided each one; here it is only looked at whether it may still
run: once, for that kernel, within its life, under the epochs it was decided in."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

WAITING = 10_000  # plans; one more is refused


@dataclass(frozen=True)
class Plan:
    """One decided read. `policy` and `rights`: the epochs of the workspace's policies and of the kernel's rights. `about`: what the decision
    stands on, in the gateway's words; an edit of anything else leaves it as it is."""

    id: str
    kernel: str
    sql: str
    parameters: list[dict[str, Any]]
    life: float  # seconds until it must have been presented
    seconds: float  # that it may run
    rows: int | None  # more than these end it with an error, None: as many as there are
    size: int | None  # bytes that may be sent; None: as many as there are
    policy: int
    rights: int
    about: list[str]


@dataclass(frozen=True)
class Intake:
    """One decided delivery: what a kernel may hand over (intake.py). `kind` and `spec`: what a worker makes of it (worker.py)."""

    id: str
    kernel: str
    kind: str
    spec: dict[str, Any]
    life: float  # seconds until it must have been presented
    seconds: float  # that it may take
    size: int  # bytes, at most
    policy: int
    rights: int
    about: list[str]


class Refused(Exception):
    """What may not run, or not go on, and the reason. `column`: the place of the column it is about."""

    def __init__(self, reason: str, column: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column


@dataclass
class Plans:
    now: Callable[[], float] = time.monotonic
    policy: int = 0
    floor: int = field(init=False)  # what was decided under an older epoch is stale, whatever it is about
    changed: dict[str, int] = field(default_factory=dict)  # what was edited since `floor`: the epoch of its newest edit
    rights: dict[str, int] = field(default_factory=dict)  # kernel: epoch; a kernel that is not in it may nothing
    waiting: dict[str, tuple[Plan | Intake, float]] = field(default_factory=dict)  # plan id: the plan and when it dies
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.floor = self.policy

    def add(self, plan: Plan | Intake) -> None:
        with self.lock:
            now = self.now()
            for stale in [key for key, (_, dies) in self.waiting.items() if dies <= now]:
                del self.waiting[stale]
            if len(self.waiting) >= WAITING:
                raise Refused("busy")
            self.waiting[plan.id] = (plan, now + plan.life)

    def take(self, kernel: str, plan_id: str) -> Plan | Intake:
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

    def check(self, plan: Plan | Intake) -> None:
        """Asked before each batch."""
        self.allow(plan.kernel, plan.policy, plan.rights, plan.about)

    def allow(self, kernel: str, policy: int, rights: int, about: list[str]) -> None:
        """What is said to be about nothing is about everything."""
        oldest = max(self.floor, *(self.changed.get(one, 0) for one in about)) if about else self.policy
        if not oldest <= policy <= self.policy or self.rights.get(kernel) != rights:
            raise Refused("revoked")

    def reset(self, epoch: int) -> None:
        self.policy = self.floor = epoch
        self.changed.clear()

    def turn(self, epoch: int, since: int | None = None, about: Iterable[str] = ()) -> None:
        """The policies' epoch of now. `since`: from that one on nothing but `about` was edited. Where it is not the last that is known here,
        what came between is not known either: everything is stale."""
        if since is None or since != self.policy:
            return self.reset(max(epoch, self.policy))
        self.changed.update(dict.fromkeys(about, epoch))
        self.policy = epoch

    def forget(self, kernel: str) -> None:
        with self.lock:
            self.rights.pop(kernel, None)
            for key in [key for key, (plan, _) in self.waiting.items() if plan.kernel == kernel]:
                del self.waiting[key]
