"""Recording by telephone, decision by decision, with real takes and a real Redis."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from redis.asyncio import Redis

from tests.speech.test_take import in_room, read_aloud
from voicebot.channels.studio.dialogue import StudioAct, StudioTalk
from voicebot.prompts import Prompts
from voicebot.prompts.recordable import recordables
from voicebot.sound import Audio, Speech
from voicebot.speech.audio import RECOGNIZER_HZ, TELEPHONE_HZ, Pcm, level, resample
from voicebot.speech.recordings import Recordings
from voicebot.store.audit import Audit
from voicebot.store.studio_codes import Pass, StudioCodes
from voicebot.studio import Studio

GROUP = "entrainement"
PERSON = "somebody"


@pytest.fixture
def studio(prompts: Prompts, tmp_path: Path) -> Studio:
    return Studio(Recordings(tmp_path / "recordings"), recordables(prompts), lambda: 1_780_000_000.0)


@pytest.fixture
def talk(studio: Studio, prompts: Prompts, redis: Redis) -> StudioTalk:
    return StudioTalk(PERSON, studio, StudioCodes(redis), Audit(redis), prompts)


def said(act: StudioAct | None) -> str:
    assert act is not None, "expected something to be said"
    return " ".join(piece.text for piece in act.sounds if isinstance(piece, Speech))


def read(text: str, **room: float) -> Pcm:
    return resample(in_room(read_aloud(text), **room), RECOGNIZER_HZ, TELEPHONE_HZ)


async def press(talk: StudioTalk, keys: str) -> StudioAct | None:
    """The last of what comes of some keys."""
    act = None
    for key in keys:
        act = await talk.press(key)
    return act


async def entered(talk: StudioTalk, redis: Redis, group: str = GROUP) -> StudioAct:
    code = await StudioCodes(redis).offer(PERSON, Pass("awa", group))
    assert said(await talk.begin()).endswith("Tapez votre code à six chiffres.")
    act = await press(talk, code)
    assert act
    return act


def texts(studio: Studio, group: str = GROUP) -> list[str]:
    return [what.text for what in studio.texts if what.group == group]


async def test_the_right_code_opens_and_the_first_text_is_said_before_the_beep(
    talk: StudioTalk, studio: Studio, redis: Redis
) -> None:
    act = await entered(talk, redis)
    first, count = texts(studio)[0], len(texts(studio))
    assert said(act).startswith(f"Phrases à enregistrer : {count}.")
    assert said(act).endswith(first)
    assert act.then == "record"
    beep = act.sounds[-1]
    assert isinstance(beep, Audio)
    assert level(beep.pcm) > -30


async def test_a_wrong_code_is_asked_again_and_then_refused(
    talk: StudioTalk, redis: Redis, studio: Studio
) -> None:
    code = await StudioCodes(redis).offer(PERSON, Pass("awa", ""))
    wrong = f"{(int(code) + 1) % 10**6:06}"
    await talk.begin()
    for expected, then in (("Tapez encore", "keys"), ("Tapez encore", "keys"), ("un autre code", "leave")):
        act = await press(talk, f"12#{wrong}")
        assert act
        assert expected in said(act)
        assert act.then == then
    assert not studio.recordings.texts()


async def test_a_good_take_is_played_and_kept_with_one_key(
    talk: StudioTalk, studio: Studio, redis: Redis
) -> None:
    await entered(talk, redis)
    first, second = texts(studio)[:2]
    act = await talk.heard(read(first))
    assert isinstance(act.sounds[0], Audio)
    assert level(act.sounds[0].pcm) == pytest.approx(-21, abs=3)
    assert "Pour garder, tapez 1" in said(act)
    assert studio.recordings.version(first) is None, "it is not kept before they say so"
    act2 = await talk.press("1")
    assert act2
    assert said(act2) == f"C'est gardé. {second}"
    assert studio.recordings.version(first)
    (deed,) = await Audit(redis).latest()
    assert (deed.who, deed.did) == ("awa", "recorded")


async def test_a_bad_take_is_explained_and_asked_again_and_after_three_the_next_is_offered(
    talk: StudioTalk, studio: Studio, redis: Redis
) -> None:
    await entered(talk, redis)
    first, second = texts(studio)[:2]
    for _ in range(2):
        act = await talk.heard(read(first, noise_dbfs=-90, gain_db=-30))
        assert said(act) == f"C'est trop faible. Rapprochez le téléphone. {first}"
        assert act.then == "record"
    act = await talk.heard(np.zeros(8000, np.int16))
    assert said(act).startswith("Je n'ai rien entendu.")
    assert act.then == "keys"
    assert await talk.press("1") is None, "there is nothing to keep"
    assert said(await talk.press("3")) == second


async def test_a_take_can_be_done_again(talk: StudioTalk, studio: Studio, redis: Redis) -> None:
    await entered(talk, redis)
    first = texts(studio)[0]
    await talk.heard(read(first))
    act = await talk.press("2")
    assert act
    assert (said(act), act.then) == (first, "record")
    assert await talk.press("1") is None, "the take that was thrown away cannot be kept"


async def test_zero_ends_the_call_with_thanks(talk: StudioTalk, studio: Studio, redis: Redis) -> None:
    await entered(talk, redis)
    await talk.heard(read(texts(studio)[0]))
    await talk.press("1")
    act = await talk.press("0")
    assert act
    assert act.then == "leave"
    assert "Merci pour votre voix" in said(act)


async def test_who_stops_before_anything_is_kept_is_told_so(talk: StudioTalk, redis: Redis) -> None:
    await entered(talk, redis)
    assert said(await talk.press("0")) == "D'accord, on arrête. Rien n'a changé."


async def test_silence_is_helped_twice_and_then_ends(talk: StudioTalk, studio: Studio, redis: Redis) -> None:
    await entered(talk, redis)
    await talk.heard(read(texts(studio)[0]))
    for _ in range(2):
        act = await talk.waited()
        assert "pour passer, tapez 3" in said(act).lower()
        assert act.then == "keys"
    assert (await talk.waited()).then == "leave"


async def test_what_changed_comes_first_and_what_is_recorded_not_at_all(
    talk: StudioTalk, studio: Studio, redis: Redis
) -> None:
    group = [what for what in studio.texts if what.group == GROUP]
    changed, recorded = group[3], group[0]
    studio.recordings.keep("autre chose", changed.keys, np.full(8000, 99, np.int16), 0.0)
    studio.recordings.keep(recorded.text, recorded.keys, np.full(8000, 99, np.int16), 0.0)
    assert said(await entered(talk, redis)).endswith(changed.text)
    asked = [said(await talk.press("3")) for _ in range(len(group) - 2)]
    assert recorded.text not in asked
    assert said(await talk.press("3")) == "D'accord, on arrête. Rien n'a changé."


async def test_when_all_is_recorded_there_is_nothing_to_do(
    talk: StudioTalk, studio: Studio, redis: Redis
) -> None:
    for what in studio.texts:
        if what.group == GROUP:
            studio.recordings.keep(what.text, what.keys, np.full(8000, 99, np.int16), 0.0)
    act = await entered(talk, redis)
    assert (said(act), act.then) == ("Toutes les phrases sont déjà enregistrées. Merci.", "leave")


async def test_a_folder_that_cannot_be_written_to_ends_the_call_with_a_sentence(
    talk: StudioTalk, studio: Studio, redis: Redis
) -> None:
    await entered(talk, redis)
    await talk.heard(read(texts(studio)[0]))
    studio.recordings.folder.write_text("no folder")
    act = await talk.press("1")
    assert act
    assert act.then == "leave"
    assert "Prévenez la personne" in said(act)
