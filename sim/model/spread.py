"""A quantity that may be uncertain: one number, or a distribution drawn once per run."""

from __future__ import annotations

import itertools
import math
from statistics import NormalDist
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from sim.errors import figure

Shape = Literal["fixed", "uniform", "triangular", "lognormal", "choice"]

MOST = 1e12
"""Every value lies below."""

_NORMAL = NormalDist()


def parse_range(text: str) -> tuple[float, float]:
    """Read `lo..hi`; raises ValueError saying what was got."""
    low, dots, high = text.replace("_", "").partition("..")
    try:
        if not dots:
            raise ValueError
        return float(low), float(high)
    except ValueError:
        raise ValueError(f"must be a number or a range lo..hi (got {text!r})") from None


class Spread(BaseModel):
    """An uncertain quantity, in the unit of the field that holds it.

    `values` means: fixed (value), uniform (low, high), triangular (low, mode, high), lognormal (p10, p90),
    choice (any number of equally likely values). Entries with the same `shared` name rise and fall
    together: they are drawn at the same quantile.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    shape: Shape = "fixed"
    values: tuple[float, ...]
    shared: str | None = None
    source: str | None = None
    note: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _read(cls, raw: Any) -> Any:
        if isinstance(raw, bool):
            raise ValueError(f"must be a number or a range lo..hi (got {raw!r})")
        if isinstance(raw, int | float):
            return {"shape": "fixed", "values": (raw,)}
        if isinstance(raw, str):
            return {"shape": "uniform", "values": parse_range(raw)}
        if isinstance(raw, dict) and "values" not in raw:
            return _from_mapping(raw)
        if isinstance(raw, dict) and isinstance(raw["values"], list):
            return {**raw, "values": tuple(raw["values"])}  # strict validation knows no list here
        return raw

    @model_validator(mode="after")
    def _check(self) -> Spread:
        v = self.values
        wanted = {"fixed": 1, "uniform": 2, "triangular": 3, "lognormal": 2}.get(self.shape)
        if wanted is not None and len(v) != wanted:
            raise ValueError(f"{self.shape} needs {wanted} number(s) (got {len(v)})")
        if not v:
            raise ValueError("choice needs at least one value (got none)")
        if not all(math.isfinite(x) and abs(x) < MOST for x in v):
            raise ValueError(f"must be finite and below {figure(MOST)} (got {_listed(v)})")
        if self.shape != "choice" and any(a > b for a, b in itertools.pairwise(v)):
            dots = ".." if self.shape == "uniform" else ", "
            raise ValueError(f"must rise from low to high (got {_listed(v, dots)})")
        if self.shape == "lognormal" and v[0] <= 0:
            raise ValueError(f"lognormal needs p10 above 0 (got {figure(v[0])})")
        return self

    @property
    def is_fixed(self) -> bool:
        """Whether every draw gives the same value."""
        return len(set(self.values)) == 1

    @property
    def low(self) -> float:
        """Smallest value that can be drawn (for lognormal: the 0.1 % quantile)."""
        return self.quantile(0.001) if self.shape == "lognormal" else min(self.values)

    @property
    def high(self) -> float:
        """Largest value that can be drawn (for lognormal: the 99.9 % quantile)."""
        return self.quantile(0.999) if self.shape == "lognormal" else max(self.values)

    @property
    def bounds(self) -> str:
        """From the smallest to the largest value, for a message."""
        if self.is_fixed:
            return figure(self.values[0])
        digits = 4 if self.shape == "lognormal" else 15  # its bounds are computed, not given
        return "..".join(figure(float(f"{value:.{digits}g}")) for value in (self.low, self.high))

    @property
    def middle(self) -> float:
        """The median; for choice, the lower median of the sorted values."""
        return self.quantile(0.5)

    def quantile(self, share: float) -> float:
        """The value below which `share` (0..1) of draws fall. Lognormal is cut at 0.1 and 99.9 %."""
        v = self.values
        if self.shape == "uniform":
            return v[0] + (v[1] - v[0]) * share
        if self.shape == "triangular":
            low, mode, high = v
            if high == low:
                return low
            turn = (mode - low) / (high - low)
            if share < turn:
                return low + math.sqrt(share * (high - low) * (mode - low))
            return high - math.sqrt((1 - share) * (high - low) * (high - mode))
        if self.shape == "lognormal":
            share = min(max(share, 0.001), 0.999)
            centre = (math.log(v[0]) + math.log(v[1])) / 2
            width = (math.log(v[1]) - math.log(v[0])) / (2 * _NORMAL.inv_cdf(0.9))
            return math.exp(centre + width * _NORMAL.inv_cdf(share))
        if self.shape == "choice":
            ordered = sorted(v)
            return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
        return v[0]


def _listed(values: tuple[float, ...], between: str = ", ") -> str:
    return between.join(figure(value) for value in values)


def _from_mapping(raw: dict[str, Any]) -> dict[str, Any]:
    """The long form: {uniform: [2, 5], shared: readiness, source: ...}."""
    shapes = [name for name in ("fixed", "uniform", "triangular", "lognormal", "choice", "range") if name in raw]
    if len(shapes) != 1:
        raise ValueError(
            "must name exactly one of fixed, range, uniform, triangular, lognormal, choice "
            f"(got {', '.join(map(str, raw)) or 'nothing'})"
        )
    rest = {key: value for key, value in raw.items() if key != shapes[0]}
    body = raw[shapes[0]]
    if shapes[0] == "range":
        if not isinstance(body, str):
            raise ValueError(f"range must be written lo..hi (got {body!r})")
        return {"shape": "uniform", "values": parse_range(body), **rest}
    if isinstance(body, dict) and shapes[0] == "lognormal":
        try:
            body = [body["p10"], body["p90"]]
        except KeyError as missing:
            raise ValueError(f"lognormal needs p10 and p90 (missing {missing})") from None
    values = body if isinstance(body, list | tuple) else [body]
    if any(isinstance(x, bool) or not isinstance(x, int | float) for x in values):
        raise ValueError(f"{shapes[0]} must hold numbers (got {body!r})")
    return {"shape": shapes[0], "values": tuple(values), **rest}
