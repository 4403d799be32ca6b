"""The combined answer of an utterance's clauses: contrast, correction, denial, what is left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from voicebot.dialogue.flow import OTHER
from voicebot.dialogue.meaning import NO, YES, Certainty
from voicebot.nlu.closed.clauses import Clause
from voicebot.nlu.closed.wordings import Evidence, Spoken, Wordings

#: Evidence below this weight is merely a hint.
_WEAK = 0.3
#: Of two answers in one clause, the heavier counts if it is heavier by this factor.
_CLEARLY = 1.25
#: A word that tells this much and is explained by nothing makes a "mais" doubtful.
_UNEXPLAINED = 0.3
_OPPOSITE = {YES: NO, NO: YES}


@dataclass(frozen=True)
class Closed:
    """An answer to a closed question. `left` is the share of what was said that nothing explains.

    `out` are the choices that were refused. `answer` is None when nothing or too much was answered.
    """

    answer: str | None
    certainty: Certainty
    left: float
    weight: float = 0.0
    own: bool = False
    out: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Said:
    """What one clause answers; `clash` if it supports two answers equally."""

    clause: Clause
    answer: str | None
    evidence: Evidence | None
    out: frozenset[str]
    clash: bool = False


def answered(clauses: Sequence[Clause], wordings: Wordings, answers: Collection[str]) -> Closed:
    """What `clauses` answer at a question with these `answers`."""
    yes_no = set(answers) == {YES, NO}
    said = [_said(wordings.spoken(clause), yes_no) for clause in clauses]
    out = frozenset(answer for each in said for answer in each.out)
    kept = _kept(said)
    left = _left(said)
    if kept is None or (out and kept[0].answer == OTHER):
        remaining = [answer for answer in answers if answer not in out and answer != OTHER]
        only = remaining[0] if out and len(remaining) == 1 else None
        return Closed(only, "unsure" if only is None else "sure", left, 1.0 if only else 0.0, True, out)
    state, doubtful = kept
    evidence = state.evidence
    assert evidence is not None
    sure = not doubtful and evidence.weight * evidence.closeness >= _WEAK
    return Closed(
        state.answer, "sure" if sure else "unsure", left, evidence.weight, evidence.own, out - {state.answer}
    )


def _said(spoken: Spoken, yes_no: bool) -> _Said:
    clause = spoken.clause
    for_, out = dict(spoken.for_), frozenset[str]()
    if yes_no:
        for answer, evidence in spoken.against.items():
            if evidence.own:
                other = replace(evidence, answer=_OPPOSITE[answer])
                if other.answer not in for_ or evidence.weight > for_[other.answer].weight:
                    for_[other.answer] = other
    else:
        out = frozenset(a for a, e in spoken.against.items() if a not in for_)
        if clause.refused and for_:
            out |= frozenset(a for a, e in for_.items() if not _explains_refusal(e, clause))
            for_ = {a: e for a, e in for_.items() if a not in out}
    if not for_:
        return _Said(clause, None, None, out)
    if yes_no and NO in for_ and not any(e.own for e in for_.values()):
        for_ = {NO: for_[NO]}  # "oui c'est faux", "non ça va"
    ranked = sorted(for_.values(), key=lambda e: (e.weight * e.closeness, e.own), reverse=True)
    best = ranked[0]
    if len(ranked) > 1:
        other = ranked[1]
        near = best.weight * best.closeness < _CLEARLY * other.weight * other.closeness
        if near and not (best.own and not other.own) and not other.used < best.used:
            return _Said(clause, best.answer, best, out, clash=True)
    return _Said(clause, best.answer, best, out)


def _explains_refusal(evidence: Evidence, clause: Clause) -> bool:
    """Whether the refusal itself is part of the phrase ("je sais pas faire")."""
    said = [clause.words[place] for place in evidence.used]
    return any(word.answers for word in said) or (
        any(word.denied for word in said) and evidence.closeness > 0.9
    )


def _kept(said: Sequence[_Said]) -> tuple[_Said, bool] | None:
    """The clause whose answer counts, and whether there is a doubt."""
    answering = [each for each in said if each.answer is not None]
    answering = [each for each in answering if each.answer != OTHER] or answering
    if not answering:
        return None
    now = [each for each in answering if not each.clause.past] or answering
    state, doubtful = now[0], now[0].clash
    begun = said.index(state)
    for each in said[begun + 1 :]:
        if each.answer == OTHER and each not in answering:
            continue
        if each.answer is None:
            doubtful = doubtful or (
                each.clause.joint in ("but", "now") and _unexplained(each.clause, ()) >= _UNEXPLAINED
            )
            continue
        if each.clause.past and each not in now:
            continue
        if each.answer == state.answer:
            stronger = _strength(each) > _strength(state)
            state = each if stronger else state
            doubtful = doubtful and each.clash
        elif each.clause.joint in ("instead", "but", "now"):
            state, doubtful = each, each.clash
        elif each.clause.joint != "because":
            strong, weak = (each, state) if _strength(each) > _strength(state) else (state, each)
            own = _own(strong) and not _own(weak)
            state, doubtful = strong, not own or strong.clash
    return state, doubtful


def _own(said: _Said) -> bool:
    return said.evidence is not None and said.evidence.own


def _strength(said: _Said) -> tuple[bool, float]:
    evidence = said.evidence
    return (evidence.own, evidence.weight) if evidence else (False, 0.0)


def _unexplained(clause: Clause, used: Collection[int]) -> float:
    return max((w.weight for place, w in enumerate(clause.words) if place not in used), default=0.0)


def _left(said: Sequence[_Said]) -> float:
    """The share of the weight of all words that no evidence accounts for."""
    total = sum(each.clause.weight for each in said)
    used = sum(
        each.clause.words[place].weight for each in said if each.evidence for place in each.evidence.used
    )
    return 1 - used / total if total else 0.0
