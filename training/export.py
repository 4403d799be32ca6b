"""Make a file of what was learned, for the package, and a model folder of it.

    python -m training.export var/training/run voicebot/speech/updates/whisper-phone.npz --scale 0.8
    python -m training.export var/training/run var/trial/half.npz --scale 0.5 --model var/trial/half

Prints the sha256 of the model's weights, which belongs into voicebot/speech/models.yaml.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
from pathlib import Path

import torch

from training.learn import RANK, VAR
from training.whisper import Adapted, Whisper
from voicebot.speech import adaptation, weights
from voicebot.speech.adaptation import Update

BASE = VAR / "models" / "whisper-base"


def main() -> None:
    """Write the update, and the model when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("run", type=Path, help="a folder that training.learn made")
    parser.add_argument("target", type=Path)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--model", type=Path, help="a folder that shall hold the whole model")
    chosen = parser.parse_args()
    chosen.target.parent.mkdir(parents=True, exist_ok=True)
    adaptation.write(chosen.target, learned(chosen.run / "checkpoint.pt", chosen.scale))
    folder = chosen.model or chosen.target.with_suffix("")
    print(whole(chosen.target, folder))
    if not chosen.model:
        shutil.rmtree(folder)


def learned(checkpoint: Path, scale: float) -> Update:
    """The update in a checkpoint, its strength times `scale`."""
    whisper = Whisper(weights.read(BASE / "model.bin"), RANK)
    state = torch.load(checkpoint, weights_only=True)
    whisper.load_state_dict(state["learned"], strict=False)
    layers = [layer for layer in whisper.modules() if isinstance(layer, Adapted)]
    print(f"step {state['step']}, {len(layers)} layers")
    return Update(scale * layers[0].strength, {layer.name: _matrices(layer) for layer in layers})


def _matrices(layer: Adapted) -> tuple[weights.Array, weights.Array]:
    return layer.first.detach().half().numpy(), layer.second.detach().half().numpy()


def whole(update: Path, folder: Path) -> str:
    """Write a model folder with the update in it; the sha256 of its weights."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in BASE.iterdir():
        if path.name != "model.bin":
            shutil.copy(path, folder)
    weights.write(
        folder / "model.bin", adaptation.added(weights.read(BASE / "model.bin"), adaptation.read(update))
    )
    return hashlib.sha256((folder / "model.bin").read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
