"""Every marimo symbol that we change, in one place. tests/test_patches.py holds the contract with each: its shape, and that
the change has its effect. Nothing else in this folder assigns to marimo.
"""

import asyncio
import errno
import html
import multiprocessing
import os
import secrets
import stat
import sys
from typing import IO, Any

import uvicorn
from marimo._ast import codegen
from marimo._config import manager as config_manager
from marimo._config import settings
from marimo._config import utils as config_utils
from marimo._entrypoints import registry
from marimo._messaging import notification_utils, streams
from marimo._messaging.cell_output import CellChannel, CellOutput
from marimo._messaging.errors import Error, MarimoExceptionRaisedError, MarimoStrictExecutionError, is_unexpected_error
from marimo._messaging.notification import CellNotification
from marimo._output.formatters import plotly_formatters, pygwalker_formatters, tqdm_formatters
from marimo._output.hypertext import Html
from marimo._output.md import md
from marimo._plugins.stateless.callout import callout
from marimo._runtime import runtime
from marimo._runtime.context import get_context
from marimo._runtime.context import utils as context_utils
from marimo._runtime.control_flow import MarimoStopError
from marimo._runtime.layout import layout
from marimo._runtime.runner import hooks_post_execution
from marimo._server import main
from marimo._server.api import auth
from marimo._server.api.endpoints.ws import session_handler
from marimo._server.api.endpoints.ws import ws_session_connector as connector
from marimo._session import session as marimo_session
from marimo._session.extensions import extensions
from marimo._session.managers import kernel as kernel_manager
from marimo._session.model import ConnectionState, SessionMode
from marimo._session.notebook import storage
from marimo._session.state import session_view
from marimo._utils import distributor
from marimo._utils.http import HTTPException, HTTPStatus

from launcher import config, explain, flow

NOT_PLAIN = "it has been replaced by a link, a pipe or a device; restart the kernel to go on"


def force_configuration(forced: dict[str, Any]) -> None:
    """`forced` is merged last; a notebook's header and a pyproject.toml are not configuration here."""
    config_manager.SecurityConfigReader.read = lambda self: config_manager.deep_copy(forced)
    config_manager.ScriptConfigReader.read = lambda self: {}
    config_manager.PyprojectConfigReader.read = lambda self: {}
    config_manager._contextual_defaults = lambda reader: {}
    read_user = config_manager.UserConfigStore.read
    config_manager.UserConfigStore.read = lambda self: config.kept(read_user(self))


SETTINGS = {
    "QUIET": True,
    "YES": True,
    "RESTRICT_SHARING": True,
    "CHECK_STATUS_UPDATE": False,
    "ENABLE_HOST": False,
    "TRACING": False,
    "MANAGE_SCRIPT_METADATA": False,
    "SANDBOX_MODE": None,
    "SANDBOX_BACKEND": None,
    "SESSION_SECRET": None,
    "PROFILE_DIR": None,
}


def fresh_state() -> None:
    """What marimo read from the zygote's environment, and the secret it made there, which every kernel would share."""
    for name, value in SETTINGS.items():
        setattr(settings.GLOBAL_SETTINGS, name, value)
    auth.SESSION_SECRET = main.SESSION_SECRET = type(auth.SESSION_SECRET)(secrets.token_hex(32))
    config_utils.get_user_config_path.cache_clear()


def no_session_cache() -> None:
    """Outputs are never written beside a notebook, nor read from there, whatever the configuration says."""

    class NoCache(extensions.CachingExtension):
        def __init__(self, **options: Any) -> None:
            super().__init__(**{**options, "enabled": False})

    marimo_session.CachingExtension = NoCache


def data_urls() -> None:
    """No virtual files: every image and module travels in the message that shows it."""
    create = marimo_session.SessionImpl.create.__func__

    async def without_files(cls: Any, **options: Any) -> Any:
        return await create(cls, **{**options, "virtual_file_storage": None})

    marimo_session.SessionImpl.create = classmethod(without_files)


def replay_on_reconnect() -> None:
    """A page that returns with the session's id gets everything again: marimo only does so for another id."""

    def reconnect(self: Any, session: Any) -> Any:
        session.disconnect_main_consumer()
        handler = self.handler
        if handler.cancel_close_handle is not None:
            handler.cancel_close_handle.cancel()
        handler.status = ConnectionState.OPEN
        session.connect_consumer(handler, main=True)
        handler._write_kernel_ready_from_session_view(session, False)
        handler._replay_previous_session(session)
        return session, connector.ConnectionType.RECONNECT

    connector.SessionConnector._reconnect_session = reconnect


def bound_memory() -> None:
    """What waits for a socket, and what a returning page gets of a console, have a bound (flow.py)."""
    make = session_handler.SessionHandler.__init__

    def init(self: Any, **options: Any) -> None:
        make(self, **options)
        self.message_queue = flow.queue()

    session_handler.SessionHandler.__init__ = init
    distributor.ConnectionDistributor._on_change = flow.read_kernel
    open_stream = streams.ThreadSafeStream.__init__

    def init_stream(self: Any, *arguments: Any, **options: Any) -> None:
        open_stream(self, *arguments, **options)
        if self.redirect_console:
            self.console_msg_queue.ready = self.console_msg_cv

    streams.deque = flow.Console
    streams.ThreadSafeStream.__init__ = init_stream
    merge = session_view._merge_consecutive_console_outputs
    session_view._merge_consecutive_console_outputs = lambda console: flow.keep_end(merge(console))


def open_plain(path: Any, mode: str = "r", encoding: str | None = None) -> IO[Any]:
    """As open(), of plain files alone: never through a link, and never waiting for the other end of a pipe."""

    def plain(name: str, flags: int) -> int:
        fd = os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
        if stat.S_ISREG(os.fstat(fd).st_mode):
            return fd
        os.close(fd)
        raise OSError(errno.EINVAL, NOT_PLAIN)

    try:
        return open(path, mode, encoding=encoding, opener=plain)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.ENXIO):
            raise
        raise OSError(error.errno, NOT_PLAIN) from error


def plain_files() -> None:
    """Code may put a link or a pipe in place of its notebook; a server that opened it would write elsewhere, or wait for ever."""

    def write(self: Any, path: Any, content: str) -> None:
        try:
            with open_plain(path, "w", "utf-8") as file:
                file.write(content)
        except OSError as error:
            raise HTTPException(HTTPStatus.SERVER_ERROR, f"The notebook could not be written: {error.strerror}") from error

    storage.FilesystemStorage.write = write
    for module in (codegen, layout):
        module.open = open_plain


def never_expire() -> None:
    """The runner decides when a kernel ends; a session without a socket waits for its next one."""

    def on_disconnect(self: Any) -> None:
        flow.forget(self.message_queue)
        if self._session is not None:
            self.status = ConnectionState.CLOSED
            self._session.disconnect_consumer(self)

    session_handler.SessionHandler._on_disconnect = on_disconnect


def formatters_of_preloaded() -> None:
    """A library that is imported already gets its formatter when a kernel starts: in run mode before the kernel's thread
    is there, so marimo took it for a script's, and plotly sent a page of its own that asks a CDN for its code."""
    register = kernel_manager.register_formatters
    for module in (plotly_formatters, pygwalker_formatters, tqdm_formatters):
        module.running_in_notebook = lambda: True

    def register_for_a_notebook() -> None:
        ask, context_utils.running_in_notebook = context_utils.running_in_notebook, lambda: True  # matplotlib's asks there
        try:
            register()
        finally:
            context_utils.running_in_notebook = ask

    kernel_manager.register_formatters = register_for_a_notebook


def no_plugins() -> None:
    """An installed package must not reach into a server; looking for such packages reads every package's metadata, 25 ms
    and a megabyte for each kernel."""
    registry.get_entry_points = lambda group: ()


def forked_kernels() -> None:
    """Edit kernels come from the nursery instead of a new interpreter; its pdeathsig replaces marimo's polling thread."""
    kernel_manager.get_context = lambda *_: multiprocessing.get_context("forkserver")
    runtime.start_parent_poller = lambda *_, **__: None


def watch_instead_of_polling() -> None:
    """marimo asks once a second whether the kernel process lives; its sentinel says so by itself, and at once."""
    check_every_second = extensions.HeartbeatExtension._start

    def start(self: Any, session: Any) -> None:
        sentinel = getattr(session._kernel_manager.kernel_task, "sentinel", None)
        if session._kernel_manager.mode is not SessionMode.EDIT or sentinel is None:
            self.heartbeat_task = None  # a run kernel is a thread of this process: it cannot die alone unnoticed
            return
        loop = asyncio.get_running_loop()

        def died() -> None:
            loop.remove_reader(sentinel)
            check_every_second(self, session)

        loop.add_reader(sentinel, died)

    extensions.HeartbeatExtension._start = start


def wait_to_be_told() -> None:
    """A reader's notebook that was opened without running: the session is there, POST /api/kernel/instantiate runs it."""
    connector.SessionConnector._auto_instantiate = lambda self, session: None


def explain_errors(limits: dict[str, int]) -> None:
    """A cell's error says what an operator or the person can do about it. So does a reader's, which marimo would hide."""
    describe, hide = hooks_post_execution.format_exception_message, notification_utils.is_sensitive_error
    explained = (explain.ADD, explain.processes(limits["processes"]), explain.scratch(limits["scratch"]))
    refusal = ""  # the latest: marimo sends what it has described

    def message(error: BaseException) -> str:
        nonlocal refusal
        advice = explain.advice(error, limits)
        if explain.refused(error):
            refusal = describe(error)
        return describe(error) if advice is None else f"{describe(error)}. {advice}"

    def sensitive(error: Error) -> bool:
        said = error.describe()
        return hide(error) and not said.endswith(explained) and (said == "" or said != refusal)

    hooks_post_execution.format_exception_message = message
    notification_utils.is_sensitive_error = sensitive


def show_failures() -> None:
    """A reader's page leaves out each cell that has an error for its output; an error as an ordinary output stands there."""
    utils = notification_utils.CellNotificationUtils
    broadcast = utils.broadcast_error

    def shown(data: Any, clear_console: bool, cell_id: Any, execution_id: str | None = None) -> None:
        error = next(iter(data), None)
        if error is None or not is_unexpected_error(error):  # what the notebook stops by itself (mo.stop) it wants unseen
            return broadcast(data, clear_console, cell_id, execution_id)
        kind, words = in_words(error, cell_id)
        mimetype, text = callout(Html(f"<p>{html.escape(words)}</p>"), kind=kind)._mime_()
        output = CellOutput(channel=CellChannel.OUTPUT, mimetype=mimetype, data=text)
        console: list[CellOutput] | None = [] if clear_console else None
        said = CellNotification(cell_id=cell_id, output=output, console=console, execution_id=execution_id)
        notification_utils.broadcast_notification(said)

    utils.broadcast_error = staticmethod(shown)
    hooks_post_execution.POST_EXECUTION_HOOKS.append(tell_waiting)


def tell_waiting(cell: Any, ctx: Any, result: Any) -> None:
    """What waits for a cell that failed says so at once; marimo tells it when the whole run has ended."""
    if result.exception is None or isinstance(result.exception, (MarimoStopError, MarimoStrictExecutionError)):
        return
    error = MarimoExceptionRaisedError("", "Ancestor raised", cell.cell_id)
    raised = cell.cell_id in list(ctx.cancelled_cells)
    for waiting in ctx.cancelled_cells[cell.cell_id] if raised else ():
        notification_utils.CellNotificationUtils.broadcast_error([error], True, waiting)


def in_words(error: Error, cell_id: Any) -> tuple[Any, str]:
    """The kind of marimo's callout, and what it says."""
    if not isinstance(error, MarimoExceptionRaisedError):
        return "danger", explain.failed(None)
    if error.raising_cell is None:
        refused = not notification_utils.is_sensitive_error(error)
        return ("warn", error.msg) if refused else ("danger", explain.failed(error.exception_type))
    graph = get_context().graph
    missing = {error.raising_cell, *graph.descendants(error.raising_cell)}
    names = sorted(name for name in graph.cells[cell_id].refs if graph.get_defining_cells(name) & missing)
    return "neutral", explain.waits(names, graph.cells[error.raising_cell].exception)


def explain_large_outputs() -> None:
    """In our words: marimo's advise settings that are forced here."""

    def shortened(mimetype: Any, data: str) -> tuple[Any, str]:
        size, limit = sys.getsizeof(data), notification_utils.output_max_bytes()
        if size <= limit:
            return mimetype, data
        return callout(md(explain.output(size, limit)), kind="warn")._mime_()

    notification_utils.CellNotificationUtils.maybe_truncate_output = staticmethod(shortened)


class QuietServer(uvicorn.Server):
    """uvicorn wakes ten times a second to see whether it should end; this one waits to be told."""

    def __init__(self, configuration: uvicorn.Config) -> None:
        self._ending = asyncio.Event()
        super().__init__(configuration)

    @property
    def should_exit(self) -> bool:
        return self._ending.is_set()

    @should_exit.setter
    def should_exit(self, value: bool) -> None:
        if value:
            self._ending.set()

    async def main_loop(self) -> None:
        await self._ending.wait()


def apply(mode: str, autorun: bool, limits: dict[str, int], forced: dict[str, Any]) -> None:
    fresh_state()
    force_configuration(forced)
    no_session_cache()
    data_urls()
    replay_on_reconnect()
    bound_memory()
    plain_files()
    never_expire()
    watch_instead_of_polling()
    formatters_of_preloaded()
    no_plugins()
    explain_errors(limits)
    explain_large_outputs()
    if mode == "edit":
        forked_kernels()
        return
    show_failures()
    if not autorun:
        wait_to_be_told()
