# What code in a kernel can try of artefacts past the library: raw lines, lying frames, bombs, names. The last value says what came of it.
import base64
import json
import secrets
import socket
import struct
import zlib

NAMES = {
    "path": "../../state.db",
    "parent": "..",
    "backslash": "..\\state.db",
    "hidden": ".profile",
    "nul": "a\0.png",
    "newline": "a\r\nset-cookie: x=1",
    "turned": "a\u202egnp.exe",
    "half a letter": "\ud800",
    "long": "x" * 201,
    "very long": "x" * 200_000,
    "none": "",
    "spaces": " \u3000",
    "a number": 7,
}


def attempt(what):
    try:
        return what()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def control(call, **body):
    with socket.socket(socket.AF_UNIX) as own:
        own.connect("/run/scrydon/control")
        own.sendall(json.dumps({"call": call, "body": body}).encode() + b"\n")
        said = json.loads(own.makefile().readline())
        return said["error"]["code"] if "error" in said else said["ok"]


def data(*parts):
    with socket.socket(socket.AF_UNIX) as own:
        own.settimeout(60)
        own.connect("/run/scrydon/data")
        said = b""
        try:
            for part in parts:
                own.sendall(part)
            own.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # closed in our face: what it said is read
        try:
            while part := own.recv(4096):
                said += part
        except ConnectionResetError:
            pass  # all that it said has been read
        return json.loads(said[9:])["error"] if b"error" in said else said[9:].decode()


def frame(kind, body, size=None):
    return struct.pack("<cQ", kind, len(body) if size is None else size) + body


def whole(body):
    parts = [frame(b"D", body[at : at + (1 << 20)]) for at in range(0, len(body), 1 << 20)]
    return [*parts, frame(b"E", json.dumps({"bytes": len(body)}).encode())]


def save(name, kind, frames, **more):
    """What the door answered, and what the gateway says came of it."""
    asked = {"save": "s_" + secrets.token_hex(12), "name": name}
    planned = control("artefacts.save", **asked, content={"kind": kind, **more})
    if isinstance(planned, str):
        return planned
    said = data(planned["plan"].encode() + b"\n", *frames)
    came = control("artefacts.saved", **asked)
    return [said, came if isinstance(came, str) else came["artefact"]["kind"]]


def twice():
    asked = {"save": "s_" + secrets.token_hex(12), "name": "twice"}
    plan = control("artefacts.save", **asked, content={"kind": "file"})["plan"].encode() + b"\n"
    return [data(plan, *whole(b"one")), data(plan, *whole(b"two")), control("artefacts.saved", **asked)["artefact"]["bytes"]]


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width, height, pixels, *extra):
    """One byte for eight pixels; `pixels`: the bytes before they are squeezed."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


ZEROS = bytes(128 << 20)
BOMBS = {
    "pixels": png(32_000, 32_000, ZEROS[: 32_000 * 4001]),
    "text": png(8, 8, bytes(16), chunk(b"zTXt", b"k\0\0" + zlib.compress(ZEROS))),
    "profile": png(8, 8, bytes(16), chunk(b"iCCP", b"k\0\0" + zlib.compress(ZEROS))),
}
SCRIPT = b"<script>document.title = 'taken'</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload=\"document.title = 'taken'\"/>"

came = {
    "names": {what: attempt(lambda name=name: save(name, "file", whole(b"x"))) for what, name in NAMES.items()},
    "shapes": {
        "a kind": save("x", "page", whole(b"x")),
        "somebody else": control("artefacts.save", save="s_" + "x" * 24, name="x", content={"kind": "file"}, person="p_demo-owner"),
        "a label": save("x", "file", whole(b"x"), label={"level": "public", "markings": []}),
        "many columns": save("x", "table", whole(b"x"), columns=[{"name": f"c{n}", "type": "text"} for n in range(1601)]),
        "no Arrow": save("x", "table", whole(b"\xff" * 5000), columns=[{"name": "a", "type": "text"}]),
    },
    "frames": {
        "one without end": save("x", "file", [frame(b"D", b"x", 1 << 63)]),
        "longer than one may be": save("x", "file", [frame(b"D", b"x", (1 << 20) + 1)]),
        "fewer than promised": save("x", "file", [frame(b"D", b"x" * 9), frame(b"E", b'{"bytes": 10}')]),
        "a long word": save("x", "file", [frame(b"D", b"x"), frame(b"E", b" " * 257)]),
        "no word": save("x", "file", [frame(b"D", b"x"), frame(b"E", b"[1]")]),
        "broken off": save("x", "file", [frame(b"D", b"x", 9)]),
        "too much": save("x", "file", whole(ZEROS[: 65 << 20])),
    },
    "plans": {"a made-up one": attempt(lambda: data(b"q_" + b"x" * 22 + b"\n", *whole(b"x"))), "one twice": attempt(twice)},
    "pictures": {what: save(what, "picture", whole(body)) for what, body in BOMBS.items()},
    "active": {
        "svg as a picture": save("drawing", "picture", whole(SVG)),
        "page as a picture": save("page", "picture", whole(SCRIPT)),
        "page": save("<img src=x onerror=\"document.title='taken'\">.html", "file", whole(SCRIPT)),
        "svg": save("drawing.svg", "file", whole(SVG)),
        "chart": save("chart", "chart", whole(SCRIPT)),
    },
    "calls": {call: control(f"artefacts.{call}", id="a_00000000") for call in ("open", "release", "relabel", "remove")},
}
"TRIED:" + base64.b64encode(json.dumps(came).encode()).decode() + ":"
