"""The contract with each marimo symbol that patches.py changes: its shape before, its effect after. A marimo whose shape
differs fails here, by the symbol's name, before any kernel does."""

import inspect
import multiprocessing
import os
import pathlib
import tempfile
import threading
import unittest
from typing import Any

import uvicorn
from marimo._ast import codegen
from marimo._config import manager
from marimo._entrypoints import registry
from marimo._messaging import console_output_worker, streams
from marimo._messaging.cell_output import CellChannel, CellOutput
from marimo._runtime import runtime
from marimo._runtime.layout import layout
from marimo._server.api.endpoints.ws import session_handler
from marimo._server.api.endpoints.ws import ws_session_connector as connector
from marimo._session import session as marimo_session
from marimo._session.extensions import extensions
from marimo._session.managers import kernel as kernel_manager
from marimo._session.notebook import storage
from marimo._session.state import session_view
from marimo._utils import distributor

from launcher import config, flow, patches


def parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


class Shapes(unittest.TestCase):
    """Stock marimo, before any patch is applied in this process."""

    def says(self, function: Any, *words: str) -> None:
        source = inspect.getsource(function)
        for word in words:
            self.assertIn(word, source, f"{function.__qualname__} has changed: {word!r} is gone")

    def test_configuration_readers(self) -> None:
        for reader in (manager.SecurityConfigReader, manager.ScriptConfigReader, manager.PyprojectConfigReader, manager.UserConfigStore):
            self.assertEqual(parameters(reader.read), ["self"], reader.__name__)
        self.assertEqual(parameters(manager._contextual_defaults), ["reader"])
        self.says(manager.MarimoConfigManager.__init__, "security_partials")
        self.says(manager.MarimoConfigManager._read_overrides, "*self.partials, *self.security_partials")

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
            for path in (link, pipe):
                with self.assertRaises(storage.HTTPException):
                    storage.FilesystemStorage().write(path, "lost")
                with self.assertRaises(OSError):
                    codegen.get_header_comments(path)
            self.assertEqual(plain.read_text(), "kept")

    def test_kernels_are_forked(self) -> None:
        self.patched((kernel_manager, "get_context"), (runtime, "start_parent_poller"))
        patches.forked_kernels()
        self.assertIs(kernel_manager.get_context("spawn"), multiprocessing.get_context("forkserver"))
        self.assertIsNone(runtime.start_parent_poller(1, ancestor_pid=2))

    def test_the_server_ends_when_told(self) -> None:
        import asyncio

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
