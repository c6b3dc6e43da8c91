"""What a reader sees of a cell that failed, in a server that runs as theirs do: marimo would leave the cell out of their page."""

import html
import json
import re
import unittest
from typing import Any

from tests.support import notebook, served

REFUSED = "You may not read “pay <all>”. Ask Owner, who owns it, for a grant."
DENIED = f"from scrydon import errors\nraise errors.error('table-ungranted', '{REFUSED}', 'e_1')\nrows = 1"
VALUE = "the 7 of somebody"


def outputs(*cells: str, mode: str = "run") -> list[Any]:
    """The last output of each cell: what its page shows."""
    with served(mode, notebook(*cells)) as client, client.session():
        order = client.until_op("kernel-ready")["data"]["cell_ids"]
        if mode == "edit":
            client.call("/api/kernel/instantiate", {"objectIds": [], "values": [], "autoRun": True})
        client.until_op("completed-run")
    shown = {said["data"]["cell_id"]: said["data"]["output"] for said in client.messages if said["op"] == "cell-op" and said["data"]["output"]}
    return [shown.get(cell) for cell in order]


def said(output: Any) -> tuple[str, str]:
    """The kind of a callout, and its HTML."""
    assert output["mimetype"] == "text/html", output
    words, kind = re.search("data-html='(.*)' data-kind='(.*)'", output["data"]).groups()  # type: ignore[union-attr]
    return json.loads(html.unescape(kind)), json.loads(html.unescape(words))


class Failures(unittest.TestCase):
    def test_a_refusal_says_why_what_needs_it_what_it_waits_for_and_the_rest_runs(self) -> None:
        refused, waits, far, rest = outputs(DENIED, "twice = rows * 2", "f'{twice} {rows}'", "'the rest'")
        why = html.escape(REFUSED)
        self.assertEqual(said(refused), ("warn", f"<p>{why} (e_1)</p>"))
        self.assertEqual(said(waits), ("neutral", f"<p>This cell waits for “rows”, which could not be made: {why}</p>"))
        self.assertEqual(said(far), ("neutral", f"<p>This cell waits for “rows”, “twice”, which could not be made: {why}</p>"))
        self.assertIn("the rest", rest["data"])

    def test_what_waits_says_so_before_the_rest_has_run(self) -> None:
        with served("run", notebook(DENIED, "rows", "import time\ntime.sleep(0.5)\n'the rest'")) as client, client.session():
            client.until(lambda said: "the rest" in json.dumps(said))
        self.assertIn("This cell waits for", json.dumps(client.messages, ensure_ascii=False))

    def test_what_else_fails_is_named_by_its_class_alone(self) -> None:
        failed, waits, unwritten = outputs(f"raise ValueError('{VALUE}')\nrows = 1", "rows", "1 +")
        self.assertEqual(said(failed), ("danger", "<p>This cell failed with ValueError. Who wrote the notebook can mend it.</p>"))
        self.assertEqual(said(waits), ("neutral", "<p>This cell waits for “rows”, which could not be made: another cell failed.</p>"))
        self.assertEqual(said(unwritten), ("danger", "<p>This cell cannot run as it is written. Who wrote the notebook can mend it.</p>"))
        self.assertNotIn(VALUE, json.dumps([failed, waits, unwritten]))

    def test_what_a_notebook_stops_by_itself_stays_unseen(self) -> None:
        stopped, after = outputs("import marimo as mo\nmo.stop(True, 'press the button')\nrows = 1", "rows")
        self.assertIn("press the button", stopped["data"])
        self.assertEqual(after["mimetype"], "application/vnd.marimo+error")

    def test_an_editor_sees_what_marimo_shows(self) -> None:
        refused, waits = outputs(DENIED, "rows", mode="edit")
        self.assertEqual((refused["data"][0]["msg"], refused["data"][0]["exception_type"]), (f"{REFUSED} (e_1)", "Denied"))
        self.assertEqual(waits["data"][0]["exception_type"], "Ancestor raised")


if __name__ == "__main__":
    unittest.main()
