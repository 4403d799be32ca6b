"""The spoken file in the core: what goes in, what comes back, which papers are asked for again."""

from __future__ import annotations

import pytest

from tests.dialogue.flows import FLOWS, place
from tests.dialogue.talk import Talk
from voicebot.dialogue.digits import is_complete, read
from voicebot.dialogue.documents import HAVE, LACK, LISTED, missing, next_paper
from voicebot.dialogue.meaning import Expecting
from voicebot.dialogue.session import Note, Session
from voicebot.dialogue.spoken_file import CODE, FILE, NUMBER, begun, found, is_guest, progress, ticks
from voicebot.dialogue.steps import DocumentsStep
from voicebot.dialogue.turn import Turn

CODE_ASKED = Expecting("code")


def session(**more: object) -> Session:
    usual = {"status": "open", "topic": "apl", "place": place("cloture.souvenir")}
    return Session("CA1", "p1", **{**usual, **more})  # type: ignore[arg-type]


def test_progress_is_the_procedure_the_last_question_and_the_notes() -> None:
    trail = (place("apl.code"), place("apl.qui"), place("apl.prix"), place("cloture.souvenir"))
    told = progress(FLOWS, session(trail=trail, notes=(Note("apl.note_prix", 1), Note("apl.note_rib", 2))))
    assert told == {
        "file_topic": "apl",
        "file_reached": "apl.qui",
        "file_notes": "apl.note_prix,apl.note_rib",
    }


def test_other_lookups_are_told_nothing_of_it() -> None:
    assert progress(FLOWS, session(place=place("rsa.cherche"), trail=(place("rsa.age"),))) == {}


def test_an_opened_file_takes_the_place_of_what_was_spoken_of() -> None:
    before = {"age": 30, "document_bail": LACK, CODE: "4071", NUMBER: "0639980001", "textable": "yes"}
    turn = Turn(FLOWS, session(topic="rsa", slots=before, trail=(place("rsa.age"),)))
    result = {"file_topic": "apl", "file_notes": "apl.note_prix", LISTED: "rib", "document_bail": HAVE}
    after = found(turn, {**result, FILE: "p1/abc"}).session
    assert (after.topic, after.trail, after.notes) == ("apl", (), (Note("apl.note_prix", 0),))
    assert (after.slots["document_bail"], missing(after.slots)) == (HAVE, ("rib",))
    assert {CODE, NUMBER} & set(after.slots) == set()


def test_code_and_number_are_gone_after_the_lookup_that_used_them() -> None:
    turn = Turn(FLOWS, session(slots={"age": 30, CODE: "4071", NUMBER: "0639980001"}))
    assert dict(found(turn, {"file_found": "no"}).session.slots) == {"age": 30, "file_found": "no"}


def test_only_papers_that_are_there_and_the_file_go_on_into_the_procedure() -> None:
    slots = {"age": 30, "document_rib": HAVE, "document_bail": LACK, FILE: "p1/abc"}
    assert ticks(slots) == {"document_rib": HAVE, FILE: "p1/abc"}


@pytest.mark.parametrize(("ref", "guest"), [("p1/abc", False), ("p2/abc", True)])
def test_a_file_of_another_telephone_makes_a_guest(ref: str, guest: bool) -> None:
    assert is_guest(session(slots={FILE: ref})) is guest
    assert not is_guest(session())


def test_something_can_be_kept_once_a_question_was_answered_and_not_in_practice() -> None:
    assert begun(session(trail=(place("apl.code"),)))
    assert not begun(session())
    assert not begun(session(trail=(place("apl.code"),), practice=True))


def test_among_the_papers_only_the_listed_ones_are_asked_for() -> None:
    step = DocumentsStep("papiers", "documents.debut", documents=("rib", "bail", "photo"), among=LISTED)
    where = place("mon_dossier.papiers")
    slots = {LISTED: "bail,photo"}
    first = next_paper(step, where, slots)
    assert first
    assert first.document == "bail"
    second = next_paper(step, where, {**slots, "document_bail": HAVE})
    assert second
    assert second.document == "photo"
    assert next_paper(step, where, {**slots, "document_bail": HAVE, "document_photo": HAVE}) is None


def test_listed_papers_are_missing_until_they_are_there() -> None:
    assert missing({LISTED: "bail,photo"}) == ("bail", "photo")
    assert missing({LISTED: "bail,photo", "document_bail": HAVE}) == ("photo",)
    assert missing({LISTED: "bail,photo", "document_bail": LACK}) == ("photo", "bail")


@pytest.mark.parametrize(
    ("digits", "value"), [("4071", "4071"), ("0401", "0401"), ("407", None), ("407#", None), ("40715", None)]
)
def test_a_typed_code_has_four_digits_and_keeps_its_zeros(digits: str, value: str | None) -> None:
    assert read(digits, CODE_ASKED).value == value


def test_a_code_is_complete_at_its_fourth_digit_and_commands_still_work() -> None:
    assert not is_complete("407", CODE_ASKED)
    assert is_complete("4071", CODE_ASKED)
    assert read("*6", CODE_ASKED).intent == "ne_sait_pas"
    assert read("0#", CODE_ASKED).intent == "conseiller"


def test_mon_dossier_without_such_a_flow_is_told_as_any_procedure_without_one() -> None:
    talk = Talk()
    talk.start()
    talk.says_intent("rsa")
    assert talk.says_intent("mon_dossier") == ["common.switch_confirm"]
    assert talk.says_value("yes")[0] in ("accueil.numero", "accueil.question")
