"""Builds marimo's server from its parts and serves it on the socket that the zygote bound.

marimo's own start() looks for a free port, starts language servers, registers itself for discovery and loads plugins from
installed packages; none of that belongs in a kernel. There is no token: who holds the socket is the runner.
"""

import asyncio
import os
import socket
from typing import Any

import uvicorn
from marimo._config.manager import get_default_config_manager
from marimo._runtime.commands import HTTPRequest
from marimo._server.api import lifespans
from marimo._server.api.deps import AppState
from marimo._server.config import StarletteServerStateInit
from marimo._server.lsp import NoopLspServer
from marimo._server.main import create_starlette_app
from marimo._server.session_manager import SessionManager
from marimo._server.tokens import AuthToken
from marimo._server.uvicorn_utils import initialize_signals
from marimo._server.workspace import infer_workspace
from marimo._session.model import SessionMode
from marimo._session.requests import InstantiateNotebookRequest
from marimo._utils.lifespans import Lifespans
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from launcher import config, forks, nursery, patches, reset

LIFESPANS = [lifespans.etc, lifespans.signal_handler, lifespans.reap_subprocesses]
FOREVER = 10**9  # seconds


async def run_it(request: Request) -> JSONResponse:
    """Runs a reader's notebook that was opened without running: marimo's own route is for editors. Once: a second time it
    does nothing, and of the request only its session is read."""
    told = InstantiateNotebookRequest(object_ids=[], values=[], auto_run=True)
    AppState(request).require_current_session().instantiate(told, http_request=HTTPRequest.from_request(request))
    return JSONResponse({"success": True})


def application(mode: str, notebook: str) -> Any:
    workspace = infer_workspace(notebook)
    manager = get_default_config_manager(current_path=notebook)
    sessions = SessionManager(
        workspace=workspace,
        mode=SessionMode.EDIT if mode == "edit" else SessionMode.RUN,
        quiet=True,
        include_code=False,
        ttl_seconds=None,
        lsp_server=NoopLspServer(),
        config_manager=manager,
        cli_args={},
        argv=[],
        auth_token=AuthToken(""),
        redirect_console_to_browser=False,
    )
    app = create_starlette_app(base_url="", lifespan=Lifespans(LIFESPANS), enable_auth=False, skew_protection=False)
    if mode == "run":
        app.router.routes.insert(0, Route("/api/kernel/instantiate", run_it, methods=["POST"]))
    StarletteServerStateInit(
        port=80,
        host="localhost",
        base_url="",
        asset_url=None,
        headless=True,
        quiet=True,
        session_manager=sessions,
        config_manager=manager,
        remote_url=None,
        mcp_server_enabled=False,
        skew_protection=False,
        enable_auth=False,
    ).apply(app.state)
    return app


def server(app: Any) -> uvicorn.Server:
    built = patches.QuietServer(
        uvicorn.Config(
            app,
            port=80,
            log_level="error",
            http="h11",
            ws="websockets-sansio",
            loop="asyncio:SelectorEventLoop",
            timeout_keep_alive=FOREVER,
            ws_ping_interval=None,  # a unix socket between two processes of one machine: it is there or it is not
            ws_ping_timeout=None,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=1,
        )
    )
    app.state.server = built
    return built


def outputs_to_nowhere() -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.close(null)


def run(request: dict[str, Any], listener: int) -> None:
    """Serves until told to end. `request` is the zygote's start request."""
    mode, limits = request["mode"], request["limits"]
    reset.everything(request["home"], limits.get("threads", 1), limits.get("memory", 0), request.get("unisolated"))
    forks.end_at_sigterm()
    autorun = request["autorun"]
    patches.apply(mode, autorun, limits, config.forced(mode, autorun, request["theme"], limits["output"]))
    if mode == "edit":
        nursery.open_nursery()
    else:
        reset.allow_inspection()
    initialize_signals()
    built = server(application(mode, request["notebook"]))
    built.config.load()
    outputs_to_nowhere()
    asyncio.run(built.serve([socket.socket(fileno=listener)]))
