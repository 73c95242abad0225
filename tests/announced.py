"""Packages that announce plug-ins, as an installer would leave them on disk."""

from __future__ import annotations

from pathlib import Path


def announce(site: Path, group: str, *points: str) -> None:
    """Put a package into the folder `site` whose entry points of that group are lines like `name = module:function`."""
    info = site / "specimen-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: specimen\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("\n".join([f"[{group}]", *points, ""]), encoding="utf-8")
