"""What an author does to steps, in the files: as few lines as a careful person would change, and back."""

from __future__ import annotations

from dataclasses import replace
from difflib import ndiff
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.console.author import READER
from voicebot.editing import step_changes
from voicebot.editing.checking import ReadFiles
from voicebot.editing.step_form import Choice, Condition, StepForm, raw_flow, step_form
from voicebot.editing.workshop import laid_on

#: Twelve ways to say a choice, as many as `flows check` asks for.
BEGINNINGS, ENDS = ("j'attends", "il manque", "où est", "je veux"), ("l'argent", "le virement", "mon dû")


def form(read: ReadFiles, step: str, flow: str = "rsa") -> StepForm:
    found = step_form(read, flow, step)
    assert found
    return found


@pytest.fixture(scope="module")
def shipped() -> ReadFiles:
    return READER.read({})


def differing(before: str, after: str) -> list[str]:
    return [line for line in ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


def test_only_what_differs_from_the_packaged_sentence_is_written(shipped: ReadFiles) -> None:
    age = form(shipped, "age")
    new = replace(age, texts={**age.texts, "ask": "Vous avez quel âge ?"})
    files = step_changes.saved(shipped, "rsa", new)
    assert files == {"prompts/rsa.yaml": 'age: "Vous avez quel âge ?"\n'}
    after = READER.read(laid_on({}, files))
    assert form(after, "age").texts["ask"] == "Vous avez quel âge ?"
    assert form(after, "age").texts["retry"] == age.texts["retry"]
    assert step_changes.saved(after, "rsa", age) == {"prompts/rsa.yaml": None}


@pytest.mark.parametrize("flow", ["rsa", "carte_identite", "energie", "logement_social"])
def test_saving_what_was_shown_changes_nothing(shipped: ReadFiles, flow: str) -> None:
    for name in raw_flow(shipped, flow)["steps"]:
        assert step_changes.saved(shipped, flow, form(shipped, name, flow)) == {}, name


def test_a_new_choice_gets_a_name_a_way_and_a_phrase(shipped: ReadFiles) -> None:
    need = form(shipped, "besoin")
    ways = tuple(f"{begin} {end}" for begin in BEGINNINGS for end in ENDS)
    choices = (*need.choices, Choice("", "j'attends l'argent", "guide", phrases=ways))
    files = step_changes.saved(shipped, "rsa", replace(need, choices=choices))
    assert differing(shipped.flow_text("rsa"), str(files["flows/rsa.yaml"]))[-1].endswith(
        "{when: {slot: rsa_besoin, is: attends_argent}, to: guide}"
    )
    after = READER.read(laid_on({}, files))
    assert after.findings == ()
    assert [one.label for one in form(after, "besoin").choices] == [one.label for one in choices]
    fewer = replace(form(after, "besoin"), choices=need.choices)
    assert READER.read(laid_on(after.files, step_changes.saved(after, "rsa", fewer))).findings == ()


def test_answers_that_are_not_offered_keep_their_ways(shipped: ReadFiles) -> None:
    steps = raw_flow(shipped, "lettre")["steps"]
    name = "genre"
    assert steps[name]["unlisted"]
    sender = form(shipped, name, "lettre")
    first = replace(sender.choices[0], to="cloture.offre_sms")
    files = step_changes.saved(shipped, "lettre", replace(sender, choices=(first, *sender.choices[1:])))
    after = READER.read(laid_on({}, files))
    routes = raw_flow(after, "lettre")["steps"][name].get("routes", ())

    def led(routes: list[dict[str, Any]]) -> dict[str, str]:
        whens = [(route["when"], route["to"]) for route in routes]
        return {value: to for when, to in whens for value in (when.get("is"), *when.get("in", ())) if value}

    before = led(steps[name].get("routes", ()))
    assert led(routes) == {**before, first.value: "cloture.offre_sms"}


def test_a_condition_is_written_and_read_again(shipped: ReadFiles) -> None:
    age = form(shipped, "age")
    assert age.conditions == (Condition("age", "below", "25", "enfant"),)
    new = (Condition("age", "below", "18", "jeune_sans_rsa"), *age.conditions)
    files = step_changes.saved(shipped, "rsa", replace(age, conditions=new))
    after = READER.read(laid_on({}, files))
    assert after.findings == ()
    assert form(after, "age").conditions == new


def test_a_step_is_added_moved_and_taken_out_again(shipped: ReadFiles) -> None:
    new = StepForm("", "say", {"ask": "Prenez un rendez-vous à la mairie."}, {})
    name, files = step_changes.added(shipped, "rsa", "guide", new)
    assert name == "prenez_rendez_vous"
    added = READER.read(laid_on({}, files))
    assert added.findings == ()
    assert form(added, "guide").ways["to"] == name
    moved = READER.read(laid_on(added.files, step_changes.moved(added, "rsa", name, "apres")))
    assert moved.findings == ()
    assert form(moved, "guide").ways["to"] == "comment"
    assert form(moved, "apres").ways["to"] == name
    assert form(moved, name).ways["to"] == "inscription"
    back = step_changes.removed(moved, "rsa", name)
    assert laid_on(moved.files, back).get("prompts/rsa.yaml") is None
    assert back["flows/rsa.yaml"] == shipped.flow_text("rsa")


def test_the_first_step_can_go(shipped: ReadFiles) -> None:
    files = step_changes.removed(shipped, "energie", raw_flow(shipped, "energie")["start"])
    after = READER.read(laid_on({}, files))
    start = raw_flow(after, "energie")["start"]
    assert start in raw_flow(after, "energie")["steps"]


_STEPS = ("guide", "prime", "apres", "inscription", "contrat", "internet_garder")


def reached(read: ReadFiles) -> set[str]:
    """The steps to which some answer leads."""
    flow = raw_flow(read, "rsa")
    found, waiting = set[str](), [flow["start"]]
    while waiting:
        name = waiting.pop()
        if name in found or name not in flow["steps"]:
            continue
        found.add(name)
        step = flow["steps"][name]
        places = (step, *step.get("routes", ()))
        waiting += [
            place[way] for place in places for way in ("to", "no", "unknown", "other") if way in place
        ]
    return found


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_STEPS), st.sampled_from(_STEPS)), min_size=1, max_size=4))
def test_however_steps_are_moved_nothing_is_lost_or_unreachable(moves: list[tuple[str, str]]) -> None:
    read = READER.read({})
    names = set(raw_flow(read, "rsa")["steps"])
    for step, after in moves:
        read = replace(read, files=laid_on(read.files, step_changes.moved(read, "rsa", step, after)))
    assert set(raw_flow(read, "rsa")["steps"]) == names
    assert reached(read) == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Avez-vous reçu une lettre ?", "avez_vous_recu"),
        ("", "etape"),
        ("3939", "n_3939"),
        ("À la mairie !", "mairie"),
    ],
)
def test_a_step_is_named_after_its_words(text: str, name: str) -> None:
    assert step_changes.name_for(text, {}) == name
    assert step_changes.name_for(text, {name: 1}) == f"{name}_2"
