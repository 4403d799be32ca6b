"""What may become of a draft, and who may do it."""

from __future__ import annotations

import pytest

from voicebot.editing.draft import (
    Draft,
    Refused,
    asked,
    changed,
    draft_of,
    publication_of,
    published,
    sent_back,
    undone,
    written,
)

FILES = {"flows/a.yaml": "un", "flows/b.yaml": "deux"}


def begun() -> Draft:
    new = {"flows/a.yaml": "neuf", "flows/c.yaml": "trois"}
    return changed(Draft("a", ("awa",), 1.0), new, FILES, "awa", 2.0)


def refusal(act, *given) -> str:
    with pytest.raises(Refused) as refused:
        act(*given)
    return refused.value.code


def test_the_base_is_what_was_there_when_a_file_was_first_changed() -> None:
    draft = begun()
    later = changed(draft, {"flows/a.yaml": "encore"}, {**FILES, "flows/a.yaml": "à la main"}, "bea", 3.0)
    assert later.base == draft.base
    assert later.authors == ("awa", "bea")


def test_what_is_as_published_again_is_no_change() -> None:
    draft = changed(begun(), {"flows/a.yaml": "un", "flows/b.yaml": None}, FILES, "awa", 3.0)
    assert draft.files == {"flows/b.yaml": None, "flows/c.yaml": "trois"}
    assert changed(Draft("a", ("awa",), 1.0), {"flows/a.yaml": "un"}, FILES, "awa", 2.0).files == {}


def test_a_change_after_asking_must_be_asked_again() -> None:
    draft = asked(begun(), "awa", "mieux")
    assert draft.state == "reading"
    assert changed(draft, {"flows/a.yaml": "autre"}, FILES, "awa", 3.0).state == "writing"


def test_who_may_do_what() -> None:
    draft = begun()
    assert refusal(asked, Draft("a", ("awa",), 1.0), "awa", "mieux") == "nothing_changed"
    assert refusal(asked, draft, "awa", "") == "why_missing"
    assert refusal(published, draft, 1, FILES, "bea", 3.0) == "not_asked"
    ready = asked(draft, "awa", "mieux")
    assert refusal(published, ready, 1, FILES, "awa", 3.0) == "own_draft"
    assert refusal(sent_back, ready, "") == "remark_missing"
    assert sent_back(ready, "trop long").remark == "trop long"
    assert published(ready, 1, FILES, "awa", 3.0, alone=True).read_by == "awa"


def test_a_publication_can_be_undone_and_everything_is_read_again() -> None:
    ready = asked(begun(), "awa", "mieux")
    done = published(ready, 7, FILES, "bea", 3.0)
    assert done.before == {"flows/a.yaml": "un", "flows/c.yaml": None}
    assert publication_of(written(done)) == done
    assert draft_of(written(ready)) == ready
    after = {**FILES, "flows/a.yaml": "neuf", "flows/c.yaml": "trois"}
    assert undone(done, after, "bea", 4.0).files == done.before
