"""`first-take demo`: the game with a built-in performer at the keys."""

from __future__ import annotations

import click

from game.complaints import nearest

PREVIEW_S = 8
"""Long enough to see the chart, short enough for one who only watches."""


@click.command(short_help="Watch the game work without a keyboard: a performer plays.")
@click.option("--profile", default="solid", show_default=True, help="How well it plays.")
@click.option("--audio", "audio_backend", help='Sound backend; "none" for no sound.')
def command(profile: str, audio_backend: str | None) -> None:
    """Watch the game work without a keyboard: a performer reads and plays the charts."""
    from game.app_factory import open_game  # noqa: PLC0415 - heavy
    from game.performer.profiles import PROFILES  # noqa: PLC0415
    from game.ui.services import Opening  # noqa: PLC0415

    if profile not in PROFILES:
        known = ", ".join(PROFILES)
        raise click.UsageError(
            f"no profile {profile!r}{nearest(profile, PROFILES)}; there are: {known}"
        )
    open_game(
        Opening(
            plays_suggestion=True,
            performer=PROFILES[profile],
            audio_backend=audio_backend,
            preview_s=PREVIEW_S,
        )
    )
