"""partitura without its download: on import it fetches a sound font where it finds fluidsynth."""

import sys

_ABSENT = object()
_found = sys.modules.get("fluidsynth", _ABSENT)
sys.modules["fluidsynth"] = None
try:
    import partitura
finally:
    if _found is _ABSENT:
        del sys.modules["fluidsynth"]
    else:
        sys.modules["fluidsynth"] = _found

__all__ = ["partitura"]
