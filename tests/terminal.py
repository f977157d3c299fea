"""A real terminal for the game: tmux on a socket of its own, driven by keys, read as text."""

import os
import subprocess
import time
import uuid


class Terminal:
    """One program in one terminal window."""

    def __init__(self, command, *, columns, rows, env):
        self.socket = f"first-take-{uuid.uuid4().hex[:8]}"
        settings = {**env, "TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        self._tmux(
            *("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows)),
            *(part for pair in settings.items() for part in ("-e", "=".join(pair))),
            *command,
            env={**os.environ, **settings},
        )
        self._tmux("set-option", "-g", "remain-on-exit", "on")

    def _tmux(self, *args, env=None):
        return subprocess.run(
            ["tmux", "-L", self.socket, *args],
            capture_output=True,
            text=True,
            env=env or os.environ,
            timeout=20,
            check=False,
        ).stdout

    def press(self, *keys):
        """Type keys by tmux's names: "Enter", "Space", "Escape", "a"."""
        self._tmux("send-keys", *keys)

    def resize(self, columns, rows):
        """Another size of window."""
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def read(self):
        """The screen as text."""
        return self._tmux("capture-pane", "-p")

    def wait_for(self, *texts, timeout=30.0):
        """Wait until one of the texts is on the screen; gives the screen."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            screen = self.read()
            if any(text in screen for text in texts):
                return screen
            time.sleep(0.05)
        raise AssertionError(f"none of {texts} came; the screen was:\n{self.read()}")

    def close(self):
        self._tmux("kill-server")
