"""ONNX models made by hand, byte by byte, hostile ones too: what writes ONNX is not in the kernels' environment."""

FLOAT, INT64, STRING, BOOL, DOUBLE = 1, 7, 8, 9, 11


def _varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def part(field: int, body: bytes | str) -> bytes:
    body = body.encode() if isinstance(body, str) else body
    return _varint(field << 3 | 2) + _varint(len(body)) + body


def number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def node(kind: str, inputs: list[str], outputs: list[str], domain: str = "", *attributes: bytes) -> bytes:
    names = b"".join([part(1, name) for name in inputs] + [part(2, name) for name in outputs])
    more = b"".join(part(5, attribute) for attribute in attributes)
    return part(1, names + part(4, kind) + more + (part(7, domain) if domain else b""))


def value(name: str, kind: int, *shape: int | None) -> bytes:
    """`None` in a shape: as many as there are."""
    dimensions = b"".join(part(1, part(2, "n") if one is None else number(1, one)) for one in shape)
    return part(1, name) + part(2, part(1, number(1, kind) + part(2, dimensions)))


def model(nodes: list[bytes], inputs: list[bytes], outputs: list[bytes], *tensors: bytes, domains: tuple[str, ...] = ("",)) -> bytes:
    graph = b"".join(nodes) + part(2, "g") + b"".join(part(5, tensor) for tensor in tensors)
    graph += b"".join([part(11, one) for one in inputs] + [part(12, one) for one in outputs])
    return number(1, 7) + part(7, graph) + b"".join(part(8, part(1, domain) + number(2, 13 if domain == "" else 1)) for domain in domains)


def passing(kind: int = FLOAT, *shape: int | None) -> bytes:
    """y = x."""
    return model([node("Identity", ["x"], ["y"])], [value("x", kind, *shape)], [value("y", kind, *shape)])


def external(location: str) -> bytes:
    """y = x + w, where w is the first four bytes of a file."""
    entries = b"".join(part(13, part(1, key) + part(2, said)) for key, said in (("location", location), ("length", "4")))
    tensor = number(1, 1) + number(2, FLOAT) + part(8, "w") + entries + number(14, 1)
    return model([node("Add", ["x", "w"], ["y"])], [value("x", FLOAT, None)], [value("y", FLOAT, None)], tensor)


def declared(*shape: int) -> bytes:
    """y = x + w, where w says that it is of a shape, and holds four bytes."""
    tensor = b"".join(number(1, one) for one in shape) + number(2, FLOAT) + part(8, "w") + part(9, bytes(4))
    return model([node("Add", ["x", "w"], ["y"])], [value("x", FLOAT, None)], [value("y", FLOAT, None)], tensor)


def nested(depth: int) -> bytes:
    """A graph in a graph, and so on."""
    graph = part(2, "g")
    for _ in range(depth):
        graph = part(1, part(4, "If") + part(5, part(1, "then_branch") + part(6, graph) + number(20, 5)))
    return number(1, 7) + part(7, graph) + part(8, number(2, 13))


def many(outputs: int) -> bytes:
    """Each is x."""
    names = [f"y{place}" for place in range(outputs)]
    return model([node("Identity", ["x"], [name]) for name in names], [value("x", FLOAT, None)], [value(name, FLOAT, None) for name in names])


def foreign() -> bytes:
    """An operator of somebody's library."""
    nodes = [node("Steal", ["x"], ["y"], "org.example")]
    return model(nodes, [value("x", FLOAT, None)], [value("y", FLOAT, None)], domains=("", "org.example"))


def endless() -> bytes:
    """y = x, after 2**62 rounds of a loop."""
    body = node("Identity", ["c"], ["d"]) + node("Identity", ["v"], ["u"]) + part(2, "body")
    body += b"".join(part(11, one) for one in (value("i", INT64), value("c", BOOL), value("v", FLOAT, None)))
    body += b"".join(part(12, one) for one in (value("d", BOOL), value("u", FLOAT, None)))
    attribute = part(1, "body") + part(6, body) + number(20, 5)
    rounds = number(2, INT64) + part(7, _varint(1 << 62)) + part(8, "many")
    true = number(2, BOOL) + part(5, _varint(1)) + part(8, "true")
    nodes = [node("Loop", ["many", "true", "x"], ["y"], "", attribute)]
    return model(nodes, [value("x", FLOAT, None)], [value("y", FLOAT, None)], rounds, true)


def swelling() -> bytes:
    """y = x, after as many numbers as x says were made."""
    whole = part(1, "to") + number(3, INT64) + number(20, 2)
    nodes = [node("Cast", ["x"], ["n"], "", whole), node("ConstantOfShape", ["n"], ["z"]), node("ReduceSum", ["z"], ["s"]), node("Add", ["x", "s"], ["y"])]
    return model(nodes, [value("x", FLOAT, 1)], [value("y", FLOAT, 1)])


def summing() -> bytes:
    """y: one number, of however many there are in x."""
    return model([node("ReduceSum", ["x"], ["y"])], [value("x", FLOAT, None)], [value("y", FLOAT, 1)])
