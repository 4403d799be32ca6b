"""The voice studio over HTTP: who may record, what is taken and what is refused, codes for the telephone."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import numpy as np
import pytest

from tests.console.conftest import SOMEBODY, Browser, Hire, OpenBrowser
from tests.speech.test_take import in_room, read_aloud
from voicebot.console.desk import Desk
from voicebot.console.guard import TOKEN_HEADER
from voicebot.console.pages import words
from voicebot.console.studio_takes import MOST_BYTES
from voicebot.sound import Speech
from voicebot.speech.audio import RECOGNIZER_HZ, TELEPHONE_HZ, Pcm, level, parse_wav, wav_bytes
from voicebot.speech.recordings import Recordings
from voicebot.store.studio_codes import Pass
from voicebot.studio import StudioLine

NAME = "accueil.question.ask"
TEXT = "Que puis-je faire pour vous ?"
WAV = {"content-type": "audio/wav"}
SAID = words()["studio"]["takes"]


def reading(text: str = TEXT) -> bytes:
    return wav_bytes(in_room(read_aloud(text)), RECOGNIZER_HZ)


@pytest.fixture
async def hers(browser: OpenBrowser, hire: Hire) -> AsyncIterator[Browser]:
    """The browser of an administrator who has opened the studio."""
    chief = await hire("Chantal Roy", "administrator")
    async with browser() as opened:
        await opened.sign_in(chief.email)
        await opened.open("/studio")
        yield opened


async def upload(
    who: Browser, body: bytes, what: str = "keep", name: str = NAME, **headers: str
) -> httpx.Response:
    found = re.search(r'data-token="([^"]+)"', who.page.text)
    assert found, "the page has no token for its script"
    sent = {TOKEN_HEADER: found[1], **WAV, **{key.replace("_", "-"): value for key, value in headers.items()}}
    path = f"/mediation/studio/takes/{name}/{what}"
    return await who.client.post(path, content=body, headers=sent)


def line(desk: Desk, name: str = NAME) -> StudioLine:
    what = desk.studio.find(name)
    assert what
    return desk.studio.line(what)


async def test_a_good_take_is_kept_and_spoken_from_then_on(hers: Browser, desk: Desk) -> None:
    before = desk.voice.audio(Speech(TEXT, NAME))
    answer = await upload(hers, reading())
    assert (answer.status_code, answer.json()["fine"], answer.json()["said"]) == (200, True, SAID["kept"])
    assert answer.json()["counts"]["recorded"] == 1
    assert line(desk).state == "recorded"
    after = desk.voice.audio(Speech(TEXT, NAME))
    assert not np.array_equal(before, after)
    page = await hers.open("/studio?state=recorded")
    assert TEXT.replace(" ?", "\u202f?") in page.text
    deeds = await desk.audit.latest()
    assert (deeds[0].did, deeds[0].about) == ("recorded", NAME)


async def test_a_take_that_is_judged_is_not_kept_yet_and_can_be_heard(hers: Browser, desk: Desk) -> None:
    answer = (await upload(hers, reading(), "judge")).json()
    assert (answer["fine"], answer["said"]) == (True, SAID["fine"])
    pcm, rate_hz = parse_wav(io.BytesIO(base64.b64decode(answer["sound"])), "heard")
    assert rate_hz == TELEPHONE_HZ
    assert level(pcm) > -30
    assert line(desk).state == "missing"


BAD: list[tuple[str, Pcm]] = [
    ("silent", np.zeros(RECOGNIZER_HZ, np.int16)),
    ("silent", np.zeros(0, np.int16)),
    ("loud", in_room(read_aloud(TEXT), gain_db=22)),
    ("quiet", in_room(read_aloud(TEXT), noise_dbfs=-90, gain_db=-30)),
    ("noisy", in_room(read_aloud(TEXT), noise_dbfs=-35)),
    ("short", in_room(read_aloud("que"))),
]


@pytest.mark.parametrize(("why", "pcm"), BAD)
@pytest.mark.parametrize("what", ["judge", "keep"])
async def test_what_is_wrong_with_a_take_is_said_in_one_sentence(
    hers: Browser, desk: Desk, why: str, pcm: Pcm, what: str
) -> None:
    answer = await upload(hers, wav_bytes(pcm, RECOGNIZER_HZ), what)
    assert answer.status_code == 200
    assert (answer.json()["fine"], answer.json()["said"]) == (False, SAID[why])
    assert line(desk).state == "missing"


REFUSED: list[tuple[str, int, bytes, dict[str, Any]]] = [
    ("empty", 422, b"", {}),
    ("format", 422, b"\x00\xff" * 5000, {}),
    ("format", 422, reading()[:30], {}),
    ("format", 422, b"RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00" + bytes(16) + b"data", {}),
    ("huge", 413, bytes(MOST_BYTES + 1), {}),
    ("format", 415, reading(), {"content_type": "audio/mpeg"}),
    ("format", 415, b"a=1", {"content_type": "application/x-www-form-urlencoded"}),
    ("unknown", 404, reading(), {"name": "rien.du.tout"}),
]


@pytest.mark.parametrize(("why", "status", "body", "more"), REFUSED)
async def test_what_is_no_take_is_refused_in_one_sentence(
    hers: Browser, recordings: Recordings, why: str, status: int, body: bytes, more: dict[str, Any]
) -> None:
    for what in ("judge", "keep"):
        answer = await upload(hers, body, what, **more)
        assert answer.status_code == status
        assert (answer.json()["fine"], answer.json()["said"]) == (False, SAID[why])
    assert not recordings.texts()


async def test_no_take_is_taken_without_its_token(hers: Browser, recordings: Recordings) -> None:
    for token in ("", "0" * 24):
        assert (await upload(hers, reading(), x_token=token)).status_code == 403
    assert not recordings.texts()


async def test_mediators_do_not_record(
    browser: OpenBrowser, hire: Hire, hers: Browser, recordings: Recordings
) -> None:
    leo = await hire("Léo Martin")
    async with browser() as his:
        await his.sign_in(leo.email)
        his.page = hers.page
        assert (await upload(his, reading())).status_code == 403
    assert not recordings.texts()


async def test_only_the_studio_may_hear(hers: Browser) -> None:
    assert "microphone=(self)" in (await hers.open("/studio")).headers["permissions-policy"]
    for path in ("/", "/team", "/audit"):
        assert "microphone=()" in (await hers.open(path)).headers["permissions-policy"]


async def test_its_page_needs_no_script_or_style_within(hers: Browser) -> None:
    page = (await hers.open("/studio?group=all")).text
    assert " style=" not in page
    assert "<style" not in page
    assert "onclick" not in page
    assert all("src=" in tag for tag in page.split("<script")[1:])
    for module in ("sound", "recorder", "wav", "telephone-worklet", "resampler", "mulaw"):
        assert (await hers.open(f"/static/sound/{module}.js")).status_code == 200


async def test_how_a_text_sounds_today_can_be_heard(hers: Browser) -> None:
    answer = await hers.open(f"/studio/sounds/{NAME}")
    pcm, rate_hz = parse_wav(io.BytesIO(answer.content), "heard")
    assert (answer.headers["content-type"], rate_hz) == ("audio/wav", TELEPHONE_HZ)
    assert 0.8 < len(pcm) / rate_hz < 4
    assert (await hers.open("/studio/sounds/rien.du.tout")).status_code == 404


async def test_a_text_that_changed_is_shown_with_what_was_said(hers: Browser, desk: Desk) -> None:
    what = desk.studio.find(NAME)
    assert what
    desk.studio.recordings.keep("Que voulez-vous ?", what.keys, np.full(8000, 99, np.int16), 0.0)
    page = await hers.open(f"/studio?group=all&state=stale&line={NAME}")
    assert "Le texte a changé" in page.text
    assert "Que voulez-vous" in page.text
    assert '<strong data-count="stale">1</strong> phrase a changé' in page.text


async def test_a_recording_can_be_removed(hers: Browser, desk: Desk) -> None:
    await upload(hers, reading())
    await hers.open("/studio")
    page = await hers.send(f"/studio/remove/{NAME}")
    assert "L’enregistrement est effacé" in page.text
    assert line(desk).state == "missing"
    assert (await hers.send("/studio/remove/rien.du.tout")).status_code == 404


async def test_the_texts_of_a_procedure_by_their_state(hers: Browser, desk: Desk) -> None:
    await upload(hers, reading())
    first = await hers.open("/studio")
    assert first.text.count('data-state="recorded"') == 1
    assert "L’accueil" in first.text
    done = await hers.open("/studio?group=accueil&state=recorded")
    assert done.text.count("data-line=") == 1
    rsa = await hers.open("/studio?group=rsa")
    assert rsa.text.count("data-line=") == sum(one.group == "rsa" for one in desk.studio.texts)
    nothing = await hers.open("/studio?group=rsa&state=recorded")
    assert "Aucune phrase n’est dans cet état" in nothing.text
    assert (await hers.open("/studio?group=jardinage&state=x&line=y")).status_code == 200


async def test_every_group_of_texts_has_a_french_name(hers: Browser, desk: Desk) -> None:
    page = await hers.open("/studio")
    names = dict(re.findall(r'<option value="([a-z_]+)"[^>]*>(.+) \(\d+ sur \d+\)</option>', page.text))
    assert set(names) == {what.group for what in desk.studio.texts} | {"all"}
    unnamed = [group for group, name in names.items() if name == group]
    assert unnamed == [], "name them in voicebot/console/fr/words.yaml, under studio.groups"


async def test_a_code_for_the_telephone_is_shown_once(hers: Browser, desk: Desk) -> None:
    page = await hers.send("/studio/code", number="06 39 98 00 11", group="rsa")
    shown = re.search(r"<code>(\d{6})</code>", page.text)
    assert shown
    assert shown[1] not in (await hers.open("/studio")).text
    granted = await desk.codes.take(desk.privacy.pseudonym(SOMEBODY), shown[1])
    assert granted
    assert granted == Pass(granted.account_id, "rsa")


async def test_a_number_that_is_none_gets_no_code(hers: Browser) -> None:
    page = await hers.send("/studio/code", number="06 12", group="rsa")
    assert page.status_code == 422
    assert words()["wrong"]["number"] in page.text
