"""The configuration that no notebook, project file or saved preference can change: marimo merges it last.

It also removes what merging cannot: a notebook's header and a pyproject.toml are not read at all (patches.py), and a saved
user configuration keeps only the keys below.
"""

from typing import Any

KEPT_OF_USER = ("completion", "display", "formatting", "keymap", "save", "snippets", "diagnostics")


def forced(mode: str, autorun: bool, theme: str, output: int) -> dict[str, Any]:
    return {
        "ai": {"enabled": False, "allow_provider_config": False},
        "cache": {"verification": "strict"},
        "completion": {"copilot": False},
        "display": {"theme": theme, "custom_css": []},
        "experimental": {"rtc_v2": False, "isolate_apps": False},
        "file_browser": {"folders": []},
        "keymap": {"vimrc": None},
        "language_servers": {name: {"enabled": False} for name in ("pylsp", "basedpyright", "ty", "pyrefly")},
        "mcp": {"mcpServers": {}, "presets": []},
        "runtime": {
            "auto_instantiate": mode == "run" or autorun,
            "auto_reload": "off",
            "default_auto_download": [],
            "dotenv": [],
            "output_max_bytes": output,
            "pythonpath": [],
            "serve_cached_sessions_in_apps": False,
            "show_tracebacks": False,
            "watcher_on_save": "lazy",
        },
        "save": {"autosave": "after_delay" if mode == "edit" else "off"},
        "server": {"browser": "default", "follow_symlink": False, "disable_file_downloads": True, "transport": "websocket"},
        "sharing": {"html": False, "wasm": False, "molab": False},
        "snippets": {"custom_paths": []},
        "venv": {"path": "", "writable": False},
    }


def kept(user: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in user.items() if key in KEPT_OF_USER}
