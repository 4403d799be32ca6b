"""The sentences of a step, written over the packaged ones: only what differs from them is in our file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voicebot.datafile.yaml_edit import edited, quoted
from voicebot.editing.checking import ReadFiles
from voicebot.editing.folder import Changes
from voicebot.editing.step_form import StepForm, packaged_sentences, prompt_key, raw_flow
from voicebot.prompts.load import VARIANTS

_PARTS = (*VARIANTS, "label")


def sentence_changes(read: ReadFiles, flow: str, form: StepForm, before: StepForm) -> Changes:
    """The file of sentences after the step says what `form` says, if that differs from `before`."""
    written = raw_flow(read, flow).get("steps", {}).get(form.name, {})
    key, note = written.get("prompt") or form.name, written.get("note") or f"note_{form.name}"
    wanted: dict[str, dict[str, str]] = {}
    if prompt_key(flow, key).startswith(f"{flow}."):
        wanted[key.rpartition(".")[2]] = {part: form.texts.get(part, "") for part in _PARTS}
    if prompt_key(flow, note).startswith(f"{flow}."):
        wanted[note.rpartition(".")[2]] = {"ask": form.texts.get("note", "")}
    options = {one.value: one.label for one in form.choices}
    old = {one.value: one.label for one in before.choices}
    same = all(form.texts.get(part, "") == before.texts.get(part, "") for part in (*_PARTS, "note"))
    if same and options == old:
        return {}
    path, packaged = f"prompts/{flow}.yaml", packaged_sentences(read, flow)
    text = read.files.get(path, "")

    def change(data: Any) -> None:
        for name, parts in wanted.items():
            _lay(data, name, parts, packaged.get(name, {}))
        unshown = _unshown(data, key.rpartition(".")[2], old)
        _lay_options(data, key.rpartition(".")[2], {**options, **unshown}, packaged)

    after = edited(text, change)
    return {path: after or None} if after != text else {}


def _lay(data: Any, name: str, parts: Mapping[str, str], packaged: Mapping[str, Any]) -> None:
    """Write what differs from the packaged sentence, and nothing else."""
    now = data.get(name)
    item = {"ask": now} if isinstance(now, str) else now
    differing = {part: text for part, text in parts.items() if text and text != packaged.get(part)}
    if isinstance(item, dict):
        gone = [part for part in parts if part in item and part not in differing]
        for part in gone:
            del item[part]
    if not differing and not item:
        data.pop(name, None)
        return
    if (item is None or isinstance(now, str)) and set(differing) == {"ask"}:
        if now != differing["ask"]:
            data[name] = quoted(differing["ask"])
        return
    if not isinstance(now, dict):
        data[name] = quoted({})
    for part, text in differing.items():
        if data[name].get(part) != text:
            data[name][part] = quoted(text)


def _unshown(data: Any, name: str, shown: Mapping[str, str]) -> Mapping[str, str]:
    """The names in our file of answers that are understood and not offered."""
    item = data.get(name)
    own = item.get("options", {}) if isinstance(item, dict) else {}
    return {str(value): str(label) for value, label in own.items() if value not in shown}


def _lay_options(data: Any, name: str, options: Mapping[str, str], packaged: Mapping[str, Any]) -> None:
    known = packaged.get(name, {}).get("options", {})
    item = data.get(name)
    differing = {value: label for value, label in options.items() if label and label != known.get(value)}
    if not differing:
        if isinstance(item, dict):
            item.pop("options", None)
        return
    if not isinstance(item, dict):
        data[name] = quoted({"ask": item} if isinstance(item, str) else {})
    if dict(data[name].get("options", {})) != differing:
        data[name]["options"] = quoted(differing)
