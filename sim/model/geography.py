"""Distances on the ground and times of sunrise: plain geography, used only when a scenario is compiled."""

from __future__ import annotations

import heapq
import math
from datetime import datetime

from sim.units import DAY, NEVER

EARTH_RADIUS_KM = 6371.0


def great_circle_km(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Great-circle distance (km) between two points given in degrees (haversine)."""
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    half_phi = (phi_b - phi_a) / 2
    half_lambda = math.radians(lon_b - lon_a) / 2
    h = math.sin(half_phi) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(h)))


def daylight(lat: float, lon: float, start: datetime) -> tuple[int, int]:
    """Sunrise and sunset in seconds of the day on the clock of `start`, at one point and date.

    Solar declination and hour angle after Cooper (1969); good to some ten minutes. Polar day is (0, DAY),
    polar night (0, 0).
    """
    day = start.timetuple().tm_yday
    declination = math.radians(23.45) * math.sin(2 * math.pi * (284 + day) / 365)
    cosine = -math.tan(math.radians(lat)) * math.tan(declination)
    if cosine <= -1:
        return 0, DAY
    if cosine >= 1:
        return 0, 0
    half = math.degrees(math.acos(cosine)) / 15 * 3600
    offset = start.utcoffset()
    assert offset is not None, "the loader gives every date an offset"
    noon = 12 * 3600 - lon / 15 * 3600 + offset.total_seconds()
    return int(max(0, noon - half)), int(min(DAY, noon + half))


def travel_ticks(places: int, arcs: list[tuple[int, int, int]], source: int) -> list[int]:
    """Shortest travel time (ticks) from `source` to every place over directed arcs (from, to, ticks); NEVER
    where there is no way. Dijkstra's algorithm."""
    after: list[list[tuple[int, int]]] = [[] for _ in range(places)]
    for tail, head, ticks in arcs:
        after[tail].append((head, ticks))
    best = [NEVER] * places
    best[source] = 0
    heap = [(0, source)]
    while heap:
        so_far, here = heapq.heappop(heap)
        if so_far > best[here]:
            continue
        for there, ticks in after[here]:
            if so_far + ticks < best[there]:
                best[there] = so_far + ticks
                heapq.heappush(heap, (best[there], there))
    return best
