"""What several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path, typer.Option("--data", help="The instance's data folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]
DATA = Path("var")
