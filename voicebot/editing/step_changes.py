"""What an author does to the steps of a procedure, as new texts of its files. Comments and order stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from anyascii import anyascii

from voicebot.datafile.yaml_edit import edited, in_braces, insert, quoted
from voicebot.datafile.yaml_lines import parse
from voicebot.editing.checking import ReadFiles
from voicebot.editing.folder import Changes
from voicebot.editing.sentences import sentence_changes
from voicebot.editing.step_form import WAYS, Choice, Condition, StepForm, raw_flow, step_form

_LONGEST_NAME: Final = 30
_SHORT_WORD: Final = 3


def name_for(text: str, taken: Mapping[str, object]) -> str:
    """A free name for what begins with `text`: its first words, in small letters without accents."""
    words = re.findall(r"[a-z0-9]+", anyascii(text).lower())
    telling = [word for word in words if len(word) > _SHORT_WORD] or words or ["etape"]
    short = "_".join(telling[:3])[:_LONGEST_NAME].strip("_")
    short = short if short[:1].isalpha() else f"n_{short}"
    numbers = (f"{short}_{number}" for number in range(2, len(taken) + 3))
    return short if short not in taken else next(name for name in numbers if name not in taken)


def saved(read: ReadFiles, flow: str, form: StepForm) -> Changes:
    """The files after the step was changed to `form`: those that differ. Raises DataError."""
    before = step_form(read, flow, form.name)
    if before is None:
        return {}
    form = replace(form, choices=tuple(_named(read, flow, form)))
    changes = _flow_changes(read, flow, lambda data: _write_step(data, flow, form, before))
    said, heard = sentence_changes(read, flow, form, before), _phrase_changes(read, flow, form, before)
    return {**changes, **said, **heard}


def added(read: ReadFiles, flow: str, after: str, new: StepForm) -> tuple[str, Changes]:
    """A new step behind `after`, leading where that one led: its name, and the files that change."""
    steps = raw_flow(read, flow)["steps"]
    name = name_for(new.name or new.texts.get("label") or new.texts.get("ask", ""), steps)
    onward = str(steps[after].get("to", "")) or "cloture.offre_sms"
    new = replace(new, name=name, ways={"to": onward} | ({"no": onward} if new.kind == "confirm" else {}))
    new = replace(new, choices=tuple(_named(read, flow, new)))
    blank = replace(new, texts={}, choices=(), conditions=())

    def change(data: Any) -> None:
        fields: dict[str, Any] = {"kind": new.kind}
        insert(data["steps"], name, in_braces(fields), after)
        _write_step(data, flow, new, blank)
        if new.kind in ("ask", "choose", "confirm"):
            data["steps"][name]["slot"] = name
            data["steps"][name]["unknown"] = onward
        if data["steps"][after].get("kind") not in ("end", "handoff"):
            data["steps"][after]["to"] = name

    changes = {**_flow_changes(read, flow, change), **sentence_changes(read, flow, new, blank)}
    return name, {**changes, **_phrase_changes(read, flow, new, blank)}


def removed(read: ReadFiles, flow: str, name: str) -> Changes:
    """The files without the step: whatever led to it leads where it led."""
    form = step_form(read, flow, name)
    if form is None:
        return {}
    onward = form.ways.get("to", "cloture.offre_sms")

    def change(data: Any) -> None:
        _redirect(data, flow, name, onward)
        if data["start"] == name and "." not in onward:
            data["start"] = onward
        del data["steps"][name]

    blank = replace(form, texts={}, choices=())
    return {**_flow_changes(read, flow, change), **sentence_changes(read, flow, blank, form)}


def moved(read: ReadFiles, flow: str, name: str, after: str) -> Changes:
    """The files with the step taken out of its place on the path and put in behind `after`."""
    steps = raw_flow(read, flow)["steps"]
    if name == after or name not in steps or after not in steps:
        return {}
    onward = str(steps[name].get("to", "cloture.offre_sms"))

    def change(data: Any) -> None:
        step = data["steps"][name]
        _redirect(data, flow, name, onward)
        if data["start"] == name and "." not in onward:
            data["start"] = onward
        led = str(data["steps"][after].get("to", "cloture.offre_sms"))
        data["steps"][after]["to"] = name
        for way in ("to", "no", "unknown"):
            if way == "to" or str(step.get(way, "")) == onward:
                _put(step, way, led if way in step or way == "to" else "")
        del data["steps"][name]
        insert(data["steps"], name, step, after)

    return _flow_changes(read, flow, change)


def _flow_changes(read: ReadFiles, flow: str, change: Callable[[Any], None]) -> Changes:
    before = read.flow_text(flow)
    after = edited(before, change)
    return {f"flows/{flow}.yaml": after} if after != before else {}


def _write_step(data: Any, flow: str, form: StepForm, before: StepForm) -> None:
    step = data["steps"][form.name]
    for way in WAYS:
        if form.ways.get(way, "") != before.ways.get(way, "") or way not in step:
            _put(step, way, form.ways.get(way, ""))
    _put(step, "expects", form.expects)
    _put(step, "fact", form.fact)
    _put(step, "stakes", form.stakes)
    if form.more != before.more:
        _put(step, "more", form.more)
    if form.texts.get("note") and not before.texts.get("note"):
        _put(step, "note", f"note_{form.name}")
    if not form.texts.get("note") and before.texts.get("note"):
        _put(step, "note", "")
    if form.kind == "choose" and form.expects != "intent":
        _put(step, "choices", [one.value for one in form.choices])
    _write_routes(step, form, before)


def _write_routes(step: Any, form: StepForm, before: StepForm) -> None:
    same = [(one.value, one.to) for one in form.choices] == [(one.value, one.to) for one in before.choices]
    if same and form.conditions == before.conditions:
        return
    slot = form.slot or step.get("slot") or form.name
    routes = [_route(Condition(slot, "is", one.value, one.to)) for one in form.choices if one.to]
    routes += [_route(one) for one in (*_unshown(step, before), *form.conditions) if one.to and one.value]
    if routes:
        step["routes"] = quoted([])
        step["routes"].extend(routes)
        step["routes"].fa.set_block_style() if not step.fa.flow_style() else None
    else:
        step.pop("routes", None)


def _unshown(step: Any, before: StepForm) -> list[Condition]:
    """Where answers lead that are understood and not offered: the page shows only the choices."""
    shown, found = {one.value for one in before.choices}, []
    for route in step.get("routes", ()) if before.kind == "choose" else ():
        when = route["when"]
        values = [str(value) for value in (when.get("is"), *when.get("in", ())) if value is not None]
        left = [value for value in values if value not in shown]
        if when.get("slot") == step.get("slot") and left:
            by = "is" if len(left) == 1 else "in"
            found.append(Condition(str(when["slot"]), by, ", ".join(left), str(route["to"])))
    return found


def _route(one: Condition) -> Any:
    value: Any = one.value
    if one.by == "in":
        value = [part.strip() for part in one.value.split(",") if part.strip()]
    elif re.fullmatch(r"-?\d+", one.value):
        value = int(one.value)
    return in_braces({"when": in_braces({"slot": one.slot, one.by: value}), "to": one.to})


def _put(step: Any, field: str, value: Any) -> None:
    if value in ("", False, None):
        step.pop(field, None)
    elif step.get(field) != value:
        step[field] = quoted(value)


def _redirect(data: Any, flow: str, name: str, to: str) -> None:
    """Whatever led to the step `name` leads to `to`."""
    for step in data["steps"].values():
        for place in (step, *step.get("routes", ())):
            for way in WAYS:
                if place.get(way) in (name, f"{flow}.{name}"):
                    place[way] = to


def _named(read: ReadFiles, flow: str, form: StepForm) -> list[Choice]:
    """The choices, new ones with a name of their own."""
    found: list[Choice] = []
    for one in form.choices:
        taken = dict.fromkeys(choice.value for choice in found)
        found.append(replace(one, value=one.value or name_for(one.label, taken)))
    return found


def _phrase_changes(read: ReadFiles, flow: str, form: StepForm, before: StepForm) -> Changes:
    """How people say the choices; a choice always has its own name as one way."""
    path, wanted = f"nlu/choices/{flow}.yaml", {}
    for one in form.choices:
        unheard = not one.known and not one.phrases
        wanted[one.value] = (one.label.lower(),) if unheard and one.label else one.phrases
    text = read.files.get(path, "")
    now = {value: tuple(map(str, said or ())) for value, said in (parse(text)[0] or {}).items()}
    differing = {value: said for value, said in wanted.items() if said != now.get(value, ())}
    if not differing:
        return {}

    def change(data: Any) -> None:
        for value, said in differing.items():
            if said:
                data[value] = quoted(list(said))
            else:
                data.pop(value, None)

    return {path: edited(text, change) or None}
