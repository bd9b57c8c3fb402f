"""The checkpoints of a fit or a search: the folders that the engine keeps them in."""

import os
import shutil
import warnings

from bakeoff import _core


class Kept:
    """checkpoint: None, a folder, or {"folder": ..., "every": seconds}."""

    def __init__(self, checkpoint):
        given = dict(checkpoint) if isinstance(checkpoint, dict) else {"folder": checkpoint}
        unknown = set(given) - {"folder", "every"}
        if unknown or "folder" not in given:
            raise _core.SpecError(f"checkpoint: expected a folder, or folder and every (seconds), got {checkpoint!r}")
        self._folder = None if given["folder"] is None else os.fspath(given["folder"])
        self._every = float(given.get("every", 30))
        if not 0 <= self._every <= 1e9:
            raise _core.SpecError(f"checkpoint: expected every (seconds) of 0 to 1e9, got {self._every!r}")
        self._used = set()

    def engine(self):
        return {"checkpoint": self._folder, "checkpoint_every": self._every}

    def told(self, result):
        """What the engine's fit returned, its warnings said."""
        if result["checkpoint"]:
            self._used.add(result["checkpoint"])
        for text in result["warnings"]:
            warnings.warn(text, RuntimeWarning, stacklevel=4)
        return result

    def remove(self):
        """What is finished needs no checkpoint: the engine's own folders go, and the one around them if it is empty."""
        for folder in self._used:
            shutil.rmtree(folder, ignore_errors=True)
        try:
            if self._used:
                os.rmdir(self._folder)
        except OSError:
            pass
