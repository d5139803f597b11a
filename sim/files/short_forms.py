"""The short forms of a scenario, written out as the long form of `sim.model.scenario`.

A place, road, force, wing or record may be a list in a fixed order, with a mapping of further attributes at
its end. Each value keeps its mark, so that an error in item 3 of a list is shown at that item. Expanding
twice changes nothing: `--set` may bring short forms into an expanded scenario.
"""

from __future__ import annotations

from dataclasses import replace

from sim.files.nodes import Node, Problems, listing, mapping, position, scalar

ORDER = {
    "places": ("kind", "lat", "lon", "people", "holder"),
    "roads": ("a", "b", "km", "class"),
    "forces": ("faction", "place", "people", "class"),
    "reinforcements": ("faction", "place", "people", "class"),
    "wings": ("faction", "base", "aircraft", "sorties_per_day"),
    "observed": ("place", "to", "at"),
}
"""What the items of a short list mean, by section."""

LISTED = ("roads", "forces", "reinforcements", "observed")
"""Sections that are lists in the long form."""

KEYED = ("roads", "forces", "reinforcements")
"""Lists that may be written as a mapping from id to entry, too."""

NAMED = ("places", "factions", "backers", "commands", "wings")
"""Sections that map ids to entries."""

UNCERTAIN = {
    "forces": ("people",), "reinforcements": ("people",), "wings": ("aircraft", "sorties_per_day"),
}  # fmt: skip
"""Positions of a short list where a mapping is a distribution, not the attributes."""

ID_LISTS = {
    "places": ("supply", "commands"),
    "factions": ("hostile", "allied", "transit", "core"),
    "commands": ("area",),
    "reinforcements": ("otherwise",),
    "observed": ("to",),
}
"""Lists of ids, where a single id may stand without brackets."""

WEIGHTED = {"factions": ("aims",), "commands": ("aims",)}
"""Mappings from id to weight, where a list of ids gives each the weight 1."""

SPELLED = {"a": "from", "b": "to", "road_class": "class", "force_class": "class"}
"""Fields that a file writes otherwise."""

LONG = {"factions": "{}", "backers": "{client: FACTION, will: NUMBER}", "commands": "{faction: FACTION}"}
"""The least that an entry must say, in sections without a short list."""

CLAUSES = ("after", "held", "lost", "attacked", "cohesion_below", "score_above")


def pattern(section: str) -> str:
    """How an entry of a section may be written, for people."""
    fields = (SPELLED.get(name, name) for name in ORDER.get(section, ()))
    return LONG.get(section) or f"[{', '.join(fields)}, {{attributes}}]"


def expand(root: Node, note: Problems) -> None:
    """Turn every short form below `root`, a mapping, into the long form, in place; faults go to `note`."""
    for section in (*NAMED, *LISTED):
        node = root.children.get(section)
        if node is None or node.value is None:
            continue
        if isinstance(node.value, dict) and section in (*NAMED, *KEYED):
            for name, entry in node.value.items():
                node.value[name] = _entry(section, entry, f"{section}.{name}", note)
        elif isinstance(node.value, list) and section in LISTED:
            for index, entry in enumerate(node.value):
                node.value[index] = _entry(section, entry, f"{section}{position(index)}", note)


def _entry(section: str, node: Node, path: str, note: Problems) -> Node:
    if isinstance(node.value, list) and section in ORDER:
        node = _from_list(section, node, path, note)
    if not isinstance(node.value, dict):
        return node
    fields = node.value
    if section == "roads":
        _rename(node, path, note)
        _bridge(node)
    for name in ID_LISTS.get(section, ()):
        if name in fields and isinstance(fields[name].value, str):
            fields[name] = listing([replace(fields[name])], fields[name])
    for name in WEIGHTED.get(section, ()):
        if name in fields:
            fields[name] = _weights(fields[name], f"{path}.{name}", note)
    if section == "reinforcements" and "when" in fields:
        fields["when"] = _trigger(fields["when"])
    if section == "wings" and "effort" in fields:
        fields["effort"] = _effort(fields["effort"])
    return node


def _from_list(section: str, node: Node, path: str, note: Problems) -> Node:
    """A mapping with the fields of a short list under their names."""
    order = ORDER[section]
    items = list(node.items)
    fields: dict[str, Node] = {}
    extra: Node | None = None
    if items and isinstance(items[-1].value, dict):
        at = len(items) - 1
        if at >= len(order) or order[at] not in UNCERTAIN.get(section, ()):
            extra = items.pop()
    fields.update(zip(order, items, strict=False))
    if len(items) > len(order):
        note(items[len(order)].mark, path, f"must be {pattern(section)} (got {len(items)} items)")
    given = mapping(dict(extra.children) if extra else {}, node)
    if section == "roads":
        _rename(given, path, note)
    for name, item in given.children.items():
        if name in fields and fields[name].value is not None:
            note(item.key, f"{path}.{name}", "must be given once (it stands in the list already)")
        fields[name] = item
    return mapping(fields, node, whole=True)


def _rename(node: Node, path: str, note: Problems) -> None:
    fields = node.children
    for written, name in (("from", "a"), ("to", "b")):
        if written in fields:
            if name in fields:
                note(fields[written].key, f"{path}.{written}", f"must stand once (there is {name} too)")
            fields[name] = fields.pop(written)


def _bridge(node: Node) -> None:
    bridge = node.children.get("bridge")
    if bridge is None:
        return
    if bridge.value is True:
        bridge.value = {}
    elif bridge.value is False:
        bridge.value = None
    elif isinstance(bridge.value, str):
        bridge.value = {"name": replace(bridge)}


def _weights(node: Node, path: str, note: Problems) -> Node:
    """A list of ids as a mapping from id to the weight 1."""
    items = node.items if isinstance(node.value, list) else [node]
    if isinstance(node.value, dict | None):
        return node
    weights: dict[str, Node] = {}
    for item in items:
        if isinstance(item.value, str):
            weights[item.value] = scalar(1, item)
        else:
            note(item.mark, path, f"must be ids, or a mapping from id to weight (got {item.describe()})")
    return mapping(weights, node, whole=True)


def _trigger(node: Node) -> Node:
    """A date, one condition (with its delay_h), or a list of conditions, as {all: [...], delay_h: ...}."""
    if isinstance(node.value, str):
        fields = {"all": listing([_condition(node)], node)}
    elif isinstance(node.value, list):
        fields = {"all": listing([_condition(item) for item in node.value], node)}
    elif isinstance(node.value, dict) and "all" in node.value:
        given = node.value["all"]
        items = given.items if isinstance(given.value, list) else [given]
        fields = {**node.value, "all": listing([_condition(item) for item in items], given)}
    elif isinstance(node.value, dict) and set(node.value) - {"delay_h"}:
        clause = {name: child for name, child in node.value.items() if name != "delay_h"}
        delay = {name: child for name, child in node.value.items() if name == "delay_h"}
        fields = {"all": listing([mapping(clause, node)], node), **delay}
    else:
        return node
    return mapping(fields, node, whole=True)


def _condition(node: Node) -> Node:
    return mapping({"after": replace(node)}, node) if isinstance(node.value, str) else node


def _effort(node: Node) -> Node:
    """`{DATE: share}` as [{at: DATE, share: share}]."""
    if not isinstance(node.value, dict) or {"at", "share"} & set(node.value):
        return node
    steps: list[Node] = []
    for when, share in node.value.items():
        if share.value is not None:
            at = Node(when, share.key, share.key)
            steps.append(Node({"at": at, "share": share}, share.key, share.key))
    return listing(steps, node)
