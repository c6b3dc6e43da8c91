"""`scrydon.kb` as a notebook uses it, over a real socket; the test answers in the gateway's place."""

import dataclasses
from typing import Any

import numpy as np
from marimo._output.formatting import try_format

from scrydon import errors, kb
from tests.kernel_folder import Case, ok, refused

RULES = {
    "title": "Rules <b>",
    "passage": "Handling\n\nWhat is <confidential> stays",
    "source": "rules.md",
    "label": {"level": "confidential", "markings": ["EU", "PII"]},
}
OPEN = {"title": "Open", "passage": "x" * 1000, "source": "open.txt", "label": {"level": "public", "markings": []}}
UNSET = {"by": "full-text", "why": "unset", "message": None}


class Search(Case):
    def answer(self, *documents: dict[str, Any], ranking: dict[str, Any] = UNSET) -> list[Any]:
        asked: list[Any] = []
        self.control(lambda line: asked.append(line) or ok({"documents": [*documents], "ranking": ranking}))
        return asked

    def test_what_is_asked_and_answered(self) -> None:
        asked = self.answer(RULES, OPEN)
        found = kb.search('a "framework" OR *')
        self.assertEqual(asked, [{"call": "kb.search", "body": {"query": 'a "framework" OR *', "limit": 10}}])
        self.assertIsInstance(found, list)
        rules = kb.Document("Rules <b>", "Handling\n\nWhat is <confidential> stays", "rules.md", "confidential · EU · PII")
        self.assertEqual(found, [rules, kb.Document("Open", "x" * 1000, "open.txt", "public")])

    def test_a_limit(self) -> None:
        asked = self.answer()
        for limit in (0, 100, np.int64(7)):
            self.assertEqual(kb.search("x", limit), [])
        self.assertEqual([line["body"]["limit"] for line in asked], [0, 100, 7])

    def test_a_document_does_not_change(self) -> None:
        self.answer(RULES)
        with self.assertRaises(dataclasses.FrozenInstanceError):
            kb.search("x")[0].title = "other"  # type: ignore[misc]

    def test_how_they_were_found_is_said(self) -> None:
        self.answer(OPEN)
        found = kb.search("x")
        self.assertEqual((found.ranking, found.note), ("full-text", None))

    def test_by_meaning(self) -> None:
        self.answer(OPEN, ranking={"by": "hybrid"})
        found = kb.search("x")
        self.assertEqual((found.ranking, found.note), ("hybrid", None))
        self.assertEqual(repr(found).splitlines()[0], "passages of the library: 1")

    def test_why_by_words_only_is_shown(self) -> None:
        why = "Found by words only: the endpoint <b> does not answer (e_1)."
        self.answer(OPEN, ranking={"by": "full-text", "why": "failed", "message": why})
        found = kb.search("x")
        self.assertEqual((found.ranking, found.note), ("full-text", why))
        self.assertEqual(repr(found).splitlines()[0], f"passages of the library: 1. {why}")
        self.assertIn("Found by words only: the endpoint &lt;b&gt;", try_format(found).data)

    def test_as_a_frame(self) -> None:
        self.answer(RULES)
        frame = kb.search("x").to_frame()
        self.assertEqual(frame.columns.tolist(), ["title", "passage", "source", "classification"])
        self.assertEqual(frame.values.tolist(), [["Rules <b>", RULES["passage"], "rules.md", "confidential · EU · PII"]])

    def test_nothing_as_a_frame(self) -> None:
        self.answer()
        frame = kb.search("x").to_frame()
        self.assertEqual((frame.shape, frame.columns.tolist()), ((0, 4), ["title", "passage", "source", "classification"]))

    def test_shown(self) -> None:
        self.answer(RULES, OPEN)
        found = kb.search("x")
        title, heads, rules, opened = repr(found).splitlines()
        self.assertEqual(title, "passages of the library: 2")
        self.assertEqual(heads.split(), ["title", "passage", "source", "classification"])
        self.assertEqual(rules.split("  ")[0], "Rules <b>")
        self.assertIn("Handling What is <confidential> stays", rules)
        self.assertIn("x" * 299 + "…", opened)
        self.assertNotIn("x" * 300, opened)

    def test_a_notebook_shows_a_table_in_which_text_is_text(self) -> None:
        self.answer(RULES)
        shown = try_format(kb.search("x"))
        self.assertEqual(shown.mimetype, "text/html")
        self.assertIn("<td>Rules &lt;b&gt;</td><td>Handling What is &lt;confidential&gt; stays</td><td>rules.md</td>", shown.data)
        self.assertNotIn("<b>", shown.data)


class Refusals(Case):
    def test_what_is_wrong_is_said_before_anything_is_sent(self) -> None:
        self.control(lambda line: ok(self.fail("it was sent")))
        limit = "limit is a number of passages: an int from 0 to 100."
        wrong: list[tuple[dict[str, Any], str]] = [
            ({"query": None}, "The query is a str, not a NoneType."),
            ({"query": "x" * 10_001}, "The query is longer than 10,000 characters."),
            ({"query": "😀" * 5_001}, "The query is longer than 10,000 characters."),
            ({"limit": -1}, limit),
            ({"limit": 101}, limit),
            ({"limit": 1.0}, limit),
            ({"limit": True}, limit),
            ({"limit": None}, limit),
            ({"limit": "10"}, limit),
        ]
        for changed, said in wrong:
            self.fails(lambda changed=changed: kb.search(**{"query": "x", **changed}), errors.Invalid, "bad-question", said)

    def test_the_longest_query_and_half_a_character(self) -> None:
        asked: list[Any] = []
        self.control(lambda line: asked.append(line) or ok({"documents": [], "ranking": UNSET}))
        for query in ("😀" * 5_000, "\ud800", "\0"):
            kb.search(query)
        self.assertEqual([line["body"]["query"] for line in asked], ["😀" * 5_000, "\ud800", "\0"])

    def test_a_refusal(self) -> None:
        self.control(lambda line: refused("library-members", "Ask Ann.", id="e_abcdefgh"))
        self.fails(lambda: kb.search("x"), errors.Denied, "library-members", "Ask Ann. (e_abcdefgh)")

    def test_an_answer_of_another_shape(self) -> None:
        said = "The server’s answer was not understood. Restart the kernel; if it goes on, tell the server’s operator."
        odd = [{"documents": [one], "ranking": UNSET} for one in ({**RULES, "label": "secret"}, {})]
        for answer in ({}, {"documents": None}, {"documents": []}, *odd):
            self.fresh()
            self.control(lambda line, answer=answer: ok(answer))
            self.fails(lambda: kb.search("x"), errors.ScrydonError, "bad-answer", said)
