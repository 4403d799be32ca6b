"""Sound keeps its content and its time whatever comes from the telephone."""

from __future__ import annotations

import contextlib
import io
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from voicebot.errors import AudioError
from voicebot.speech import audio
from voicebot.speech.audio import Pcm, Upsampler


def tone(hz: float, rate_hz: int = audio.TELEPHONE_HZ, amplitude: float = 10000.0) -> Pcm:
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(rate_hz) / rate_hz)).astype(np.int16)


def strength(pcm: Pcm, hz: int) -> float:
    """How much of one frequency is in one second of sound, in decibels."""
    spectrum = np.abs(np.fft.rfft(pcm * np.hanning(len(pcm))))
    return float(20 * np.log10(spectrum[hz * len(pcm) // audio.RECOGNIZER_HZ] + 1e-9))


def test_mulaw_is_the_one_of_g711() -> None:
    codes = bytes([0x00, 0x0F, 0x3F, 0x7F, 0x80, 0xA5, 0xFF])
    assert audio.decode(codes).tolist() == [-32124, -16764, -1980, 0, 32124, 6652, 0]


def test_every_code_survives_a_round_trip() -> None:
    codes = bytes(code for code in range(256) if code != 0x7F)  # 0x7F is a second zero
    assert audio.encode(audio.decode(codes)) == codes


@given(arrays(np.int16, st.integers(0, 300)))
def test_companding_changes_a_sample_by_less_than_a_sixteenth(pcm: Pcm) -> None:
    again = audio.decode(audio.encode(pcm)).astype(int)
    assert len(again) == len(pcm)
    assert (np.abs(again - np.clip(pcm.astype(int), -32124, 32124)) <= np.abs(pcm.astype(int)) / 16 + 8).all()


@given(st.binary(max_size=20000))
def test_any_payload_is_some_audio_time(payload: bytes) -> None:
    pcm, whole = audio.decode_payload(payload)
    assert audio.FRAME_BYTES <= len(pcm) <= audio.MAX_PAYLOAD_BYTES
    assert whole == (len(payload) == audio.FRAME_BYTES)


def test_an_empty_payload_is_one_silent_frame() -> None:
    pcm, whole = audio.decode_payload(b"")
    assert (len(pcm), int(np.abs(pcm).max()), whole) == (audio.FRAME_BYTES, 0, False)


def test_frames_are_of_20_ms_and_the_last_is_filled_up() -> None:
    mulaw = audio.encode(tone(440)[:400])
    cut = list(audio.frames(mulaw))
    assert [len(frame) for frame in cut] == [160, 160, 160]
    assert b"".join(cut) == mulaw + audio.SILENT_FRAME[:80]


def test_the_upsampler_gives_every_frame_after_the_same_delay() -> None:
    upsampler = Upsampler()
    sizes = [len(upsampler.accept(frame)) for frame in tone(440).reshape(-1, 160)]
    assert sum(sizes) == 16000 - audio.UPSAMPLER_DELAY
    assert set(sizes[2:]) == {320}
    assert len(upsampler.finish()) == audio.UPSAMPLER_DELAY


@given(st.lists(st.integers(0, 700), max_size=12))
def test_the_size_of_chunks_does_not_change_the_sound(sizes: list[int]) -> None:
    sound = tone(440)
    at_once, in_pieces = Upsampler(), Upsampler()
    pieces = [in_pieces.accept(piece) for piece in np.split(sound, np.minimum(np.cumsum(sizes), 8000))]
    expected = np.concatenate((at_once.accept(sound), at_once.finish()))
    found = np.concatenate((*pieces, in_pieces.finish()))
    assert np.abs(found.astype(int) - expected).max() <= 2  # soxr rounds with dither


def test_the_upsampler_keeps_the_voice_band_and_adds_no_mirror_image() -> None:
    upsampler = Upsampler()
    wide = np.concatenate((upsampler.accept(tone(3400)), upsampler.finish()))
    original = strength(tone(3400, audio.RECOGNIZER_HZ), 3400)
    assert strength(wide, 3400) == pytest.approx(original, abs=0.5)
    assert strength(wide, 8000 - 3400) < original - 60


def test_resampling_leaves_out_what_the_lower_rate_cannot_carry() -> None:
    assert audio.level(audio.resample(tone(6000, 16000), 16000, 8000)[500:-500]) < -60
    assert audio.level(audio.resample(tone(1000, 16000), 16000, 8000)) == pytest.approx(-13.3, abs=0.2)
    assert len(audio.resample(tone(1000, 24000), 24000, 8000)) == 8000


def test_levels_are_in_decibels_of_full_scale() -> None:
    assert audio.level(np.full(100, -32768, np.int16)) == 0
    assert audio.level(tone(440, amplitude=32767)) == pytest.approx(-3, abs=0.05)
    assert audio.level(np.zeros(100, np.int16)) == audio.level(np.zeros(0, np.int16)) == audio.SILENT_DBFS


def test_a_wav_file_can_be_read_again(tmp_path: Path) -> None:
    audio.write_wav(tmp_path / "a.wav", tone(440), 8000)
    pcm, rate_hz = audio.read_wav(tmp_path / "a.wav")
    assert rate_hz == 8000
    assert np.array_equal(pcm, tone(440))


def test_both_sides_of_a_call_fit_into_one_file(tmp_path: Path) -> None:
    left, right = np.full(300, 1000, np.int16), np.full(200, 3000, np.int16)
    audio.write_stereo_wav(tmp_path / "call.wav", left, right, 8000)
    with wave.open(str(tmp_path / "call.wav")) as file:
        assert (file.getnchannels(), file.getnframes()) == (2, 300)
    mixed, _ = audio.read_wav(tmp_path / "call.wav")
    assert (mixed[0], mixed[299]) == (2000, 500)


def test_a_file_that_is_no_sound_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("this is no sound")
    (tmp_path / "empty.wav").touch()
    for name in ("text.wav", "empty.wav", "absent.wav"):
        with pytest.raises(AudioError, match=rf"{name}: expected a WAV file of 16-bit PCM"):
            audio.read_wav(tmp_path / name)


def test_a_file_of_24_bits_is_heard_as_one_of_16(tmp_path: Path) -> None:
    samples = np.array([-32768, -1, 0, 1, 12345, 32767], np.int32)
    with wave.open(str(tmp_path / "studio.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(3)
        file.setframerate(48_000)
        file.writeframes(b"".join(int(one * 256 + 255).to_bytes(3, "little", signed=True) for one in samples))
    pcm, rate_hz = audio.read_wav(tmp_path / "studio.wav")
    assert (pcm.tolist(), rate_hz) == (samples.tolist(), 48_000)


@given(data=st.binary(max_size=300), start=st.integers(0, 44))
def test_no_bytes_can_do_more_than_be_refused(data: bytes, start: int) -> None:
    whole = audio.wav_bytes(tone(440)[:100], 8000)
    for file in (data, whole[:start] + data, whole[:start] + data + whole[start + len(data) :]):
        with contextlib.suppress(AudioError):
            pcm, rate_hz = audio.parse_wav(io.BytesIO(file), "a file")
            assert pcm.dtype == np.int16
            assert rate_hz > 0


def test_a_file_of_another_depth_is_refused(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "old.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes(100))
    with pytest.raises(AudioError, match="expected 16-bit or 24-bit samples, got 8 bits"):
        audio.read_wav(tmp_path / "old.wav")


def test_a_file_cut_off_in_the_middle_gives_what_is_left(tmp_path: Path) -> None:
    audio.write_stereo_wav(tmp_path / "a.wav", tone(440), tone(440), 8000)
    whole = (tmp_path / "a.wav").read_bytes()
    (tmp_path / "a.wav").write_bytes(whole[: 44 + 4 * 100 + 3])
    pcm, _ = audio.read_wav(tmp_path / "a.wav")
    assert len(pcm) == 100


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="cannot be written"):
        audio.write_wav(tmp_path / "nowhere" / "a.wav", tone(440), 8000)
