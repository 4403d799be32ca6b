"""A large file arrives whole or not at all, however bad the line."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path
from random import Random

import pytest

from tests.speech.publisher import Publisher, publishing
from voicebot.errors import ModelError
from voicebot.speech.download import download, unpack

CONTENT = Random(1).randbytes(300_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def ignore(done: int, total: int) -> None:
    pass


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, "content")
    return buffer.getvalue()


def tarred(*names: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:bz2") as file:
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.size = len(b"content")
            file.addfile(entry, io.BytesIO(b"content"))
    return buffer.getvalue()


def test_a_tar_is_unpacked_as_a_zip_is(tmp_path: Path) -> None:
    (tmp_path / "a.archive").write_bytes(tarred("model-1/tokens.txt", "model-1/test_wavs/0.wav"))
    unpack(tmp_path / "a.archive", "model-1", tmp_path / "model")
    assert (tmp_path / "model" / "tokens.txt").read_text() == "content"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.archive", "model"]


@pytest.mark.parametrize("name", ["../escaped", "/escaped", "other/escaped"])
def test_a_tar_with_entries_outside_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.archive").write_bytes(tarred("model-1/tokens.txt", name))
    with pytest.raises(ModelError, match="outside"):
        unpack(tmp_path / "a.archive", "model-1", tmp_path / "model")
    assert [path.name for path in tmp_path.iterdir()] == ["a.archive"]


def test_progress_is_told_in_bytes(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    with publishing(Publisher(CONTENT)) as publisher:
        download(publisher.url, tmp_path / "model.zip", lambda *bytes_: seen.append(bytes_), SHA256)
    assert (tmp_path / "model.zip").read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert seen == sorted(seen)


def test_a_broken_download_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with publishing(Publisher(CONTENT, breaks=2)) as publisher:
        download(publisher.url, tmp_path / "model.zip", ignore, SHA256)
    assert (tmp_path / "model.zip").read_bytes() == CONTENT
    assert publisher.asked[0] is None
    assert publisher.asked[1:] == ["bytes=150000-", "bytes=225000-"]


def test_what_an_earlier_run_left_is_used(tmp_path: Path) -> None:
    (tmp_path / "model.zip.part").write_bytes(CONTENT[:299_000])
    with publishing(Publisher(CONTENT)) as publisher:
        download(publisher.url, tmp_path / "model.zip", ignore, SHA256)
    assert publisher.asked == ["bytes=299000-"]
    assert (tmp_path / "model.zip").read_bytes() == CONTENT


def test_a_file_that_was_complete_before_is_only_checked(tmp_path: Path) -> None:
    (tmp_path / "model.zip.part").write_bytes(CONTENT)
    with publishing(Publisher(CONTENT)) as publisher:
        download(publisher.url, tmp_path / "model.zip", ignore, SHA256)
    assert (tmp_path / "model.zip").read_bytes() == CONTENT


def test_a_publisher_without_ranges_starts_again(tmp_path: Path) -> None:
    (tmp_path / "model.zip.part").write_bytes(b"x" * 1000)
    with publishing(Publisher(CONTENT, knows_ranges=False)) as publisher:
        download(publisher.url, tmp_path / "model.zip", ignore, SHA256)
    assert (tmp_path / "model.zip").read_bytes() == CONTENT


def test_a_wrong_checksum_leaves_nothing_behind(tmp_path: Path) -> None:
    with publishing(Publisher(CONTENT[:-1] + b"!")) as publisher, pytest.raises(ModelError, match="checksum"):
        download(publisher.url, tmp_path / "model.zip", ignore, SHA256)
    assert list(tmp_path.iterdir()) == []


def test_a_publisher_who_refuses_is_named(tmp_path: Path) -> None:
    with (
        publishing(Publisher(CONTENT, status=503)) as publisher,
        pytest.raises(ModelError, match=r"from 127\.0\.0\.1, got HTTP status 503; check the network"),
    ):
        download(publisher.url, tmp_path / "model.zip", ignore)


def test_a_host_that_cannot_be_reached_is_named_with_what_to_do(tmp_path: Path) -> None:
    with publishing(Publisher(CONTENT)) as publisher:
        pass  # it is gone now
    with pytest.raises(
        ModelError, match=r"from 127\.0\.0\.1, got ConnectError.*another machine.*at .*/model$"
    ):
        download(publisher.url, tmp_path / "model.zip", ignore)


def test_a_line_that_gives_nothing_any_more_is_given_up(tmp_path: Path) -> None:
    with (
        publishing(Publisher(b"x", breaks=99)) as publisher,
        pytest.raises(ModelError, match="RemoteProtocolError"),
    ):
        download(publisher.url, tmp_path / "model.zip", ignore)
    assert len(publisher.asked) == 3


def test_the_folder_of_an_archive_gets_our_name_and_replaces_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "old").touch()
    (tmp_path / "a.zip").write_bytes(zipped("published-1.0/am/final.mdl", "published-1.0/README"))
    unpack(tmp_path / "a.zip", "published-1.0", tmp_path / "model")
    found = sorted(
        path.relative_to(tmp_path / "model").as_posix() for path in (tmp_path / "model").rglob("*")
    )
    assert found == ["README", "am", "am/final.mdl"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "model"]


@pytest.mark.parametrize("name", ["../evil", "/evil", "m/../../evil", "other/file"])
def test_an_archive_that_reaches_outside_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.zip").write_bytes(zipped("m/file", name))
    with pytest.raises(ModelError, match="outside the folder"):
        unpack(tmp_path / "in" / "a.zip", "m", tmp_path / "in" / "model")
    assert [path.name for path in tmp_path.rglob("*")] == ["in", "a.zip"]


@pytest.mark.parametrize(
    "content", [b"", b"no archive", zipped("m/file")[:-30]], ids=["empty", "none", "cut"]
)
def test_a_damaged_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(ModelError, match="cannot be unpacked"):
        unpack(tmp_path / "a.zip", "m", tmp_path / "model")
    assert not (tmp_path / "model").exists()
