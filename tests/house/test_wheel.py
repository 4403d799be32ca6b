"""What `pip install .` gives runs from any folder: built, installed and used where no checkout is near."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from voicebot import packaged

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Installed:
    """An environment with nothing but the wheel, and the packages of the one that runs the tests."""

    home: Path

    def python(self, *arguments: str | Path, folder: Path) -> str:
        return self._run(self.home / "bin" / "python", *arguments, folder=folder)

    def voicebot(self, *arguments: str | Path, folder: Path) -> str:
        return self._run(self.home / "bin" / "voicebot", *arguments, folder=folder)

    def _run(self, *command: str | Path, folder: Path) -> str:
        kept = {name: value for name, value in os.environ.items() if name in ("HOME", "LANG", "PATH")}
        done = subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    built = ["wheel", "--no-deps", "--no-build-isolation", "-w", str(folder), str(ROOT)]
    subprocess.run([*pip, *built], check=True)
    (wheel,) = folder.glob("voicebot-*.whl")
    home = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    into = [*pip, "--python", str(home / "bin" / "python"), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(into, check=True)
    (packages,) = (home / "lib").glob("python*/site-packages")
    others = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "zz_other_packages.pth").write_text("\n".join(others), encoding="utf-8")
    return Installed(home)


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """An empty folder."""
    folder = tmp_path / "nowhere"
    folder.mkdir()
    return folder


@pytest.mark.slow
def test_it_is_the_wheel_that_runs_and_it_holds_all_that_is_written(
    installed: Installed, nowhere: Path
) -> None:
    asked = (
        "from voicebot import packaged as p; print(p.CHECKOUT, *(p.packaged(), p.PROMPTS, p.CONVERSATIONS))"
    )
    checkout, *folders = map(Path, installed.python("-c", asked, folder=nowhere).split())
    assert checkout == Path("None")
    package, prompts, conversations = folders
    assert package.is_relative_to(installed.home)
    assert files(prompts) == files(packaged.PROMPTS)
    assert files(conversations) == files(packaged.CONVERSATIONS)
    assert {name for name in files(packaged.packaged()) if "__pycache__" not in name} <= set(files(package))


@pytest.mark.slow
def test_a_conversation_by_sms_goes_on_from_an_empty_folder(installed: Installed, nowhere: Path) -> None:
    asked = installed.voicebot("text", "demander le RSA", folder=nowhere)
    assert "RSA" in asked
    assert "segments charged" in asked


@pytest.mark.slow
def test_a_call_by_keypad_is_answered_from_an_empty_folder(installed: Installed, nowhere: Path) -> None:
    written = installed.voicebot("call", "--keypad", "--keys", "2", "--json", folder=nowhere)
    prompts = [json.loads(line).get("prompt") for line in written.splitlines()]
    assert len([prompt for prompt in prompts if prompt]) >= 2, written


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
