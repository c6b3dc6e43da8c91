"""Prints marimo's own page with neutral values, as JSON, from the marimo installed in .venv.

The page is the same for every person and notebook: no file name, folder, token or configuration of anybody. marimo
renders it (so a new version brings its own tags), then exactly three things are taken out, each of which must occur
once or the build fails: the entry script (the bridge imports it when a notebook is handed over), the mount
configuration (the bridge sets it then) and the web manifest (the content security policy refuses it).

`%ASSETS%` stands for the origin of the asset host; the content site fills it in when it starts.
"""

import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from marimo import __version__
from marimo._ast.app_config import _AppConfig
from marimo._config.config import DEFAULT_CONFIG
from marimo._config.utils import deep_copy
from marimo._server.tokens import SkewProtectionToken
from marimo._session.model import SessionMode
from marimo._templates import _get_mount_config, notebook_page_template
from marimo._utils.paths import marimo_package_path

FILE = "notebook.py"
ASSETS = f"%ASSETS%/@marimo-team/{__version__}"

# What the front end shows follows from these; the kernel's side forces the same values on its own (python/launcher).
LOOKS: dict[str, dict[str, Any]] = {
    "ai": {"enabled": False, "allow_provider_config": False},
    "completion": {"copilot": False},
    "mcp": {"mcpServers": {}, "presets": []},
    "sharing": {"html": False, "wasm": False, "molab": False},
    "server": {"disable_file_downloads": True},
    "experimental": {"rtc_v2": False},
    "language_servers": {"pylsp": {"enabled": False}},
    "keymap": {"overrides": {"global.commandPalette": "Mod-Shift-p"}},  # Ctrl+K is the shell's
    "display": {"theme": "system"},  # the bridge answers what the system prefers: the shell's theme
}


class Page(HTMLParser):
    """The attributes of the tags the build must know."""

    def __init__(self) -> None:
        super().__init__()
        self.modules: list[str] = []
        self.entries: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "link" and named.get("rel") == "modulepreload":
            self.modules.append(named["href"] or "")
        if tag == "script" and named.get("type") == "module":
            self.entries.append(named["src"] or "")


def neutral_config() -> Any:
    config: Any = deep_copy(DEFAULT_CONFIG)
    for section, values in LOOKS.items():
        config[section] = {**config.get(section, {}), **values}
    return config


def without(html: str, pattern: str) -> str:
    changed, count = re.subn(pattern, "", html, flags=re.DOTALL)
    if count != 1:
        sys.exit(f"marimo {__version__}: the page has {count} places like {pattern}, one was expected")
    return changed


def main() -> None:
    template = (Path(marimo_package_path()) / "_static" / "index.html").read_text(encoding="utf-8")
    common: dict[str, Any] = {
        "filename": FILE,
        "server_token": SkewProtectionToken(""),
        "user_config": neutral_config(),
        "config_overrides": {},
        "app_config": _AppConfig(),
    }
    html = notebook_page_template(html=template, base_url="", mode=SessionMode.EDIT, asset_url=ASSETS, **common)
    page = Page()
    page.feed(html)
    [entry] = page.entries
    html = without(html, rf'<script type="module"[^>]*src="{re.escape(entry)}"[^>]*></script>')
    html = without(html, r'<script data-marimo="true">\s*Object\.defineProperty\(window, "__MARIMO_MOUNT_CONFIG__".*?</script>')
    html = without(html, r'<link rel="manifest"[^>]*>')
    # Shown after a lost connection, when marimo could not fetch them from its server; here they come from another host.
    html = re.sub(r'<link rel="preload"[^>]*as="image"[^>]*>', "", html)
    # Weights that a page may never show: fetched when it does.
    html = re.sub(r'<link rel="preload"[^>]*(?:Bold|Medium)[^>]*as="font"[^>]*>', "", html)
    html = re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL)
    mount = json.loads(_get_mount_config(mode="edit", **common))
    print(json.dumps({"version": __version__, "html": html, "mount": mount, "entry": entry, "modules": page.modules}))


if __name__ == "__main__":
    main()
