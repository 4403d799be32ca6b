"""The smallest transducers that sherpa-onnx runs: they say "oui" once where it is loud.

No French model can be had without its publisher's site, so the engine is tried with these: real files with
the metadata that real ones carry (icefall's streaming LSTM, NeMo's transducer), each a few operations.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

#: The mean of the 80 features (logarithms of power) from which on it is loud.
LOUD = -11.0


def write_streaming(folder: Path) -> None:
    """Looks at nine frames, moves on by four."""
    folder.mkdir()
    save(
        folder / "encoder.onnx",
        [
            helper.make_node("Slice", ["x", "zero", "four", "one"], ["part"]),
            helper.make_node("ReduceMean", ["part"], ["encoder_out"], axes=[2], keepdims=1),
            helper.make_node("Identity", ["h"], ["next_h"]),
            helper.make_node("Identity", ["c"], ["next_c"]),
        ],
        [floats("x", "N", 9, 80), floats("h", 1, "N", 1), floats("c", 1, "N", 1)],
        [floats("encoder_out", "N", 4, 1), floats("next_h", 1, "N", 1), floats("next_c", 1, "N", 1)],
        {"zero": integers(0), "four": integers(4), "one": integers(1)},
        {
            "model_type": "lstm",
            "num_encoder_layers": 1,
            "T": 9,
            "decode_chunk_len": 4,
            "rnn_hidden_size": 1,
            "d_model": 1,
        },
    )
    save(
        folder / "decoder.onnx",
        [
            helper.make_node("Slice", ["y", "one", "two", "one"], ["last"]),
            helper.make_node("Cast", ["last"], ["decoder_out"], to=TensorProto.FLOAT),
        ],
        [helper.make_tensor_value_info("y", TensorProto.INT64, ["N", 2])],
        [floats("decoder_out", "N", 1)],
        {"one": integers(1), "two": integers(2)},
        {"vocab_size": 2, "context_size": 2},
    )
    save(
        folder / "joiner.onnx",
        [
            *oui("encoder_out", "decoder_out"),
            helper.make_node("Concat", ["blank", "oui"], ["logit"], axis=1),
        ],
        [floats("encoder_out", "N", 1), floats("decoder_out", "N", 1)],
        [floats("logit", "N", 2)],
        weights(),
        {"joiner_dim": 1},
    )
    (folder / "tokens.txt").write_text("<blk> 0\n▁oui 1\n", encoding="utf-8")


def write_whole(folder: Path) -> None:
    """Hears all frames; its blank is the last token, as NeMo has it."""
    folder.mkdir()
    save(
        folder / "encoder.int8.onnx",
        [
            helper.make_node("ReduceMean", ["audio_signal"], ["outputs"], axes=[1], keepdims=1),
            helper.make_node("Identity", ["length"], ["encoded_lengths"]),
        ],
        [floats("audio_signal", "B", 80, "T"), lengths("length", TensorProto.INT64)],
        [floats("outputs", "B", 1, "T"), lengths("encoded_lengths", TensorProto.INT64)],
        {},
        {
            "vocab_size": 1,
            "subsampling_factor": 1,
            "normalize_type": "",
            "pred_rnn_layers": 1,
            "pred_hidden": 1,
            "feat_dim": 80,
        },
    )
    states = [floats("states.1", 1, "B", 1), floats("onnx::Slice_3", 1, "B", 1)]
    save(
        folder / "decoder.int8.onnx",
        [
            helper.make_node("Cast", ["targets"], ["target"], to=TensorProto.FLOAT),
            helper.make_node("Sub", ["one", "target"], ["said"]),
            helper.make_node("Unsqueeze", ["said", "last"], ["outputs"]),
            helper.make_node("Identity", ["target_length"], ["prednet_lengths"]),
            helper.make_node("Identity", ["states.1"], ["states"]),
            helper.make_node("Identity", ["onnx::Slice_3"], ["162"]),
        ],
        [
            helper.make_tensor_value_info("targets", TensorProto.INT32, ["B", 1]),
            lengths("target_length", TensorProto.INT32),
            *states,
        ],
        [
            floats("outputs", "B", 1, 1),
            lengths("prednet_lengths", TensorProto.INT32),
            floats("states", 1, "B", 1),
            floats("162", 1, "B", 1),
        ],
        {"one": np.array([[1]], np.float32), "last": integers(2)},
        {},
    )
    save(
        folder / "joiner.int8.onnx",
        [
            *oui("encoder_outputs", "decoder_outputs"),
            helper.make_node("Concat", ["oui", "blank"], ["both"], axis=2),
            helper.make_node("Unsqueeze", ["both", "last"], ["column"]),
            helper.make_node("Transpose", ["column"], ["logits"], perm=[0, 1, 3, 2]),
        ],
        [floats("encoder_outputs", "B", 1, 1), floats("decoder_outputs", "B", 1, 1)],
        [floats("logits", "B", 1, 1, 2)],
        {**weights(), "last": integers(3)},
        {},
    )
    (folder / "tokens.txt").write_text("▁oui 0\n<blk> 1\n", encoding="utf-8")


def lengths(name: str, kind: int) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, ["B"])


def oui(sound: str, said: str) -> list[NodeProto]:
    """How likely "oui" is: as loud as it is, not at all where it was said before."""
    return [
        helper.make_node("Mul", [said, "again"], ["held"]),
        helper.make_node("Sub", [sound, "held"], ["beyond"]),
        helper.make_node("Sub", ["beyond", "loud"], ["oui"]),
        helper.make_node("Mul", ["oui", "none"], ["blank"]),
    ]


def weights() -> dict[str, NDArray[np.float32]]:
    return {
        "again": np.array([[100]], np.float32),
        "loud": np.array([[LOUD]], np.float32),
        "none": np.array([[0]], np.float32),
    }


def floats(name: str, *shape: int | str) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def integers(*values: int) -> NDArray[np.int64]:
    return np.array(values, np.int64)


def save(
    path: Path,
    nodes: Sequence[NodeProto],
    inputs: Sequence[ValueInfoProto],
    outputs: Sequence[ValueInfoProto],
    constants: dict[str, NDArray[np.int64] | NDArray[np.float32]],
    metadata: dict[str, str | int],
) -> None:
    known = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, known)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, {name: str(value) for name, value in metadata.items()})
    path.write_bytes(model.SerializeToString())
