"""What the person can say at any moment: repeat, slower, back, menu, help, a human, stop."""

from __future__ import annotations

from collections.abc import Callable

from voicebot.dialogue.action import CallBack, ChangeChannel, Forget, OptOut
from voicebot.dialogue.asking import ask, offer, offer_choice
from voicebot.dialogue.documents import slot as document_slot
from voicebot.dialogue.meaning import NEXT, Expecting, Meaning
from voicebot.dialogue.memory import withdrawn
from voicebot.dialogue.needs import open_need, taken_up
from voicebot.dialogue.policy import CORRECTABLE, OWN_WORDS
from voicebot.dialogue.practice import cleared, over
from voicebot.dialogue.recovery import HUMAN, no_match, unknown
from voicebot.dialogue.replace import replace
from voicebot.dialogue.session import Place
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.walk import accept, enter, send_summary


def command(turn: Turn, meaning: Meaning) -> Turn:
    """Carry out the command `meaning.intent`; one that would end the conversation must be certain."""
    if meaning.certainty != "sure" and meaning.intent in _LOSING:
        return no_match(turn)
    if meaning.intent in AT_A_TIME and meaning.ahead and turn.style.at_once:
        slots = {**turn.session.slots, "rappel": meaning.ahead}
        return enter(over(turn).change(slots=slots), turn.flows.wished)
    asked_first = _REACHING.get(meaning.intent)
    if asked_first and meaning.text and meaning.score < OWN_WORDS and turn.expecting.kind != "intent":
        return offer(turn, *asked_first)
    return COMMANDS[meaning.intent](turn)


def go_back(turn: Turn, place: Place | None = None) -> Turn:
    """Repeat the question at `place`, or the last one answered; whatever came after it is forgotten.

    At the first question of a procedure, the one that was left for it is resumed.
    """
    trail = turn.session.trail
    need = open_need(turn)
    if not trail and need and need.place:
        return enter(taken_up(turn, need), need.place)
    if not trail:
        return ask(turn.change(pending=None).remark("common.back_none"))
    place = place or trail[-1]
    at = trail.index(place)
    slots = dict(turn.session.slots)
    for answered in trail[at:]:
        step = turn.flows.step(answered) if turn.flows.has(answered) else None
        slot = step.slot if step else None
        for filled in (slot or "", *(document_slot(paper) for paper in (step.documents if step else ()))):
            slots.pop(filled, None)
        turn = withdrawn(turn, slot)
    notes = tuple(note for note in turn.session.notes if note.after <= at)
    return enter(turn.change(trail=trail[:at], slots=slots, notes=notes), place)


def _repeat(turn: Turn) -> Turn:
    return turn.change(no_input=0).again()


def _slower(turn: Turn) -> Turn:
    return turn.change(pace="slow", no_input=0).remark("common.slower").again()


def _help(turn: Turn) -> Turn:
    return ask(turn, "help")


def _menu(turn: Turn) -> Turn:
    return enter(turn, turn.flows.question)


def _human(turn: Turn) -> Turn:
    return enter(turn, turn.flows.human_for(turn.session.topic))


def _stop(turn: Turn) -> Turn:
    turn = over(turn)
    unfinished = bool(turn.session.trail)
    return turn.say("common.goodbye").end("goodbye", "suspended" if unfinished else "ended")


def _next(turn: Turn) -> Turn:
    if turn.session.pending is None and turn.expecting.kind == "more":
        return accept(turn, NEXT)
    return no_match(turn, "small.answer_needed")


def _correct(turn: Turn) -> Turn:
    places = correctable(turn)
    if not places:
        return ask(turn.change(pending=None).remark("common.correct_none"))
    steps = [turn.flows.step(place) for place in places]
    slots = tuple(step.slot or step.name for step in steps)
    labels = tuple(step.question_name for step in steps)
    return offer_choice(turn, "correct", "common.correct_which", Expecting("choice", slots), labels)


def correctable(turn: Turn) -> tuple[Place, ...]:
    """The last questions whose answers were stored, latest first."""
    trail = [place for place in reversed(turn.session.trail) if turn.flows.has(place)]
    latest: dict[str, Place] = {}
    for place in trail:
        if slot := turn.flows.step(place).slot:
            latest.setdefault(slot, place)
    return tuple(latest.values())[:CORRECTABLE]


def _keypad(turn: Turn) -> Turn:
    if turn.session.channel != "voice":
        return ask(turn, "keys")
    asked = ask(turn.change(channel="keypad").remark("common.keypad_now"), "keys")
    return replace(asked, actions=(*asked.actions[:-1], ChangeChannel("keypad"), asked.actions[-1]))


def summarise(turn: Turn) -> Turn:
    """Text what was collected so far."""
    if turn.session.practice:
        return turn.remark("common.practice_unsent").again()
    if not turn.session.textable:
        return turn.remark("common.sms_no_number").again()
    keys = tuple(note.key for note in turn.session.notes)
    if turn.style.at_once and not keys:
        return ask(turn.remark("common.sms_nothing"))
    if keys and keys == turn.session.summarised:
        return _go_on(turn.remark("common.sms_already"))
    return _go_on(send_summary(turn).remark("common.sms_recorded"))


def _go_on(turn: Turn) -> Turn:
    """The question again; somebody who reads has the rest before them."""
    return ask(turn) if turn.style.at_once else turn.again()


def _forget(turn: Turn) -> Turn:
    if turn.session.channel == "sms":
        return forget(turn)
    return offer(turn, "forget", "common.forget_confirm")


def forget(turn: Turn) -> Turn:
    """Erase the person, also from this session."""
    empty = cleared(turn).change(slots={}, trail=(), notes=(), topic=None, spoken=(), remembered={})
    return empty.act(Forget()).say("common.forgotten").end("forgotten")


def call_back(turn: Turn) -> Turn:
    """Call whoever texts; on the telephone, a person is asked to."""
    if turn.session.channel != "sms":
        return enter(turn, turn.flows.human_for(turn.session.topic))
    turn = over(turn).cause(CallBack(turn.key)).remark("common.callback_soon")
    return turn.listen() if turn.session.spoken else ask(turn)


def _opt_out(turn: Turn) -> Turn:
    if turn.session.channel != "sms":
        return _stop(turn)
    return turn.act(OptOut()).say("common.opted_out").end("goodbye", "suspended")


#: Requests to be reached by somebody, at a time that may be named.
AT_A_TIME = frozenset({"rappel", "conseiller"})
COMMANDS: dict[str, Callable[[Turn], Turn]] = {
    "aide": _help,
    "clavier": _keypad,
    "conseiller": _human,
    "corriger": _correct,
    "menu": _menu,
    "ne_sait_pas": unknown,
    "oubli": _forget,
    "plus_lentement": _slower,
    "rappel": call_back,
    "recap_sms": summarise,
    "repeter": _repeat,
    "retour": go_back,
    "stop": _opt_out,
    "suite": _next,
    "terminer": _stop,
}
_LOSING = frozenset({"menu", "oubli", "terminer"})
#: What does something outside the conversation is asked first, unless it was said in so many words: at a
#: question, "par téléphone" and "avec quelqu'un" are answers. Command → our own question, and its prompt.
_REACHING = {
    "recap_sms": ("summary", "common.summary_confirm"),
    "conseiller": (HUMAN, "common.offer_human"),
    "rappel": ("call_back", "common.callback_confirm"),
}
