"""Draws the charts that docs/reading speaks of, as picture and as MIDI with band and feel.

Run `python docs/draw_charts.py` (all styles) or name some: `python docs/draw_charts.py funk`.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from exercises.drill import DrillRequest
from game.commands.compose import Sound, compose_document
from styles.loader import load_styles

FOLDER = Path(__file__).resolve().parent / "charts"
LEVELS = (3, 6, 9)
SEED = 1
WIDTH = 1300
"""Pixels: a system can be read, and a picture stays under 100 kB."""
GREYS = 8


def draw(style: str, level: int) -> None:
    """Write one chart's picture and sound."""
    request = DrillRequest(style=style, level=level, seed=SEED)
    picture = Image.open(io.BytesIO(compose_document(request, "png").data)).convert("L")
    small = picture.resize(
        (WIDTH, picture.height * WIDTH // picture.width), Image.Resampling.LANCZOS
    )
    small.quantize(GREYS).save(FOLDER / f"{style}-{level}.png", optimize=True)
    sound = compose_document(request, "midi", Sound(band=True, feel=True))
    (FOLDER / f"{style}-{level}.mid").write_bytes(sound.data)


def main() -> None:
    """Draw the styles that are named, or all."""
    FOLDER.mkdir(exist_ok=True)
    for style in sys.argv[1:] or load_styles().styles:
        for level in LEVELS:
            draw(style, level)
            print(f"{style}-{level}")


if __name__ == "__main__":
    main()
