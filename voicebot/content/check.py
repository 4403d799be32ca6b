"""Checks all written content together: flows, prompts, and the phrases by which choices are recognised."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from voicebot.content.fact_rule import check_facts, facts_of
from voicebot.content.folders import Content
from voicebot.content.keypad_rule import check_keys
from voicebot.content.phone_number_rule import check_numbers
from voicebot.content.sms_length_rule import LongValues, check_telephone_words, check_text_costs
from voicebot.content.sms_walk_rule import check_text_walks
from voicebot.datafile import DataFile, Finding, finding, names, read_layers
from voicebot.dialogue.documents import prompts
from voicebot.dialogue.flow import OTHER, SAFE
from voicebot.dialogue.session import Place
from voicebot.dialogue.steps import ChooseStep, ConfirmStep
from voicebot.flows.check import Known, check
from voicebot.flows.load import Written, read_flows
from voicebot.nlu.vocabulary import answer_words, check_words, choice_words
from voicebot.prompts import Prompts, plain
from voicebot.prompts.load import LONG_VALUES, TOPICS, Book, PromptEntry, read_prompts

_DANGERS = "danger.yaml"
#: The prompts of this file are texted, never spoken.
_TEXTED = "sms."
#: In how many ways people say each answer, at least, before it is understood well.
FEWEST_WORDINGS = 12
_AMOUNT = re.compile(r"\d\s*(?:€|euros?\b)")


def check_all(content: Content, lookups: Mapping[str, Collection[str]] | None = None) -> list[Finding]:
    """All findings about the content, by file and line.

    `lookups` are the known lookups with the slots each one fills; None leaves them unchecked. If a file
    cannot be read, only that is reported, because everything else would follow from it.
    """
    return check_read(content, read_flows(*content.flows), read_content_prompts(content), lookups)


def read_content_prompts(content: Content) -> Book:
    """The prompts of `content`, with the values of its own facts."""
    return read_prompts(*content.prompts, facts_file=facts_of(content))


def check_read(
    content: Content, written: Written, book: Book, lookups: Mapping[str, Collection[str]] | None = None
) -> list[Finding]:
    """Like `check_all`, of flows and prompts that were just read from `content`."""
    phrases = [read_layers(name, content.choices, adding=True) for name in names(content.choices)]
    dangers = read_layers(_DANGERS, content.nlu, adding=True)
    jargon, wrong = plain.read_jargon(*content.prompts)
    values = read_layers(LONG_VALUES, content.prompts)
    unreadable = [
        *content.unread(),
        *check_words(content.intents, content.choices),
        *written.findings,
        *book.findings,
        *wrong,
        *dangers.findings,
        *values.findings,
    ]
    if unreadable or jargon is None or book.words is None:
        return sorted(unreadable)
    known = Known(
        choices=frozenset(value for file in phrases for value in file.data or ()),
        topics=frozenset(book.topics),
        lookups=lookups,
        dangers=frozenset(dangers.data or ()),
        beneath=content.beneath(),
    )
    said = Prompts(book.entries, book.topics, book.words)
    read_only = never_spoken(written, book.entries)
    # Of our files that an association lays its own over, only what no longer leads anywhere is its concern.
    language = (
        *plain.check(book.entries, jargon, read_only),
        *plain.check_topics(read_layers(TOPICS, content.prompts), book.topics, jargon),
        *check_numbers(written.flows.by_name, book.entries, jargon, read_only),
        *_amounts(written, book.entries),
        *check_facts(content, book.entries),
        *_without_number(read_layers(TOPICS, content.prompts), book, written),
        *check_text_costs(said, LongValues(values.data, said), offering_other(written)),
        *check_telephone_words(said, jargon),
        *check_keys(said, read_only),
        *check_text_walks(said, written, LongValues(values.data, said)),
    )
    language = (*language, *_few_wordings(written, content))
    told = (each for each in language if each.file not in known.beneath)
    return sorted([*check(written, book.entries, known), *told])


def never_spoken(written: Written, entries: Mapping[str, PromptEntry]) -> frozenset[str]:
    """The prompts that are only texted or printed, never spoken: notes, cards, and all of sms.yaml."""
    steps = [step for flow in written.flows.by_name.values() for step in flow.steps.values()]
    notes = {step.note for step in steps if step.note}
    spoken = {step.prompt for step in steps if step.kind != "lookup"}
    spoken |= {f"{step.prompt}{SAFE}" for step in steps}
    return frozenset(
        notes
        | {f"{note}{SAFE}" for note in notes}
        | {prompts(document)["note"] for document in written.documents}
        | {key for card in written.cards.values() for key in card}
        | {key for key in entries if key.startswith(_TEXTED)}
    ) - frozenset(spoken)


def _few_wordings(written: Written, content: Content) -> Iterator[Finding]:
    """Each choice, and each yes and no at which something is at stake, is said in enough ways.

    Ours only: whoever begins a procedure of their own publishes it and adds what people say as it comes.
    """
    if content.own:
        return
    own, choices = answer_words(content.nlu), choice_words(content.nlu)
    for flow in written.flows.by_name.values():
        for step in flow.steps.values():
            asks = isinstance(step, ChooseStep) and step.expects == "choice" and not step.among
            if not asks and not (isinstance(step, ConfirmStep) and step.high_stakes):
                continue
            for answer in step.expecting().answers:
                said = {*own.get(step.prompt, {}).get(answer, ()), *choices.get(answer, ())}
                if answer != OTHER and len(said) < FEWEST_WORDINGS:
                    words = {"step": step.name, "prompt": step.prompt, "answer": answer}
                    counted = {"count": len(said), "fewest": FEWEST_WORDINGS}
                    yield written.finding("few_wordings", Place(flow.name, step.name), **words, **counted)


def offering_other(written: Written) -> frozenset[str]:
    """The prompts of questions that offer "autre chose" after their choices."""
    steps = (step for flow in written.flows.by_name.values() for step in flow.steps.values())
    return frozenset(
        step.prompt for step in steps if step.ways.get("other") and step.expecting().kind == "choice"
    )


def _without_number(file: DataFile, book: Book, written: Written) -> Iterator[Finding]:
    """A topic without a flow is answered by its number alone, so it must have one."""
    for topic, known in book.topics.items():
        if not known.number and topic not in written.flows.by_name:
            yield file.finding("topic_without_number", topic, topic=topic)


def _amounts(written: Written, entries: Mapping[str, PromptEntry]) -> Iterator[Finding]:
    """Sums of money change: a step that says one names a fact that expires, and then omits the sum."""
    for flow in written.flows.by_name.values():
        for step in flow.steps.values():
            lasting = [f"{key}{SAFE}" for key in step.expiring] or [step.prompt, step.note or ""]
            for entry in (entries[key] for key in lasting if key in entries):
                if any(_AMOUNT.search(text) for text in entry.texts.values()):
                    words = {"prompt": entry.key, "step": step.name}
                    yield finding("amount_without_fact", entry.file, entry.line, **words)
