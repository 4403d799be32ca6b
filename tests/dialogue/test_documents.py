"""Papers are asked for one by one, explained, and the missing ones are kept in mind."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.dialogue.flows import FLOWS, place
from tests.dialogue.talk import Talk
from voicebot.dialogue.action import HandOff, SendSummary
from voicebot.dialogue.documents import ANSWERS, HAVE, LACK, WHAT, missing, slot
from voicebot.dialogue.session import Place

PAPERS = ("rib", "bail")


def at_papers(channel: str = "voice") -> Talk:
    """A call in which the first paper was just asked for."""
    talk = Talk()
    talk.start(channel)
    talk.says_intent("apl")
    talk.says_value("75018")
    talk.says_value("yes")
    assert talk.says_value("seul") == ["documents.debut", "documents.rib"]
    return talk


def test_who_has_everything_is_told_so_and_goes_on() -> None:
    talk = at_papers()
    assert talk.says_value(HAVE) == ["documents.bail"]
    assert talk.says_value(HAVE) == ["documents.complet", "apl.prix"]
    assert missing(talk.session.slots) == ()


def test_how_to_get_a_missing_paper_is_told_at_once_and_what_is_missing_at_the_end() -> None:
    talk = at_papers()
    assert talk.says_value(LACK) == ["documents.rib_obtenir", "documents.bail"]
    assert talk.says_value(HAVE) == ["documents.manque"]
    assert talk.says[-1].slots["missing"] == "rib"
    assert talk.says_value("next") == ["apl.prix"]


def test_an_unknown_paper_is_explained_and_asked_again() -> None:
    talk = at_papers()
    assert talk.says_value(WHAT) == ["documents.rib_explication"]
    assert talk.says_value(HAVE) == ["documents.bail"]
    assert talk.session.slots[slot("rib")] == HAVE


def test_not_knowing_is_like_asking_what_it_is_and_twice_means_missing() -> None:
    talk = at_papers()
    assert talk.says_intent("ne_sait_pas") == ["common.unknown_ok", "documents.rib_explication"]
    said = talk.says_intent("ne_sait_pas")
    assert said == ["common.unknown_ok", "documents.rib_obtenir", "documents.bail"]
    assert missing(talk.session.slots) == ("rib",)


def test_keys_answer_in_the_order_of_the_answers() -> None:
    talk = at_papers("keypad")
    assert [option.key for option in talk.says[-1].options] == ["1", "2", "3"]
    assert talk.presses("3") == ["documents.rib_explication"]
    assert talk.presses("2") == ["documents.rib_obtenir", "documents.bail"]
    assert talk.presses("1") == ["documents.manque"]


def test_the_answers_are_read_out_with_the_first_paper_and_when_somebody_is_lost() -> None:
    talk = at_papers()
    assert [option.label for option in talk.says[-1].options] == [f"documents.reponse.{a}" for a in ANSWERS]
    talk.says_value(HAVE)
    assert talk.says[-1].options == ()
    talk.says_nothing_clear()
    assert len(talk.says[-1].options) == len(ANSWERS)


def test_going_back_asks_the_last_paper_again_and_takes_its_note_back() -> None:
    talk = at_papers()
    talk.says_value(LACK)
    assert talk.says_intent("retour") == ["documents.rib"]
    assert talk.session.slots.get(slot("rib")) is None
    assert [note.key for note in talk.session.notes] == ["apl.note_papiers"]


def test_an_earlier_paper_can_be_corrected_by_its_name() -> None:
    talk = at_papers()
    talk.says_value(WHAT)
    talk.says_value(LACK)
    talk.says_intent("corriger")
    assert talk.says[-1].options[0].label == "documents.rib"
    assert talk.presses("1") == ["documents.rib_explication"]


def test_missing_papers_go_into_the_summary() -> None:
    talk = at_papers()
    talk.says_value(LACK)
    talk.says_value(HAVE)
    talk.says_value("next")
    talk.says_value("next")
    (summary,) = [action for action in talk.actions if isinstance(action, SendSummary)]
    assert summary.notes == ("apl.note_papiers", "documents.rib_note", "apl.note_prix")


def test_a_person_can_be_asked_for_at_any_paper() -> None:
    talk = at_papers()
    talk.says_value(LACK)
    talk.says_intent("conseiller")
    assert any(isinstance(action, HandOff) for action in talk.actions)


def test_a_paper_that_a_newer_flow_no_longer_asks_for_is_not_a_place() -> None:
    assert FLOWS.has(Place("apl", "papiers", "rib"))
    assert not FLOWS.has(Place("apl", "papiers", "passeport"))
    assert not FLOWS.has(Place("apl", "prix", "rib"))


@given(st.lists(st.sampled_from(ANSWERS), max_size=8))
def test_whatever_is_answered_every_paper_is_settled_in_at_most_two_answers(answers: list[str]) -> None:
    talk = at_papers()
    asked = 0
    for answer in [*answers, *[HAVE] * 4]:
        if not (talk.session.place and talk.session.place.document):
            break
        asked += 1
        talk.says_value(answer)
    kept = {paper: talk.session.slots[slot(paper)] for paper in PAPERS}
    assert asked <= 2 * len(PAPERS)
    assert set(missing(talk.session.slots)) == {paper for paper, answer in kept.items() if answer != HAVE}
    assert talk.session.place in (place("apl.prix"), Place("apl", "papiers", ".manque"))
