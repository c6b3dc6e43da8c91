"""Artefacts as a hostile kernel and a gateway meet them: real sockets, real workers, real files."""

import hashlib
import io
import os
import struct
import unittest
import zlib
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from dataplane import flat, keeping
from tests.test_dataplane_write import ROWS, WritingHouse, framed, stream

PIXELS = 1 << 16


def png(image: Image.Image, **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, format="PNG", **options)
    return target.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


class KeepingHouse(WritingHouse):
    @property
    def artefacts(self) -> str:
        return os.path.join(self.folder, "artefacts")

    def keep(self, artefact: str = "a_1", plan_id: str | None = None, **changed: Any) -> dict[str, Any]:
        plan_id = plan_id or self.newest
        base = {"plan": plan_id, "kernel": "k", "artefact": artefact, "policy": 1, "rights": 1}
        self.say(op="keep", keep={**base, **changed})
        return self.hear("kept", plan_id)

    def file(self, artefact: str = "a_1") -> bytes:
        with open(os.path.join(self.artefacts, artefact), "rb") as file:
            return file.read()


class Kept(unittest.TestCase):
    house: KeepingHouse

    @classmethod
    def setUpClass(cls) -> None:
        cls.house = KeepingHouse()
        cls.addClassCleanup(cls.house.end)

    def setUp(self) -> None:
        self.house.told.clear()
        self.house.say(op="epochs", policy=1, rights={"k": 1, "other": 1})
        for name in os.listdir(self.house.artefacts):
            os.unlink(os.path.join(self.house.artefacts, name))

    def deliver(self, body: bytes, **spec: Any) -> dict[str, Any]:
        self.house.expect(**spec)
        return self.house.hand(framed(body))

    def picture(self, body: bytes, pixels: int = PIXELS) -> dict[str, Any]:
        return self.deliver(body, kind="picture", spec={"pixels": pixels})

    def kept(self) -> bytes:
        said = self.house.keep()
        body = self.house.file()
        self.assertEqual(said, {"plan": self.house.newest, "bytes": len(body), "digest": hashlib.sha256(body).hexdigest(), "end": "complete"})
        self.assertEqual(os.listdir(self.house.artefacts), ["a_1"])
        return body

    def not_kept(self, reason: str, **changed: Any) -> None:
        self.assertEqual(self.house.keep(**changed), {"plan": self.house.newest, "bytes": 0, "digest": "", "end": reason})
        self.assertEqual(os.listdir(self.house.artefacts), [])

    def test_rows_become_parquet(self) -> None:
        self.assertEqual(self.deliver(stream(ROWS)), {})
        self.assertEqual(os.listdir(self.house.artefacts), [])
        table = pq.read_table(io.BytesIO(self.kept()))
        self.assertEqual(table.to_pydict(), ROWS.to_pydict())
        self.assertEqual([str(field.type) for field in table.schema], ["large_string", "int64"])

    def test_a_table_of_no_rows_and_one_of_several_batches_are_whole(self) -> None:
        for rows in (0, 2 * flat.ROWS + 1):
            table = pa.table({"s": pa.array(["x"] * rows, pa.string()), "i": pa.array(range(rows), pa.int64())})
            self.assertEqual(self.deliver(stream(table)), {})
            self.assertEqual(pq.read_table(io.BytesIO(self.kept())).column("i").to_pylist(), list(range(rows)))

    def test_a_picture_is_made_anew_from_its_pixels(self) -> None:
        image = Image.new("RGBA", (7, 5))
        for place in range(35):
            image.putpixel((place % 7, place // 7), (place, 255 - place, 7 * place, 100 + place))
        smuggled = png(image)[:-12] + chunk(b"tEXt", b"Comment\0smuggled") + chunk(b"IEND", b"") + b"<script>trailing</script>"
        self.assertEqual(self.picture(smuggled), {})
        body = self.kept()
        self.assertNotIn(b"smuggled", body)
        self.assertNotIn(b"script", body)
        with Image.open(io.BytesIO(body)) as made:
            self.assertEqual((made.size, made.mode, made.tobytes()), ((7, 5), "RGBA", image.tobytes()))

    def test_pictures_of_other_kinds_of_pixels_keep_what_they_show(self) -> None:
        plain = Image.linear_gradient("L").resize((9, 9))
        for image in (plain, plain.convert("RGB"), plain.convert("P"), plain.convert("1"), plain.convert("LA")):
            self.assertEqual(self.picture(png(image)), {})
            with Image.open(io.BytesIO(self.kept())) as made:
                self.assertEqual(made.tobytes(), image.convert("RGBA").tobytes(), image.mode)

    def test_what_is_no_picture_is_refused(self) -> None:
        whole = png(Image.new("RGB", (9, 9)))
        jpeg = io.BytesIO()
        Image.new("RGB", (9, 9)).save(jpeg, format="JPEG")
        broken = whole[:40] + b"\xff" * 8 + whole[48:]
        for body in (b"", b"<svg/>", jpeg.getvalue(), whole[:30], whole[:45], broken, whole[:8], b"\x89PNG\r\n\x1a\n" * 9):
            self.assertEqual(self.picture(body), {"error": "not-picture"}, body[:20])
            self.not_kept("unknown-plan")

    def test_more_pixels_than_one_may_have_are_refused_before_they_are_unpacked(self) -> None:
        self.assertEqual(self.picture(png(Image.new("1", (256, 256)))), {})
        self.assertEqual(self.picture(png(Image.new("1", (257, 256)))), {"error": "too-large"})
        bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1 << 30, 1 << 30, 8, 6, 0, 0, 0)) + chunk(b"IDAT", b"")
        self.assertEqual(self.picture(bomb), {"error": "too-large"})

    def test_what_is_squeezed_beside_the_pixels_does_not_unfold(self) -> None:
        whole, much = png(Image.new("1", (8, 8))), zlib.compress(bytes(128 << 20))
        head, rest = whole[:33], whole[33:]  # the rest begins after IHDR
        for bomb in (chunk(b"zTXt", b"k\0\0" + much), chunk(b"iCCP", b"k\0\0" + much), chunk(b"iTXt", b"k\0\1\0\0\0" + much)):
            self.assertEqual(self.picture(head + bomb + rest), {"error": "not-picture"}, bomb[4:8])
            self.not_kept("unknown-plan")

    def test_the_most_pixels_fit_in_a_worker(self) -> None:
        self.assertEqual(self.picture(png(Image.new("RGB", (4096, 4096)), compress_level=1), 16 << 20), {})
        with Image.open(io.BytesIO(self.kept())) as made:
            self.assertEqual(made.size, (4096, 4096))

    def test_bytes_stay_as_they_came(self) -> None:
        for body in (b"", b"<html><script>alert(1)</script>", os.urandom(3 << 20)):
            self.assertEqual(self.deliver(body, kind="bytes", spec={}), {})
            self.assertEqual(self.kept(), body)

    def test_an_intake_is_kept_once_and_by_its_own_kernel(self) -> None:
        self.deliver(b"x", kind="bytes", spec={})
        self.not_kept("unknown-plan", kernel="other")
        self.deliver(b"x", kind="bytes", spec={})
        self.kept()
        self.assertEqual(self.house.keep("a_2")["end"], "unknown-plan")
        self.assertEqual(os.listdir(self.house.artefacts), ["a_1"])

    def test_what_was_decided_before_policies_or_rights_changed_is_not_kept(self) -> None:
        for changed in ({"policy": 0}, {"rights": 2}):
            self.deliver(b"x", kind="bytes", spec={})
            self.not_kept("revoked", **changed)

    def test_larger_than_it_may_be_is_refused(self) -> None:
        self.assertEqual(self.deliver(b"x" * 101, kind="bytes", spec={}, size=100), {"error": "too-large"})
        self.not_kept("unknown-plan")

    def test_files_are_their_owners_alone(self) -> None:
        self.deliver(b"x", kind="bytes", spec={})
        self.kept()
        self.assertEqual(os.stat(os.path.join(self.house.artefacts, "a_1")).st_mode & 0o777, 0o600)
        self.assertEqual(os.stat(self.house.artefacts).st_mode & 0o777, 0o700)


class Made(unittest.TestCase):
    """What a hostile worker might write."""

    def test_pixels_that_are_not_as_many_as_they_say_are_refused(self) -> None:
        for body in (b"", b"\1\0\0\0", struct.pack("<II", 0, 1), struct.pack("<II", 2, 2) + b"x" * 15, struct.pack("<II", 2, 2) + b"x" * 17):
            with self.assertRaises(flat.Bent):
                keeping.png(io.BytesIO(body), io.BytesIO(), {"pixels": 4})
        with self.assertRaises(flat.Bent):
            keeping.png(io.BytesIO(struct.pack("<II", 5, 1) + b"x" * 20), io.BytesIO(), {"pixels": 4})
