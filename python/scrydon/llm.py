"""Language models that the server's operator has set up, as the person who runs the notebook.

    llm.models()                                   which you may use here, and your tokens that are left today
    llm.complete("Name three airports.")           an answer, as a str
    llm.chat([{"role": "user", "content": "Hi"}])  the same, for several messages
    for part in llm.complete("…", stream=True):    an answer as it comes
        print(part, end="")

Which models there are for you is said by the workspace's owner, and depends on what this kernel has read: a prompt counts as the most
confidential of that and of the workspace. A token is about three quarters of an English word; prompt and answer both count. Source: the
server's model endpoint, through the gateway; prompts and answers are recorded nowhere, that and how much was asked is. Errors: see
`scrydon.errors`; each is a `ScrydonError`."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, Self, overload

from scrydon import _control, _show
from scrydon.errors import Invalid, ScrydonError, told

__all__ = ["Answer", "Model", "Models", "chat", "complete", "models"]

MESSAGES = 200  # of one prompt
PROMPT = 250 << 10  # bytes of one, as it is sent
ROLES = ("system", "user", "assistant")
WHAT = "A language model"


@dataclass(frozen=True)
class Model:
    """A model that this kernel may use now. `tokens`: of one answer, at most; `level` and `markings`: the highest classification of
    what it may get."""

    name: str
    tokens: int
    level: str
    markings: tuple[str, ...]


class Models(_show.Shown, Sequence[Model]):
    """Models, by index or one after the other. `left`: your tokens that are left today (days are of UTC)."""

    def __init__(self, models: tuple[Model, ...], left: int) -> None:
        self.models = models
        self.left = left

    def __getitem__(self, place: Any) -> Any:
        return self.models[place]

    def __len__(self) -> int:
        return len(self.models)

    def _shown(self) -> _show.Table:
        rows = [(model.name, f"{model.tokens:,}", " ".join([model.level, *model.markings])) for model in self.models]
        return f"models: {len(rows)} · tokens left today: {self.left:,}", ("name", "tokens of an answer", "may get data up to"), rows


class Answer(Iterator[str]):
    """An answer as it comes: its parts, one after the other. Closed, left by `with` or dropped, it is cancelled. `end`: "complete",
    "length" (it was cut at max_tokens) or "filter" (by the endpoint's rules); None until then."""

    end: str | None = None

    def __init__(self, body: dict[str, Any]) -> None:
        self._at = 0
        self._id = ""
        begun = secrets.token_urlsafe(18)
        try:
            _control.ask("llm.begin", {"id": begun, **body}, dict, what=WHAT)
        except ScrydonError:
            raise
        except BaseException:  # an interrupt may have come after it was begun
            self._cancel(begun)
            raise
        self._id = begun

    @told
    def __next__(self) -> str:
        while self._id:
            try:
                text, self._at, self.end = _control.ask("llm.next", {"id": self._id, "after": self._at}, _part, what=WHAT)
            except ScrydonError:
                self.close()
                raise
            if self.end is not None:
                self._id = ""
            if text:
                return text
        raise StopIteration

    def close(self) -> None:
        """Cancels what has not come yet."""
        begun, self._id = self._id, ""
        if begun:
            self._cancel(begun)

    def _cancel(self, begun: str) -> None:
        with suppress(ScrydonError):
            _control.ask("llm.cancel", {"id": begun}, dict, what=WHAT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        with suppress(Exception):  # the interpreter may be ending
            self.close()


@told
def models() -> Models:
    """The models that you may use in this kernel now, in a notebook shown as a table.

    Raises: `Unavailable` (none is set up on this server: says what its operator can set)."""
    return _control.ask("llm.models", {}, _models, what=WHAT)


@overload
def complete(
    prompt: str,
    model: str = "default",
    stream: Literal[False] = False,
    system: str | None = None,
    max_tokens: int | None = None,
    temperature: float | None = None,
) -> str: ...
@overload
def complete(
    prompt: str,
    model: str = "default",
    *,
    stream: Literal[True],
    system: str | None = None,
    max_tokens: int | None = None,
    temperature: float | None = None,
) -> Answer: ...
@told
def complete(
    prompt: str,
    model: str = "default",
    stream: bool = False,
    system: str | None = None,
    max_tokens: int | None = None,
    temperature: float | None = None,
) -> str | Answer:
    """What a model answers to a prompt.

    prompt: the text, at most 250 KiB (a character that is not ASCII takes 6 bytes); `system`: what the model is told before it.
    model: a name of `models()`.
    stream: False waits for the whole answer and returns a str; True returns it as it comes: an `Answer`, an iterator of str. An
        answer that nobody reads for 60 seconds is cancelled.
    max_tokens: of the answer, at most; None: as many as the model may give. An answer that is cut there is no error: `Answer.end`
        is "length".
    temperature: 0 (nearly always the same) to 2; None: the endpoint's own.

    Raises: `NotFound` (no such model), `Denied` (not for what this kernel has read, not for readers, no tokens left today; says whom
    to ask), `Invalid` (an argument that is wrong, a prompt that the model does not take), `TooLarge` (the answer), `Unavailable`
    (nothing is set up, nothing answers now, the answer broke off). Tokens that an answer took count, also where it failed amid."""
    before = [] if system is None else [{"role": "system", "content": _text(system, "system")}]
    return _answered([*before, {"role": "user", "content": _text(prompt, "prompt")}], model, stream, max_tokens, temperature)


@overload
def chat(
    messages: Sequence[Mapping[str, str]],
    model: str = "default",
    stream: Literal[False] = False,
    max_tokens: int | None = None,
    temperature: float | None = None,
) -> str: ...
@overload
def chat(
    messages: Sequence[Mapping[str, str]],
    model: str = "default",
    *,
    stream: Literal[True],
    max_tokens: int | None = None,
    temperature: float | None = None,
) -> Answer: ...
@told
def chat(
    messages: Sequence[Mapping[str, str]],
    model: str = "default",
    stream: bool = False,
    max_tokens: int | None = None,
    temperature: float | None = None,
) -> str | Answer:
    """What a model says next in a conversation.

    messages: the oldest first, at most 200, each `{"role": "system" | "user" | "assistant", "content": str}`.
    model, stream, max_tokens, temperature, errors: as in `complete`."""
    if isinstance(messages, (str, Mapping)):
        raise Invalid('messages is a list: write [{"role": "user", "content": "…"}].', "bad-question")
    try:
        listed = [_message(message) for message in messages]
    except TypeError:
        raise Invalid(f"messages is a list of dicts, not a {type(messages).__name__}.", "bad-question") from None
    if not 1 <= len(listed) <= MESSAGES:
        raise Invalid(f"messages holds 1 to {MESSAGES} messages, not {len(listed)}.", "bad-question")
    return _answered(listed, model, stream, max_tokens, temperature)


def _answered(messages: list[dict[str, str]], model: object, stream: bool, max_tokens: object, temperature: object) -> str | Answer:
    body = {
        "model": _text(model, "model"),
        "messages": messages,
        "tokens": _tokens(max_tokens),
        "temperature": _temperature(temperature),
    }
    if len(json.dumps(messages)) > PROMPT:
        raise Invalid(f"The prompt is larger than {PROMPT >> 10} KiB as it is sent. Shorten it.", "bad-question")
    answer = Answer(body)
    if stream:
        return answer
    with answer:
        return "".join(answer)


def _message(message: Any) -> dict[str, str]:
    if not isinstance(message, Mapping) or set(message) != {"role", "content"} or message["role"] not in ROLES:
        said = 'Each of messages is {"role": …, "content": …}, with a role of ' + ", ".join(ROLES) + "."
        raise Invalid(said, "bad-question")
    return {"role": message["role"], "content": _text(message["content"], "The content of a message")}


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise Invalid(f"{what} is a str, not a {type(value).__name__}.", "bad-question")
    return value


def _tokens(value: object) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value < 1 << 53):
        return value
    raise Invalid("max_tokens is a number of tokens: an int of 1 or more.", "bad-question")


def _temperature(value: object) -> float | None:
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 2):
        return value
    raise Invalid("temperature is a number from 0 to 2.", "bad-question")


def _part(said: dict[str, Any]) -> tuple[str, int, str | None]:
    return said["text"], said["at"], said["end"]


def _models(said: dict[str, Any]) -> Models:
    listed = (Model(one["name"], one["tokens"], one["label"]["level"], tuple(one["label"]["markings"])) for one in said["models"])
    return Models(tuple(listed), said["left"])
