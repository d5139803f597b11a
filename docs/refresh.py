"""Bring the pages up to date: tables of parameters in docs/model.md and docs/strategic-score.md; with `--sample`, the
README's sample and picture.

python docs/refresh.py [--sample]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE = re.compile(r"(<!-- (rules|curves|score): ([a-z ]*) -->\n).*?(<!-- end -->)", re.DOTALL)
SAMPLE = re.compile(r"(<!-- sample: .*? -->\n```text\n).*?(\n```)", re.DOTALL)


def with_tables(page: str) -> str:
    """The page with every table of parameters as `parameters.yaml` has it."""
    from sim.files import load_parameters

    parameters = load_parameters()

    def table(section: str, groups: str) -> str:
        rows = ["| parameter | value | range | unit | source | about |", "|---|---|---|---|---|---|"]
        for name, p in getattr(parameters, section).items():
            if groups == "all" or name.split(".")[0] in groups.split():
                rows.append(f"| {name} | {p.value:g} | {p.range} | {p.unit} | {p.source} | {p.about} |")
        return "\n".join(rows) + "\n"

    return TABLE.sub(lambda found: found[1] + table(found[2], found[3]) + found[4], page)


def with_sample(page: str) -> str:
    """The README with the head of what the main job prints; draws docs/img/control.png from the same runs."""
    import sim
    from sim.views.style import save

    runs = sim.run("four_cities", runs=4000, seed=1, nested=False)
    lines = [line.rstrip() for line in runs.summary().to_text().splitlines()]
    end = next(i for i, line in enumerate(lines) if line.startswith("When the first side"))
    save(runs.plot.control(), ROOT / "docs" / "img" / "control.png")
    return SAMPLE.sub(lambda found: found[1] + "\n".join(lines[:end]).rstrip() + found[2], page)


def main() -> None:
    """Rewrite the pages in place."""
    readme = ROOT / "README.md"
    for page in (ROOT / "docs" / "model.md", ROOT / "docs" / "strategic-score.md"):
        page.write_text(with_tables(page.read_text(encoding="utf-8")), encoding="utf-8")
    if "--sample" in sys.argv[1:]:
        readme.write_text(with_sample(readme.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
