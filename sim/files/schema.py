"""JSON Schema (draft 7) of what a scenario file may contain, short forms and `extends` included, for editors.

It is more lenient than the loader: a file that extends another may give part of an entry, so no field of an
entry is required here.
"""

from __future__ import annotations

from typing import Any

from sim.files.short_forms import CLAUSES, ID_LISTS, KEYED, NAMED, ORDER, SPELLED, WEIGHTED, pattern
from sim.model.importance import COMPONENTS
from sim.model.parameters import RULES, SETTINGS
from sim.model.scenario import Scenario

Schema = dict[str, Any]

MODELS = {
    "places": "Place", "roads": "Road", "factions": "Faction", "backers": "Backer", "commands": "Command",
    "forces": "Force", "reinforcements": "Reinforcement", "wings": "Wing", "observed": "Observed",
}  # fmt: skip
"""Section -> model of its entries."""

TEXT: Schema = {"type": "string"}
NOTHING: Schema = {"type": "null"}
RANGE: Schema = {"type": "string", "pattern": r"^[-+0-9._eE]+\.\.[-+0-9._eE]+$"}
NUMBERS: Schema = {"anyOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}, "minItems": 1}]}


def scenario_schema() -> Schema:
    """The schema as plain data, ready for `json.dumps`."""
    schema: Schema = _draft_7(Scenario.model_json_schema(by_alias=True))
    models: dict[str, Schema] = schema["$defs"]
    for entry in models.values():
        entry.pop("required", None)
    models["Spread"] = _spread(models["Spread"])
    for section, model in MODELS.items():
        _short_fields(section, models[model]["properties"])
    models["Command"]["properties"]["settings"]["propertyNames"] = {"enum": list(SETTINGS)}
    schema["properties"]["score_weights"]["propertyNames"] = {"enum": list(COMPONENTS)}
    schema["properties"]["parameters"]["propertyNames"] = {"enum": list(RULES)}
    _road(models["Road"]["properties"])
    models["Wing"]["properties"]["effort"] = _either(
        models["Wing"]["properties"]["effort"],
        {"type": "object", "additionalProperties": _either(_ref("Spread"), NOTHING)},
    )
    models["Reinforcement"]["properties"]["when"] = _when(models["Condition"])
    for section, model in MODELS.items():
        schema["properties"][section] = _section(section, model, models[model]["properties"])
    for name in ("mechanisms", "score_weights", "parameters", "sources"):
        values = schema["properties"][name]
        values["additionalProperties"] = _either(values["additionalProperties"], NOTHING)
        schema["properties"][name] = _either(values, NOTHING)
    schema["properties"]["extends"] = {**TEXT, "description": "A scenario file that this one changes."}
    schema.pop("required")
    schema["anyOf"] = [
        {"required": ["extends"]},
        {"required": ["scenario", "start", "days", "places", "factions"]},
    ]
    return {"$schema": "http://json-schema.org/draft-07/schema#", **schema}


def _ref(model: str) -> Schema:
    return {"$ref": f"#/$defs/{model}"}


def _either(*choices: Schema) -> Schema:
    return {"anyOf": list(choices)}


def _draft_7(schema: Any) -> Any:
    """Tuples as draft 7 writes them, which is what editors know; dates may lack their offset."""
    if isinstance(schema, list):
        return [_draft_7(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: _draft_7(value) for key, value in schema.items()}
    if "prefixItems" in out:
        out["items"] = out.pop("prefixItems")
    if out.get("format") == "date-time":
        del out["format"]
    return out


def _spread(long: Schema) -> Schema:
    about = {name: long["properties"][name] for name in ("shared", "source", "note")}
    shapes: Schema = dict.fromkeys(("fixed", "uniform", "triangular", "choice"), NUMBERS)
    shapes["lognormal"] = _either(
        NUMBERS,
        {
            "type": "object",
            "properties": {"p10": {"type": "number"}, "p90": {"type": "number"}},
            "required": ["p10", "p90"],
            "additionalProperties": False,
        },
    )
    written = {
        "type": "object",
        "properties": {"range": RANGE, **shapes, **about},
        "additionalProperties": False,
    }
    return {"description": long["description"], "anyOf": [{"type": "number"}, RANGE, written, long]}


def _short_fields(section: str, fields: dict[str, Schema]) -> None:
    for name in ID_LISTS.get(section, ()):
        fields[name] = _either(fields[name], TEXT, NOTHING)
    for name in WEIGHTED.get(section, ()):
        fields[name] = _either(fields[name], {"type": "array", "items": TEXT}, TEXT, NOTHING)


def _road(fields: dict[str, Schema]) -> None:
    for name in ("a", "b"):
        fields[SPELLED[name]] = fields[name]
    fields["bridge"] = _either(_ref("Bridge"), {"type": "boolean"}, TEXT, NOTHING)


def _when(condition: Schema) -> Schema:
    fields = {name: condition["properties"][name] for name in (*CLAUSES, "source", "note")}
    single = {
        "type": "object",
        "properties": {**fields, "delay_h": _ref("Spread")},
        "additionalProperties": False,
    }
    several = {"type": "array", "items": _either(_ref("Condition"), TEXT), "maxItems": 3}
    long = {
        "type": "object",
        "properties": {
            "all": _either(several, _ref("Condition")),
            "delay_h": _ref("Spread"),
            "source": fields["source"],
            "note": fields["note"],
        },
        "additionalProperties": False,
    }
    return _either(TEXT, several, single, long)


def _section(section: str, model: str, fields: dict[str, Schema]) -> Schema:
    entry = _ref(model)
    if section in ORDER:
        order = ORDER[section]
        short = {
            "type": "array",
            "items": [_either(fields[name], entry, NOTHING) for name in order] + [entry],
            "additionalItems": False,
            "description": pattern(section),
        }
        entry = _either(entry, short)
    by_id = {"type": "object", "additionalProperties": _either(entry, NOTHING)}
    if section in NAMED:
        return _either(by_id, NOTHING)
    listed = {"type": "array", "items": entry}
    return _either(listed, by_id, NOTHING) if section in KEYED else _either(listed, NOTHING)
