"""Outputs saved by an earlier session beside the notebook reach nobody: design.md, "Only source at rest"."""

import json
import os
import unittest
from pathlib import Path

from marimo._ast.cell_manager import CellManager
from marimo._messaging.cell_output import CellChannel, CellOutput
from marimo._messaging.notification import CellNotification
from marimo._server.app_defaults import AppDefaults
from marimo._server.workspace import infer_workspace
from marimo._session.state.serialize import SessionCacheKey, SessionCacheManager, get_session_cache_file, serialize_session_view
from marimo._session.state.session_view import SessionView
from marimo._version import __version__

from tests.support import notebook, served

PLANTED = "what an earlier person saw"


def plant(home: str) -> str:
    """Writes a session cache that stock marimo replays. Answers what stock marimo makes of it."""
    path = os.path.join(home, "notebook.py")
    manager: CellManager = infer_workspace(path).load(path, AppDefaults()).app.cell_manager
    ids, codes = tuple(manager.cell_ids()), tuple(manager.codes())
    view = SessionView()
    for cell, code in zip(ids, codes, strict=True):
        view.last_executed_code[cell] = code
        output = CellOutput(channel=CellChannel.OUTPUT, mimetype="text/plain", data=PLANTED)
        view.cell_notifications[cell] = CellNotification(cell_id=cell, output=output, status="idle")
    file = get_session_cache_file(Path(path))
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(serialize_session_view(view, ids, drop_virtual_file_outputs=True)))
    key = SessionCacheKey(codes=codes, marimo_version=__version__, cell_ids=ids, script_metadata_hash=None)
    stock = SessionCacheManager(session_view=SessionView(), document=manager.document, path=path, interval=2)
    return str([notification.output.data for notification in stock.read_session_view(key).cell_notifications.values()])


class Replay(unittest.TestCase):
    def replayed(self, mode: str) -> str:
        stock = []
        with served(mode, notebook("1 + 1"), lambda home: stock.append(plant(home))) as client, client.session():
            client.until_op("kernel-ready")
            if mode == "edit":
                client.call("/api/kernel/instantiate", {"objectIds": [], "values": [], "autoRun": True})
            client.until_op("completed-run")
        self.assertIn(PLANTED, stock[0], "the planted cache is not one that stock marimo would replay: the test proves nothing")
        return json.dumps(client.messages)

    def test_edit(self) -> None:
        self.assertNotIn(PLANTED, self.replayed("edit"))

    def test_run(self) -> None:
        self.assertNotIn(PLANTED, self.replayed("run"))


if __name__ == "__main__":
    unittest.main()
