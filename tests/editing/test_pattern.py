"""A new procedure passes every check at once, whether it comes from the pattern or is a copy."""

from __future__ import annotations

import pytest

from tests.console.author import READER
from voicebot.editing.pattern import NewProcedure, begun
from voicebot.editing.step_form import raw_flow
from voicebot.editing.workshop import laid_on
from voicebot.errors import DataError

NEW = NewProcedure("carte_grise", "la carte grise", "la préfecture", "3400", "service-public.fr, carte grise")


@pytest.mark.parametrize("like", ["", "energie", "rsa", "carte_identite"])
def test_a_procedure_begun_has_nothing_to_correct(like: str) -> None:
    shipped = READER.read({})
    after = READER.read(laid_on({}, begun(shipped, NEW, like)))
    assert after.findings == ()
    assert raw_flow(after, "carte_grise")["flow"] == "carte_grise"
    if like:
        assert list(raw_flow(after, "carte_grise")["steps"]) == list(raw_flow(shipped, like)["steps"])
        key = raw_flow(shipped, like)["start"]
        texts = after.book.entries
        assert texts[f"carte_grise.{key}"].texts == texts[f"{like}.{key}"].texts


def test_a_name_that_is_taken_is_refused_in_french() -> None:
    with pytest.raises(DataError, match="déjà pris"):
        begun(READER.read({}), NewProcedure("rsa", "le RSA", "la CAF", "3230", "caf.fr"))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (("Bourse Scolaire", "la bourse", "le collège", "3939", "education.gouv.fr"), "bourse_scolaire"),
        (("bourse", 'la "bourse"', "le collège", "3939", "education.gouv.fr"), "sans guillemets"),
        (("bourse", "la bourse", "le collège", "39", "education.gouv.fr"), "n'est pas un numéro"),
    ],
)
def test_who_writes_is_answered_in_french(fields: tuple[str, ...], said: str) -> None:
    with pytest.raises(DataError, match=said):
        NewProcedure(*fields)
