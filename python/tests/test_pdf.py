"""The reader of PDFs, as the gateway runs it: a process of its own, given a file and bounded in all it takes."""

import io
import json
import os
import subprocess
import sys
import unittest
import zlib

from pypdf import PdfReader, PdfWriter

from tests.kernel_folder import PYTHON

MEMORY, SECONDS, MOST = 512 << 20, 20, 1 << 20
SEALED = """
import json, os, socket, subprocess, sys
sys.path.append(sys.argv[1])
from reader import sealed
sealed.seal(512 << 20, 20)
attempts = {
    "file": lambda: open("/etc/hostname"),
    "folder": lambda: os.listdir("/"),
    "socket": lambda: socket.socket(socket.AF_UNIX),
    "program": lambda: os.execv("/bin/true", ["true"]),
    "process": os.fork,
    "signal": lambda: os.kill(os.getppid(), 0),
    "remove": lambda: os.unlink("/tmp/nothing"),
    "memory": lambda: len(bytearray(1 << 30)),
}
said = {}
for name, attempt in attempts.items():
    try:
        said[name] = str(attempt())
    except (OSError, MemoryError) as error:
        said[name] = type(error).__name__
print(json.dumps(said))
"""


def pdf(*texts: str, content: bytes | None = None) -> bytes:
    """One page for each text."""
    pages = [content if content is not None else f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET".encode("latin1") for text in texts]
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for n, page in enumerate(pages):
        packed = zlib.compress(page)
        resources = "/MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /Contents {5 + 2 * n} 0 R {resources} >>".encode())
        objects.append(b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed))
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end


def read(file: bytes, most: int = MOST) -> dict[str, str]:
    command = [sys.executable, "-I", os.path.join(PYTHON, "reader", "pdf.py"), str(MEMORY), str(SECONDS), str(most)]
    done = subprocess.run(command, input=file, capture_output=True, timeout=60, check=True)
    return json.loads(done.stdout)


class Reading(unittest.TestCase):
    def test_the_text_of_its_pages(self) -> None:
        self.assertEqual(read(pdf("The first rule", "The second")), {"title": "", "text": "The first rule\n\nThe second"})

    def test_its_title(self) -> None:
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("A rule"))))
        writer.add_metadata({"/Title": "Règles " + "x" * 1000})
        file = io.BytesIO()
        writer.write(file)
        self.assertEqual(read(file.getvalue()), {"title": ("Règles " + "x" * 1000)[:500], "text": "A rule"})

    def test_one_that_is_encrypted_is_said(self) -> None:
        for password, said in (("secret", {"failed": "encrypted"}), ("", {"title": "", "text": "A rule"})):
            writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("A rule"))))
            writer.encrypt(password, "owner", algorithm="RC4-128")
            file = io.BytesIO()
            writer.write(file)
            self.assertEqual(read(file.getvalue()), said)

    def test_one_that_is_damaged_is_said(self) -> None:
        whole = pdf("A rule")
        for file in (b"", b"no pdf", whole[:200], whole.replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]"), whole.replace(b"<<", b">>")):
            self.assertEqual(read(file), {"failed": "damaged"})

    def test_a_text_that_is_too_long_is_not_told(self) -> None:
        self.assertEqual(read(pdf("A rule"), most=7), {"failed": "too-long"})
        self.assertEqual(read(pdf("A rule"), most=8), {"title": "", "text": "A rule"})

    def test_a_bomb_ends_in_its_own_memory(self) -> None:
        bomb = pdf("", content=b" " * (200 << 20))
        self.assertLess(len(bomb), 1 << 20)
        self.assertEqual(read(bomb), {"failed": "damaged"})


class Sealed(unittest.TestCase):
    def test_it_can_only_compute(self) -> None:
        done = subprocess.run([sys.executable, "-I", "-c", SEALED, PYTHON], capture_output=True, text=True, timeout=60, check=True)
        denied = "PermissionError"
        names = ["file", "folder", "socket", "program", "process", "signal", "remove"]
        self.assertEqual(json.loads(done.stdout), {**dict.fromkeys(names, denied), "memory": "MemoryError"})
