# A script header that sets every key of marimo's configuration, generated from marimo's own types: each to another value than
# its default where the type lets us choose, and each path and command to one that leaves MARKER behind.
import json
import sys
import typing

from marimo._config import config

MARKER = sys.argv[1]
keys = []


def value(kind, name):
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.NotRequired, typing.Required):
        return value(arguments[0], name)
    if origin is typing.Literal:
        return json.dumps(arguments[-1])
    if origin is typing.Union or type(kind).__name__ == "UnionType":
        return value([each for each in arguments if each is not type(None)][0], name)
    if origin in (list, typing.Sequence) or kind is list:
        return f"[{value(arguments[0], name) if arguments else json.dumps(MARKER)}]"
    if kind is bool:
        return "true"
    if kind in (int, float):
        return "3"
    return json.dumps(MARKER)


def is_table(kind):
    kind = typing.get_args(kind)[0] if typing.get_origin(kind) in (typing.NotRequired, typing.Required) else kind
    return kind if typing.is_typeddict(kind) else None


def is_mapping(kind):
    kind = typing.get_args(kind)[0] if typing.get_origin(kind) in (typing.NotRequired, typing.Required) else kind
    return kind is dict or typing.get_origin(kind) is dict


def tables(kind, path):
    below = []
    lines = [f"[{'.'.join(path)}]"]
    for name, each in typing.get_type_hints(kind).items():
        keys.append(".".join([*path[2:], name]))
        if is_table(each):
            below.append((is_table(each), [*path, name]))
        elif name == "mcpServers":
            below.append((None, [*path, name, "planted"]))
        elif is_mapping(each):
            lines.append(f"{name} = {{ planted = {json.dumps(MARKER)} }}")
        else:
            lines.append(f"{name} = {value(each, name)}")
    for table, where in below:
        lines += tables(table, where) if table else [f"[{'.'.join(where)}]", 'command = "touch"', f"args = [{json.dumps(MARKER)}]"]
    return lines


toml = tables(config.MarimoConfig, ["tool", "marimo"])
head = ["# /// script", '# requires-python = ">=3.11"', '# dependencies = ["not-a-package"]', *(f"# {line}" for line in toml), "# ///"]
print(json.dumps({"header": "\n".join(head) + "\n\n", "keys": keys}))
