"""Everything that is shipped passes the checks that its writers are asked to pass."""

from __future__ import annotations

import re
from pathlib import Path

from tests.content_copy import content_copy
from voicebot.app import LOOKUPS
from voicebot.content.check import check_all
from voicebot.content.folders import checkout
from voicebot.dialogue.flow import OTHER
from voicebot.dialogue.meaning import ENTITY_KINDS
from voicebot.dialogue.policy import NUMBER_KINDS
from voicebot.flows.load import load_flows
from voicebot.prompts.load import read_prompts
from voicebot.prompts.plain import measure

ROOT = Path(__file__).parents[2]


def test_every_shipped_flow_and_prompt_is_sound() -> None:
    assert list((ROOT / "voicebot" / "flows").glob("*.yaml")), "no flow is shipped"
    found = check_all(checkout(ROOT), LOOKUPS)
    assert not found, "\n".join(map(str, found))


def test_everything_that_the_engine_says_is_written() -> None:
    entries = read_prompts(ROOT / "prompts" / "fr").entries
    sources = [path.read_text() for path in (ROOT / "voicebot" / "dialogue").glob("*.py")]
    said = {key for text in sources for key in re.findall(r'"(common\.\w+)"', text)}
    said |= {f"common.keys_{kind}" for kind in NUMBER_KINDS} | {f"common.{OTHER}"}
    said |= {f"common.value_{kind}" for kind in (*ENTITY_KINDS, "choice") if kind != "yes_no"}
    said |= {f"common.known_{kind}" for kind in (*ENTITY_KINDS, "choice")}
    assert len(said) > 30
    assert sorted(said - set(entries)) == []


def test_the_engines_own_prompts_say_only_what_it_knows_then() -> None:
    entries = read_prompts(ROOT / "prompts" / "fr").entries
    assert "common.help" in entries
    about_topic = {"common.topic_confirm", "common.switch_confirm", "common.resume", "common.proposed"}
    about_topic |= {"common.take_up", "common.last_topic"}
    for key, entry in entries.items():
        if key.startswith("common."):
            read_back = {
                "common.value_": {"value", "question"},
                "common.answered_ahead": {"value", "topic"},
                "common.known_": {"value", "question"},
                "common.to_verify": {"who"},
            }
            known = next((slots for start, slots in read_back.items() if key.startswith(start)), set())
            assert entry.slots <= (known | ({"topic"} if key in about_topic else set())), key


def test_the_places_that_the_engine_goes_to_exist() -> None:
    flows = load_flows(ROOT / "voicebot" / "flows")
    fixed = (flows.welcome, flows.question, flows.human, flows.no_flow, flows.danger_place(""))
    assert [place for place in fixed if not flows.has(place)] == []


def test_a_mistake_in_shipped_content_is_found(tmp_path: Path) -> None:
    content_copy(tmp_path)
    common = tmp_path / "prompts" / "fr" / "common.yaml"
    common.write_text(common.read_text() + "essai_long: Un. Deux. Trois.\n")
    assert [
        (each.file.split("/")[-1], "3 phrases" in each.text) for each in check_all(checkout(tmp_path))
    ] == [("common.yaml", True)]


def test_a_sum_of_money_without_an_end_is_found_also_in_the_words_for_afterwards(tmp_path: Path) -> None:
    content_copy(tmp_path)
    prompts = tmp_path / "prompts" / "fr" / "carte_identite.yaml"
    text = prompts.read_text().replace('sms: "Retrait à la même mairie,', 'sms: "30 euros, et retrait,', 1)
    prompts.write_text(text.replace("n'est pas gratuit. La mairie", "coûte 25 euros. La mairie", 1))
    found = [each.text for each in check_all(checkout(tmp_path)) if "dit une somme" in each.text]
    assert sorted(text.split("»")[0] for text in found) == [
        "« carte_identite.prix_perdue_sans_chiffre ",
        "« carte_identite.retrait ",
    ]


def test_the_shipped_prompts_are_easy_to_read() -> None:
    measured = measure(read_prompts(ROOT / "prompts" / "fr").entries)
    assert measured
    assert {flow: each.readability for flow, each in measured.items() if each.readability < 60} == {}
