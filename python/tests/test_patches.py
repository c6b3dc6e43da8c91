"""The contract with each marimo symbol that patches.py changes: its shape before, its effect after. A marimo whose shape
differs fails here, by the symbol's name, before any kernel does."""

import asyncio
import inspect
import multiprocessing
import os
import pathlib
import tempfile
import threading
import types
import unittest
from unittest import mock
from typing import Any

import uvicorn
from marimo._ast import codegen
from marimo._config import manager, settings
from marimo._config import utils as config_utils
from marimo._entrypoints import registry
from marimo._messaging import console_output_worker, notification_utils, streams, tracebacks
from marimo._messaging.cell_output import CellChannel, CellOutput
from marimo._messaging.errors import MarimoExceptionRaisedError, MarimoInternalError
from marimo._output.formatters import matplotlib_formatters, plotly_formatters, pygwalker_formatters, tqdm_formatters
from marimo._runtime import runtime
from marimo._runtime.layout import layout
from marimo._runtime.runner import hooks, hooks_on_finish, hooks_post_execution
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

from launcher import config, explain, flow, patches


def parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


class Shapes(unittest.TestCase):
    """Stock marimo, before any patch is applied in this process."""

    def says(self, function: Any, *words: str) -> None:
        source = inspect.getsource(function)
        for word in words:
            self.assertIn(word, source, f"{function.__name__} has changed: {word!r} is gone")

    def test_configuration_readers(self) -> None:
        for reader in (manager.SecurityConfigReader, manager.ScriptConfigReader, manager.PyprojectConfigReader, manager.UserConfigStore):
            self.assertEqual(parameters(reader.read), ["self"], reader.__name__)
        self.assertEqual(parameters(manager._contextual_defaults), ["reader"])
        self.says(manager.MarimoConfigManager.__init__, "security_partials")
        self.says(manager.MarimoConfigManager._read_overrides, "*self.partials, *self.security_partials")

    def test_state_of_the_process(self) -> None:
        for name in patches.SETTINGS:
            self.assertTrue(hasattr(settings.GLOBAL_SETTINGS, name), f"GLOBAL_SETTINGS.{name} is gone")
        self.assertIs(main.SESSION_SECRET, auth.SESSION_SECRET)
        self.says(main.create_starlette_app, "secret_key=SESSION_SECRET")
        self.says(auth.hash_access_token, "str(SESSION_SECRET)")
        self.assertTrue(callable(config_utils.get_user_config_path.cache_clear))

    def test_session_cache(self) -> None:
        self.assertEqual(parameters(extensions.CachingExtension.__init__), ["self", "enabled", "interval", "mode"])
        self.says(extensions.CachingExtension.on_attach, "if not self.enabled")
        self.says(marimo_session.SessionImpl.create.__func__, "CachingExtension(")

    def test_files(self) -> None:
        self.assertEqual(parameters(storage.FilesystemStorage.write), ["self", "path", "content"])
        self.says(storage.FilesystemStorage.write, "path.write_text(")
        for function in (codegen.get_header_comments, layout.save_layout_config, layout.read_layout_config):
            self.says(function, "with open(")

    def test_session_creation(self) -> None:
        self.assertIn("virtual_file_storage", parameters(marimo_session.SessionImpl.create))
        self.says(marimo_session.SessionImpl.create.__func__, "virtual_file_storage=virtual_file_storage")

    def test_reconnect(self) -> None:
        self.assertEqual(parameters(connector.SessionConnector._reconnect_session), ["self", "session"])
        self.says(connector.SessionConnector._reconnect_session, "disconnect_main_consumer()", "replay=False")
        self.says(connector.SessionConnector._connect, "self._reconnect_session(existing_by_id)")
        handler = session_handler.SessionHandler
        self.assertEqual(parameters(handler._write_kernel_ready_from_session_view), ["self", "session", "kiosk"])
        self.assertEqual(parameters(handler._replay_previous_session), ["self", "session"])
        self.says(handler._reconnect_session, "self.cancel_close_handle", "connect_consumer(self, main=True)")

    def test_instantiation(self) -> None:
        self.assertEqual(parameters(connector.SessionConnector._auto_instantiate), ["self", "session"])
        self.says(connector.SessionConnector._create_new_session, "if self._is_run_mode:", "self._auto_instantiate(new_session)")
        self.says(runtime.Kernel.instantiate, "if self.graph.cells:")  # telling it twice runs it once

    def test_errors(self) -> None:
        self.assertEqual(parameters(tracebacks.format_exception_message), ["exc"])
        self.says(hooks_post_execution._broadcast_outputs, "msg = format_exception_message(run_result.exception)")
        utils = notification_utils.CellNotificationUtils
        self.says(utils.broadcast_error, "if not is_sensitive_error(error):")
        self.assertEqual(parameters(utils.broadcast_error), ["data", "clear_console", "cell_id", "execution_id"])
        self.says(hooks.create_default_hooks, "(HookPhase.POST_EXECUTION, POST_EXECUTION_HOOKS)")
        self.says(hooks_post_execution._set_run_result_status, "ctx.cancelled_cells", "cell.set_run_result_status(")
        self.says(hooks_on_finish._send_cancellation_errors, "raising_cell=raising_cell", "CellNotificationUtils.broadcast_error(")

    def test_large_outputs(self) -> None:
        utils = notification_utils.CellNotificationUtils
        self.assertEqual(parameters(utils.maybe_truncate_output), ["mimetype", "data"])
        self.says(utils.maybe_truncate_output, "sys.getsizeof(data)) > output_max_bytes()", "warning._mime_()")
        for function in (utils.broadcast_output, utils.broadcast_console_output):
            self.says(function, "CellNotificationUtils.maybe_truncate_output(")

    def test_expiry(self) -> None:
        self.assertEqual(parameters(session_handler.SessionHandler._on_disconnect), ["self"])
        self.says(session_handler.SessionHandler._on_disconnect, "session.disconnect_consumer(self)", "call_later")

    def test_kernel_processes(self) -> None:
        self.says(kernel_manager.KernelManagerImpl.start_kernel, 'get_context("spawn").Process')
        self.says(runtime._bootstrap_subprocess, "start_parent_poller(", "os.setsid()")

    def test_heartbeat(self) -> None:
        self.assertEqual(parameters(extensions.HeartbeatExtension._start), ["self", "session"])
        self.says(extensions.HeartbeatExtension._start, "session.kernel_state()", "self.heartbeat_task")
        self.says(extensions.HeartbeatExtension._stop, "if self.heartbeat_task")

    def test_memory(self) -> None:
        self.says(session_handler.SessionHandler.__init__, "self.message_queue: asyncio.Queue[KernelMessage] = asyncio.Queue()")
        self.assertEqual(parameters(distributor.ConnectionDistributor._on_change), ["self"])
        self.says(distributor.ConnectionDistributor.start, "add_reader(self.input_connection.fileno(), self._on_change)")
        self.says(distributor.ConnectionDistributor.stop, "self._loop = None")
        self.assertEqual(parameters(session_view._merge_consecutive_console_outputs), ["console"])
        self.says(session_view.merge_cell_notification, "_merge_consecutive_console_outputs(")
        self.says(streams.ThreadSafeStream.__init__, "self.console_msg_cv", "deque()", "buffered_console_thread.start()")
        self.says(streams.ThreadSafeStdout._write_with_mimetype, "with self._stream.console_msg_cv:", "console_msg_queue.append(")
        self.says(console_output_worker.buffered_writer, "with cv:", "msg_queue.popleft()")
        self.assertEqual(CellOutput.__struct_fields__, ("channel", "mimetype", "data", "timestamp"))

    def test_formatters(self) -> None:
        self.says(kernel_manager.KernelManagerImpl.start_kernel, "register_formatters()")
        for module in (plotly_formatters, pygwalker_formatters, tqdm_formatters):
            self.says(module, "import running_in_notebook", "if running_in_notebook():")
        self.says(matplotlib_formatters, "        from marimo._runtime.context.utils import running_in_notebook")

    def test_plugins(self) -> None:
        self.assertEqual(parameters(registry.get_entry_points), ["group"])
        self.says(registry.EntryPointRegistry.names, "get_entry_points(self.entry_point_group)")
        self.says(registry.EntryPointRegistry.get, "get_entry_points(self.entry_point_group)")

    def test_uvicorn(self) -> None:
        self.says(uvicorn.Server.main_loop, "on_tick", "asyncio.sleep(0.1)")
        self.says(uvicorn.Server.handle_exit, "self.should_exit = True")


class Effects(unittest.TestCase):
    """Each change on its own, undone afterwards."""

    def patched(self, *places: tuple[Any, str]) -> None:
        for owner, name in places:
            self.addCleanup(setattr, owner, name, inspect.getattr_static(owner, name))

    def test_nothing_overrides_the_forced_configuration(self) -> None:
        readers = (manager.SecurityConfigReader, manager.ScriptConfigReader, manager.PyprojectConfigReader, manager.UserConfigStore)
        self.patched(*((reader, "read") for reader in readers), (manager, "_contextual_defaults"))
        forced = config.forced("edit", False, "dark", 1000)
        patches.force_configuration(forced)
        hostile: Any = {
            "runtime": {"auto_instantiate": True, "dotenv": ["/x"], "pythonpath": ["/x"], "default_auto_download": ["html"]},
            "display": {"theme": "light", "custom_css": ["x.css"]},
            "mcp": {"mcpServers": {"evil": {"command": "true"}}},
            "venv": {"path": "/x"},
            "experimental": {"rtc_v2": True},
            "ai": {"enabled": True},
        }
        seen: Any = manager.get_default_config_manager(current_path=None).with_overrides(hostile).get_config()
        for section, values in forced.items():
            for key, value in values.items():
                if key != "mcpServers" and not isinstance(value, dict) and key != "vimrc":
                    self.assertEqual(seen[section][key], value, f"{section}.{key}")
        self.assertEqual(seen["language_servers"]["pylsp"]["enabled"], False)

    def test_saved_preferences_keep_only_harmless_keys(self) -> None:
        self.assertEqual(config.kept({"keymap": 1, "venv": 2, "mcp": 3, "runtime": 4, "package_management": 5}), {"keymap": 1})

    def test_no_two_kernels_share_a_secret_and_settings_are_ours(self) -> None:
        self.patched((auth, "SESSION_SECRET"), (main, "SESSION_SECRET"), *((settings.GLOBAL_SETTINGS, name) for name in patches.SETTINGS))
        settings.GLOBAL_SETTINGS.ENABLE_HOST = settings.GLOBAL_SETTINGS.TRACING = True
        seen = set()
        for _ in range(2):
            patches.fresh_state()
            self.assertIs(main.SESSION_SECRET, auth.SESSION_SECRET)
            seen.add(auth.hash_access_token("token"))
        self.assertEqual(len(seen), 2)
        self.assertEqual((settings.GLOBAL_SETTINGS.ENABLE_HOST, settings.GLOBAL_SETTINGS.TRACING), (False, False))

    def test_a_session_gets_no_virtual_files_whatever_it_asks_for(self) -> None:
        self.patched((marimo_session.SessionImpl, "create"))
        asked: list[Any] = []

        async def create(cls: Any, **options: Any) -> None:
            asked.append(options)

        marimo_session.SessionImpl.create = classmethod(create)
        patches.data_urls()
        asyncio.run(marimo_session.SessionImpl.create(virtual_file_storage="shared_memory", session_id="s"))
        self.assertEqual(asked, [{"virtual_file_storage": None, "session_id": "s"}])

    def test_a_session_without_a_socket_waits(self) -> None:
        self.patched((session_handler.SessionHandler, "_on_disconnect"))
        patches.never_expire()
        session = mock.Mock()
        handler = types.SimpleNamespace(message_queue=flow.queue(), _session=session, status=ConnectionState.OPEN)
        handler.message_queue.put_nowait(b"x" * (flow.QUEUED + 1))
        self.assertTrue(flow.full())
        session_handler.SessionHandler._on_disconnect(handler)  # no loop runs here: nothing can have been put off
        self.assertFalse(flow.full())
        self.assertEqual(handler.status, ConnectionState.CLOSED)
        self.assertEqual(session.mock_calls, [mock.call.disconnect_consumer(handler)])

    def test_the_end_of_a_kernel_process_is_seen_at_once_and_nothing_polls_before(self) -> None:
        self.patched((extensions.HeartbeatExtension, "_start"))
        checked: list[Any] = []
        extensions.HeartbeatExtension._start = lambda self, session: checked.append(session)
        patches.watch_instead_of_polling()
        alive, dying = os.pipe()
        task = types.SimpleNamespace(sentinel=alive)
        edit = types.SimpleNamespace(_kernel_manager=types.SimpleNamespace(mode=SessionMode.EDIT, kernel_task=task))
        run = types.SimpleNamespace(_kernel_manager=types.SimpleNamespace(mode=SessionMode.RUN, kernel_task=task))

        async def watches() -> None:
            extension = extensions.HeartbeatExtension()
            extensions.HeartbeatExtension._start(extension, run)
            self.assertIsNone(extension.heartbeat_task)
            extensions.HeartbeatExtension._start(extension, edit)
            await asyncio.sleep(0)
            self.assertEqual(checked, [])
            os.close(dying)
            while not checked:
                await asyncio.sleep(0)

        asyncio.run(asyncio.wait_for(watches(), 5))
        os.close(alive)
        self.assertEqual(checked, [edit])

    def test_the_cache_cannot_be_enabled(self) -> None:
        self.patched((marimo_session, "CachingExtension"))
        patches.no_session_cache()
        self.assertFalse(marimo_session.CachingExtension(enabled=True).enabled)

    def test_a_console_keeps_its_end(self) -> None:
        lines = [CellOutput(CellChannel.STDOUT, "text/plain", letter * flow.CONSOLE_KEPT) for letter in "abc"]
        lines.append(CellOutput(CellChannel.STDERR, "text/plain", "end"))
        kept = flow.keep_end(lines)
        self.assertEqual([output.channel for output in kept], [CellChannel.STDOUT, CellChannel.STDERR])
        self.assertEqual(kept[1].data, "end")
        self.assertEqual(len(kept[0].data), flow.CONSOLE_KEPT - 3 + len(flow.SHORTENED))
        self.assertEqual(flow.keep_end(lines[3:]), lines[3:])

    def test_a_print_waits_while_too_much_was_printed(self) -> None:
        console = flow.Console()
        console.ready = threading.Condition(threading.Lock())
        message = console_output_worker.ConsoleMsg(CellChannel.STDOUT, "a", "x" * (flow.QUEUED + 1), "text/plain", "run", "execution")
        with console.ready:
            console.append(message)
        printed = threading.Event()

        def write() -> None:
            with console.ready:
                console.append(message)
            printed.set()

        threading.Thread(target=write, daemon=True).start()
        self.assertFalse(printed.wait(0.1))
        with console.ready:
            console.popleft()
        self.assertTrue(printed.wait(5))

    def test_installed_packages_add_nothing(self) -> None:
        self.patched((registry, "get_entry_points"))
        patches.no_plugins()
        plugins = registry.EntryPointRegistry("marimo.server.asgi.middleware")
        plugins.register("ours", 1)
        self.assertEqual(plugins.get_all(), [1])

    def test_only_plain_files_are_opened(self) -> None:
        self.patched((storage.FilesystemStorage, "write"))
        patches.plain_files()
        self.addCleanup(lambda: [delattr(module, "open") for module in (codegen, layout)])
        with tempfile.TemporaryDirectory() as folder:
            plain, link, pipe = (pathlib.Path(folder, name) for name in ("plain", "link", "pipe"))
            storage.FilesystemStorage().write(plain, "kept")
            link.symlink_to(plain)
            os.mkfifo(pipe)
            for path in (link, pipe, pathlib.Path("/dev/null")):
                with self.assertRaises(storage.HTTPException) as refused:
                    storage.FilesystemStorage().write(path, "lost")
                self.assertEqual(refused.exception.detail, f"The notebook could not be written: {patches.NOT_PLAIN}")
                with self.assertRaises(OSError) as unread:
                    codegen.get_header_comments(path)
                self.assertEqual(unread.exception.strerror, patches.NOT_PLAIN)
            self.assertEqual(plain.read_text(), "kept")

    def test_a_session_waits_to_be_told_to_run(self) -> None:
        self.patched((connector.SessionConnector, "_auto_instantiate"))
        patches.wait_to_be_told()
        session = mock.Mock()
        connector.SessionConnector._auto_instantiate(mock.Mock(), session)
        session.instantiate.assert_not_called()

    def test_an_error_says_what_can_be_done_about_it(self) -> None:
        self.patched((hooks_post_execution, "format_exception_message"), (notification_utils, "is_sensitive_error"))
        patches.explain_errors({"processes": 256, "scratch": 2 << 30})

        def shown(code: str) -> str:
            try:
                exec(code)
            except Exception as error:
                return hooks_post_execution.format_exception_message(error)
            raise AssertionError("nothing was raised")

        self.assertEqual(shown("import not_installed.part"), f"No module named 'not_installed'. {explain.ADD}")
        wrapped = "try:\n    import not_installed\nexcept ImportError as error:\n    raise ImportError('needs more') from error"
        self.assertEqual(shown(wrapped), f"needs more. {explain.ADD}")
        full = shown("raise BlockingIOError(11, 'Resource temporarily unavailable')")
        self.assertRegex(full, "unavailable. A kernel may have 256 processes and threads")
        self.assertRegex(shown('raise RuntimeError("can\'t start new thread")'), "256 processes")
        self.assertRegex(shown("raise OSError(27, 'File too large')"), "too large. A kernel may write 2 GB")
        for code in ("import os.pathh", "import marimo.nothing", "from os import nothing", "1 / 0", "raise RuntimeError('other')"):
            self.assertNotRegex(shown(code), "operator|256", code)
        for message, hidden in ((full, False), (shown("import not_installed"), False), ("a value", True)):
            error = MarimoExceptionRaisedError(message, "Error", None)
            self.assertEqual(notification_utils.is_sensitive_error(error), hidden, message)
        self.assertFalse(notification_utils.is_sensitive_error(MarimoInternalError("an id")))

    def test_an_output_that_is_too_large_names_the_limit(self) -> None:
        utils = notification_utils.CellNotificationUtils
        self.patched((utils, "maybe_truncate_output"), (notification_utils, "output_max_bytes"))
        notification_utils.output_max_bytes = lambda: 8 << 20
        patches.explain_large_outputs()
        self.assertEqual(utils.maybe_truncate_output("text/plain", "x" * 1000), ("text/plain", "x" * 1000))
        mimetype, data = utils.maybe_truncate_output("text/plain", "x" * (10 << 20))
        self.assertEqual(mimetype, "text/html")
        self.assertIn("This output of 10 MB was left out: one output may have 8 MB.", data)

    def test_kernels_are_forked(self) -> None:
        self.patched((kernel_manager, "get_context"), (runtime, "start_parent_poller"))
        patches.forked_kernels()
        self.assertIs(kernel_manager.get_context("spawn"), multiprocessing.get_context("forkserver"))
        self.assertIsNone(runtime.start_parent_poller(1, ancestor_pid=2))

    def test_the_server_ends_when_told(self) -> None:
        async def ends() -> None:
            server = patches.QuietServer(uvicorn.Config(None))
            waiting = asyncio.create_task(server.main_loop())
            await asyncio.sleep(0)
            self.assertFalse(waiting.done())
            server.handle_exit(15, None)
            await asyncio.wait_for(waiting, 1)

        asyncio.run(ends())


if __name__ == "__main__":
    unittest.main()
