"""Language models as a notebook asks them, over real sockets; the test answers in the gateway's place."""

import os
import signal
import subprocess
import sys
import threading
from typing import Any

from scrydon import _doors, errors, llm
from tests.kernel_folder import PYTHON, Case, ok, refused

ID = "e_abcdefgh"


class Gateway(Case):
    """Gives an answer in parts; `asked` holds what was asked for, in order."""

    def setUp(self) -> None:
        super().setUp()
        self.asked: list[dict[str, Any]] = []
        self.begun: list[str] = []
        self.cancelled: list[str] = []

    def serve(self, *parts: str, end: str = "complete", last: bytes | None = None, lost: int = 0) -> None:
        """`last`: what is said after the parts instead of the end. `lost`: so many answers to questions for more never arrive."""
        gone = iter(range(lost))

        def answer(line: dict[str, Any]) -> bytes:
            call, body = line["call"], line["body"]
            if call == "llm.begin":
                self.begun.append(body.pop("id"))
                self.asked.append(body)
                return ok({})
            if call == "llm.cancel":
                self.cancelled.append(body["id"])
                return ok({})
            self.assertEqual((call, body["id"]), ("llm.next", self.begun[-1]))
            if next(gone, None) is not None:
                return b""
            return self.after(body["after"], parts, end, last)

        self.control(answer)

    def after(self, place: int, parts: tuple[str, ...], end: str, last: bytes | None) -> bytes:
        at = 0
        for part in parts:
            if at == place:
                return ok({"text": part, "at": at + len(part), "end": None})
            at += len(part)
        return last or ok({"text": "", "at": at, "end": end})


class Complete(Gateway):
    def test_a_prompt_and_its_answer(self) -> None:
        self.serve("Hello ", "there 😀", ".")
        self.assertEqual(llm.complete("Hi"), "Hello there 😀.")
        message = {"role": "user", "content": "Hi"}
        self.assertEqual(self.asked, [{"model": "default", "messages": [message], "tokens": None, "temperature": None}])
        self.assertEqual(self.cancelled, [])

    def test_all_that_may_be_said(self) -> None:
        self.serve("x")
        llm.complete(model="small", prompt="Hi", stream=False, system="Be brief.", max_tokens=5, temperature=0.5)
        messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
        self.assertEqual(self.asked, [{"model": "small", "messages": messages, "tokens": 5, "temperature": 0.5}])

    def test_a_conversation(self) -> None:
        self.serve("Bob.")
        messages = [{"role": "user", "content": "I am Bob."}, {"role": "assistant", "content": "Hi."}, {"role": "user", "content": "Who?"}]
        self.assertEqual(llm.chat(messages, model="small", max_tokens=1, temperature=0), "Bob.")
        self.assertEqual(self.asked, [{"model": "small", "messages": messages, "tokens": 1, "temperature": 0}])

    def test_each_answer_has_a_name_of_its_own(self) -> None:
        self.serve("x")
        llm.complete("a")
        llm.complete("a")
        self.assertEqual(len(set(self.begun)), 2)
        for name in self.begun:
            self.assertRegex(name, r"^[A-Za-z0-9_-]{16,40}$")

    def test_none_yet_is_asked_for_again(self) -> None:
        said = iter([ok({"text": "", "at": 0, "end": None}), ok({"text": "late", "at": 4, "end": "complete"})])
        self.control(lambda line: next(said) if line["call"] == "llm.next" else ok({}))
        self.assertEqual(llm.complete("x"), "late")


class Streamed(Gateway):
    def test_its_parts_as_they_come(self) -> None:
        self.serve("one ", "two", end="length")
        answer = llm.complete("x", stream=True)
        self.assertEqual(next(answer), "one ")
        self.assertIsNone(answer.end)
        self.assertEqual(list(answer), ["two"])
        self.assertEqual((answer.end, list(answer), self.cancelled), ("length", [], []))

    def test_a_connection_that_is_lost_loses_and_doubles_nothing(self) -> None:
        self.place(_doors.place().folder, restart=60)
        self.serve("one ", "two ", "three", lost=2)
        self.assertEqual("".join(llm.chat([{"role": "user", "content": "x"}], stream=True)), "one two three")

    def test_closed_left_or_dropped_it_is_cancelled_once(self) -> None:
        self.serve("one ", "two")
        answer = llm.complete("x", stream=True)
        next(answer)
        answer.close()
        answer.close()
        self.assertEqual((list(answer), self.cancelled), ([], self.begun))
        with llm.complete("x", stream=True) as answer:
            next(answer)
        self.assertEqual(self.cancelled, self.begun)
        answer = llm.complete("x", stream=True)
        del answer
        self.assertEqual(self.cancelled, self.begun)

    def test_an_interrupt_while_it_is_begun_cancels_it(self) -> None:
        calls: list[tuple[str, str]] = []

        def answer(line: dict[str, Any]) -> bytes:
            calls.append((line["call"], line["body"]["id"]))
            if line["call"] == "llm.begin":
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            return ok({})

        self.control(answer)
        with self.assertRaises(KeyboardInterrupt):
            llm.complete("x", stream=True)
        self.assertEqual(calls, [("llm.begin", calls[0][1]), ("llm.cancel", calls[0][1])])

    def test_an_interrupt_cancels_what_is_waited_for(self) -> None:
        interrupted = iter([False, True])
        real = llm._part

        def part(said: dict[str, Any]) -> Any:
            if next(interrupted):
                raise KeyboardInterrupt
            return real(said)

        self.serve("one ", "two")
        llm._part = part
        self.addCleanup(setattr, llm, "_part", real)
        with self.assertRaises(KeyboardInterrupt):
            llm.complete("x")
        self.assertEqual(self.cancelled, self.begun)


class Listed(Case):
    SAID = {
        "models": [
            {"name": "default", "tokens": 1024, "label": {"level": "internal", "markings": []}},
            {"name": "<big>", "tokens": 64, "label": {"level": "secret", "markings": ["EU", "PII"]}},
        ],
        "left": 12345,
    }

    def test_models(self) -> None:
        asked: list[Any] = []
        self.control(lambda line: asked.append(line) or ok(self.SAID))
        listed = llm.models()
        self.assertEqual(asked, [{"call": "llm.models", "body": {}}])
        self.assertEqual((listed[0], listed.left), (llm.Model("default", 1024, "internal", ()), 12345))
        self.assertEqual(
            repr(listed).splitlines(),
            [
                "models: 2 · tokens left today: 12,345",
                "name     tokens of an answer  may get data up to",
                "default  1,024                internal",
                "<big>    64                   secret EU PII",
            ],
        )
        self.assertIn("<td>&lt;big&gt;</td>", listed._repr_html_())


class Refusals(Gateway):
    def test_each_has_a_class_by_its_code_and_the_gateways_sentence(self) -> None:
        classes = {
            "llm-off": errors.Unavailable,
            "llm-absent": errors.NotFound,
            "llm-label": errors.Denied,
            "llm-readers": errors.Denied,
            "llm-quota": errors.Denied,
            "llm-tokens": errors.Invalid,
            "llm-running": errors.Unavailable,
            "llm-broken": errors.Unavailable,
        }
        self.control(lambda line: ok({}) if line["call"] == "llm.cancel" else refused(line["body"]["model"], "Ask Ann.", id=ID))
        for code, kind in classes.items():
            for stream in (False, True):
                self.fails(lambda code=code, stream=stream: llm.complete("x", code, stream), kind, code, f"Ask Ann. ({ID})")

    def test_one_amid_an_answer_comes_after_its_parts_and_ends_it(self) -> None:
        self.serve("half ", last=refused("llm-cut", "It broke off."))
        self.fails(lambda: llm.complete("x"), errors.Unavailable, "llm-cut", "It broke off.")
        answer = llm.complete("x", stream=True)
        self.assertEqual(next(answer), "half ")
        self.fails(lambda: next(answer), errors.Unavailable, "llm-cut", "It broke off.")
        self.assertEqual(list(answer), [])

    def test_no_socket(self) -> None:
        self.place(os.path.join(_doors.place().folder, "nowhere"))
        said = (
            "A language model is not available in this kernel: it has no connection to it, which only notebooks that Scrydon runs "
            "in kernels isolated from each other are given; ask the server’s operator."
        )
        for call in (llm.models, lambda: llm.complete("x")):
            self.fails(call, errors.Unavailable, "unavailable", said)

    def test_nonsense(self) -> None:
        said = "The server’s answer was not understood. Restart the kernel; if it goes on, tell the server’s operator."
        self.serve("x", last=ok({"text": "y"}))
        self.fails(lambda: llm.complete("x"), errors.ScrydonError, "bad-answer", said)
        self.assertEqual(self.cancelled, self.begun)


class Arguments(Case):
    def test_what_is_wrong_is_said_before_anything_is_sent(self) -> None:
        listed = 'messages is a list: write [{"role": "user", "content": "…"}].'
        message = 'Each of messages is {"role": …, "content": …}, with a role of system, user, assistant.'
        tokens = "max_tokens is a number of tokens: an int of 1 or more."
        temperature = "temperature is a number from 0 to 2."
        one = {"role": "user", "content": "x"}
        wrong: list[tuple[Any, str]] = [
            (lambda: llm.complete(None), "prompt is a str, not a NoneType."),  # type: ignore[arg-type]
            (lambda: llm.complete("x", model=1), "model is a str, not a int."),  # type: ignore[call-overload]
            (lambda: llm.complete("x", system=1), "system is a str, not a int."),  # type: ignore[call-overload]
            (lambda: llm.complete("x", max_tokens=0), tokens),
            (lambda: llm.complete("x", max_tokens=True), tokens),
            (lambda: llm.complete("x", max_tokens=1.5), tokens),  # type: ignore[call-overload]
            (lambda: llm.complete("x", temperature=2.1), temperature),
            (lambda: llm.complete("x", temperature=float("nan")), temperature),
            (lambda: llm.complete("x" * (250 << 10)), "The prompt is larger than 250 KiB as it is sent. Shorten it."),
            (lambda: llm.chat("Hi"), listed),  # type: ignore[call-overload]
            (lambda: llm.chat(one), listed),  # type: ignore[call-overload]
            (lambda: llm.chat(5), "messages is a list of dicts, not a int."),  # type: ignore[call-overload]
            (lambda: llm.chat([]), "messages holds 1 to 200 messages, not 0."),
            (lambda: llm.chat([one] * 201), "messages holds 1 to 200 messages, not 201."),
            (lambda: llm.chat(["Hi"]), message),  # type: ignore[list-item]
            (lambda: llm.chat([{"role": "tool", "content": "x"}]), message),
            (lambda: llm.chat([{"role": "user"}]), message),
            (lambda: llm.chat([{**one, "name": "Bob"}]), message),
            (lambda: llm.chat([{"role": "user", "content": 5}]), "The content of a message is a str, not a int."),  # type: ignore[dict-item]
        ]
        for call, said in wrong:
            self.fails(call, errors.Invalid, "bad-question", said)


class Import(Case):
    def test_nothing_heavy_comes_with_it(self) -> None:
        code = "import sys; from scrydon import llm; print(sorted({'pandas', 'pyarrow', 'httpx', 'openai'} & set(sys.modules)))"
        said = subprocess.run([sys.executable, "-c", code], cwd=PYTHON, capture_output=True, text=True, timeout=60, check=True).stdout
        self.assertEqual(said, "[]\n")
