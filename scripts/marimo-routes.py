"""Every route the pinned marimo mounts, every function its elements register and every setting, as JSON on stdout.

protocol/marimo.ts triages both; its test runs this and fails on a name that is new, gone or renamed.
Routes come from the app marimo itself builds (the path sockets too); what marimo adds by middleware (language
servers, host API) or only with a flag (MCP) is not in that app and is listed from its own modules.
"""

import ast
import dataclasses
import json
import pathlib
from typing import get_type_hints

import marimo
from marimo._ast.app_config import _AppConfig
from marimo._config.config import MarimoConfig
from marimo._server import lsp
from marimo._server.api.router import build_routes
from marimo._server.host import HOST_API_PATH
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

FUNCTIONS = "marimo._runtime.functions"


def routes(found: list[BaseRoute], prefix: str = "") -> list[dict[str, str]]:
    return [line for route in found for line in one_route(route, prefix)]


def one_route(route: BaseRoute, prefix: str) -> list[dict[str, str]]:
    match route:
        case Mount(routes=inner) if inner:
            return routes(inner, prefix + route.path)
        case Mount():
            return [{"method": "MOUNT", "path": prefix + route.path}]
        case WebSocketRoute():
            return [{"method": "WS", "path": prefix + route.path}]
        case Route():
            methods = sorted((route.methods or set()) - {"HEAD"})
            return [{"method": method, "path": prefix + route.path} for method in methods]
    raise TypeError(f"a kind of route this script does not know: {type(route).__name__}")


def added_by_middleware() -> list[dict[str, str]]:
    servers = [f"/lsp/{server.id}" for server in vars(lsp).values() if is_language_server(server)]
    return [{"method": "MOUNT", "path": path} for path in sorted([*servers, HOST_API_PATH, "/mcp"])]


def is_language_server(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, lsp.BaseLspServer) and isinstance(getattr(value, "id", None), str)


def functions(root: pathlib.Path) -> list[str]:
    names = set()
    for path in root.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if imports_function(tree):
            names |= {name for node in ast.walk(tree) for name in registered(node)}
    return sorted(names)


def imports_function(tree: ast.AST) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and node.module == FUNCTIONS and any(a.name == "Function" for a in node.names)
        for node in ast.walk(tree)
    )


def registered(node: ast.AST) -> list[str]:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Function"):
        return []
    return [ast.literal_eval(k.value) for k in node.keywords if k.arg == "name"]


def keys(table: object) -> list[str]:
    return sorted(getattr(table, "__annotations__", {}))


if __name__ == "__main__":
    root = pathlib.Path(marimo.__file__).parent
    print(
        json.dumps(
            {
                "marimo": marimo.__version__,
                "routes": routes(build_routes()) + added_by_middleware(),
                "functions": functions(root),
                "userConfig": {name: keys(table) for name, table in get_type_hints(MarimoConfig).items()},
                "appConfig": sorted(field.name for field in dataclasses.fields(_AppConfig)),
            },
            indent=1,
        )
    )
