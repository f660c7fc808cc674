"""Writes what PyTorch computes for single layers and losses, and the cases as `network!` has them.

    pip install torch==2.15.0 numpy safetensors
    python tests/parity/layers.py

A case names a layer and its arguments, which both sides call the same, so the call in cases.rs and the module in PyTorch
come from one row. The input is a parameter too, so its gradient is looked at as that of any other: in cnn it is the
weight of a transposed convolution, which images of one pixel, each 1 in a channel of its own, leave as it is.
"""

import functools
import itertools
import pathlib

import torch
import torch.nn as nn
import torch.nn.functional as F
from generate import fill, images, sample
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
WHOLE = 1024  # of larger tensors 64 entries are stored
SCALE = 8.0  # inputs are in -8..8: on both sides of every kink
TARGET = 1_000_000  # stream of the gradient that comes back

PLANE = (2, 4, 7, 9)


# --- layers: (arguments, input's shape) ------------------------------------------------------------------------------


def windows(channels):
    """A grid of windows for convolutions, as arguments and input's shape."""
    sizes = [1, 2, 3, (4, 1), (2, 5)]
    strides = [1, 2, (1, 3), 4]  # 4 is more than most kernels
    paddings = [0, 1, (2, 0), 5]  # 5 is more than any needs
    dilations = [1, 2, (2, 1)]
    # Every pair of values of two arguments stands in some row.
    seen, rows = set(), []
    for row in itertools.product(sizes, strides, paddings, dilations):
        pairs = {(i, row[i], j, row[j]) for i in range(4) for j in range(i)}
        extents = [d * (k - 1) + 1 for d, k in zip(pair(row[3]), pair(row[0]))]
        fits = all(extent <= size + 2 * p for extent, size, p in zip(extents, PLANE[2:], pair(row[2])))
        if fits and len(pairs - seen) >= 3 + (len(rows) < 8):
            seen |= pairs
            rows.append(row)
    names = ["kernel_size", "stride", "padding", "dilation"]
    return [(dict(channels=channels, **dict(zip(names, row))), PLANE) for row in rows]


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


CONV2D = windows(6) + [
    (dict(channels=5, kernel_size=3, bias=False), (1, 3, 5, 5)),
    # Groups; as many as channels; two outputs of each; with the rest.
    (dict(channels=6, kernel_size=3, padding=1, groups=2), PLANE),
    (dict(channels=8, kernel_size=1, groups=4), PLANE),
    (dict(channels=6, kernel_size=(2, 3), stride=(3, 1), padding=(1, 2), dilation=(1, 2), groups=2), PLANE),
    (dict(channels=4, kernel_size=3, padding=1, groups=4), PLANE),
    (dict(channels=4, kernel_size=3, stride=2, padding=1, groups=4, bias=False), PLANE),
    (dict(channels=4, kernel_size=(2, 4), padding=3, dilation=(3, 2), groups=4), PLANE),
    (dict(channels=8, kernel_size=5, stride=(1, 2), padding=2, groups=4), PLANE),
    (dict(channels=19, kernel_size=3, padding=1, groups=19), (3, 19, 5, 6)),
    # Planes of one pixel, one row, one column; a kernel as large as the plane.
    (dict(channels=5, kernel_size=1), (3, 4, 1, 1)),
    (dict(channels=5, kernel_size=3, padding=1), (3, 4, 1, 1)),
    (dict(channels=4, kernel_size=5, stride=2, padding=3, groups=4), (3, 4, 1, 1)),
    (dict(channels=3, kernel_size=(1, 4), stride=(1, 2)), (2, 3, 1, 12)),
    (dict(channels=3, kernel_size=(4, 1), dilation=(3, 1)), (2, 3, 12, 1)),
    (dict(channels=3, kernel_size=(7, 9)), PLANE),
    # First layers, and as many channels as kernels like, more or less.
    (dict(channels=6, kernel_size=5, padding=2), (2, 1, 11, 10)),
    (dict(channels=16, kernel_size=7, stride=2, padding=3), (1, 3, 15, 17)),
    (dict(channels=8, kernel_size=11, stride=4, padding=1), (1, 3, 23, 19)),
    (dict(channels=32, kernel_size=3, padding=1), (2, 16, 14, 14)),
    (dict(channels=33, kernel_size=3, stride=2), (2, 17, 12, 13)),
    (dict(channels=31, kernel_size=1), (5, 48, 7, 7)),
    (dict(channels=16, kernel_size=5, padding=2), (1, 16, 28, 28)),
    (dict(channels=64, kernel_size=3, padding=1), (1, 64, 28, 28)),
]

CONV_TRANSPOSE2D = [
    (arguments, shape) for arguments, shape in windows(6)
    if all(2 * p < (s - 1) * t + d * (k - 1) + 1 for p, s, t, d, k in zip(
        pair(arguments["padding"]), shape[2:], pair(arguments["stride"]), pair(arguments["dilation"]), pair(arguments["kernel_size"])))
] + [
    (dict(channels=3, kernel_size=2, stride=2), PLANE),
    (dict(channels=3, kernel_size=3, stride=2, padding=1, output_padding=1), PLANE),
    (dict(channels=3, kernel_size=(2, 3), stride=(1, 3), padding=(0, 1), output_padding=(0, 2), bias=False), PLANE),
    (dict(channels=6, kernel_size=3, stride=(2, 1), output_padding=(1, 0), groups=2), PLANE),
    (dict(channels=4, kernel_size=3, dilation=3, output_padding=2, groups=4), PLANE),
    (dict(channels=8, kernel_size=4, stride=2, padding=1, groups=4), PLANE),
    (dict(channels=3, kernel_size=2, stride=5), (3, 4, 1, 1)),
    (dict(channels=3, kernel_size=1), (3, 4, 1, 1)),
    (dict(channels=3, kernel_size=5, padding=2), (3, 4, 1, 1)),
    (dict(channels=3, kernel_size=(1, 4), stride=2), (2, 3, 1, 6)),
    (dict(channels=17, kernel_size=2, stride=2), (1, 33, 9, 8)),
]

POOL_WINDOWS = [
    dict(kernel_size=2), dict(kernel_size=3), dict(kernel_size=1), dict(kernel_size=1, stride=3), dict(kernel_size=2, stride=4),
    dict(kernel_size=3, stride=1, padding=1), dict(kernel_size=3, stride=2, padding=1), dict(kernel_size=2, stride=1, padding=1),
    dict(kernel_size=(2, 3)), dict(kernel_size=(3, 1), stride=(1, 2), padding=(1, 0)), dict(kernel_size=(1, 4), stride=(5, 1), padding=(0, 2)),
    dict(kernel_size=2, ceil_mode=True), dict(kernel_size=3, stride=2, ceil_mode=True), dict(kernel_size=(3, 2), stride=(4, 3), ceil_mode=True),
    dict(kernel_size=3, stride=3, padding=1, ceil_mode=True), dict(kernel_size=2, stride=(2, 4), padding=(1, 0), ceil_mode=True),
    dict(kernel_size=(7, 9)), dict(kernel_size=7, stride=1, padding=3),
]
POOL_PLANES = [
    (dict(kernel_size=1), (3, 2, 1, 1)), (dict(kernel_size=3, stride=1, padding=1), (3, 2, 1, 1)),
    (dict(kernel_size=2, padding=1, ceil_mode=True), (3, 2, 1, 1)), (dict(kernel_size=(1, 3), stride=2), (2, 3, 1, 12)),
    (dict(kernel_size=(3, 1), stride=2), (2, 3, 12, 1)), (dict(kernel_size=2, stride=2), (2, 16, 14, 14)),
]
POOLS = [(arguments, (2, 3, 7, 9)) for arguments in POOL_WINDOWS] + POOL_PLANES

ADAPTIVE = [
    (dict(height=height, width=width), shape)
    for (height, width), shape in [
        ((1, 1), (2, 3, 7, 9)), ((2, 3), (2, 3, 7, 9)), ((5, 4), (2, 3, 7, 9)), ((7, 9), (2, 3, 7, 9)), ((9, 5), (2, 3, 7, 9)),
        ((1, 1), (3, 2, 1, 1)), ((3, 2), (3, 2, 1, 1)), ((6, 6), (1, 4, 13, 12)), ((1, 1), (2, 2, 19, 17)),
    ]
]

ANY = [({}, (2, 3, 5, 7)), ({}, (3, 5, 1, 1)), ({}, (2, 7))]

# The language's name: (PyTorch's module of the arguments and the input's shape, cases)
LAYERS = {
    "conv2d": (lambda shape, channels, **rest: nn.Conv2d(shape[1], channels, **rest), CONV2D),
    "conv_transpose2d": (lambda shape, channels, **rest: nn.ConvTranspose2d(shape[1], channels, **rest), CONV_TRANSPOSE2D),
    "linear": (
        lambda shape, features, **rest: nn.Linear(shape[1], features, **rest),
        [
            (dict(features=7), (1, 5)), (dict(features=1), (3, 1)), (dict(features=33, bias=False), (4, 17)), (dict(features=10), (19, 84)),
            (dict(features=120), (2, 400)), (dict(features=16), (16, 64)),
        ],
    ),
    "max_pool2d": (
        lambda _, **arguments: nn.MaxPool2d(**arguments),
        POOLS + [
            (dict(kernel_size=2, stride=1, dilation=3), (2, 3, 7, 9)), (dict(kernel_size=3, stride=2, padding=1, dilation=(1, 2)), (2, 3, 7, 9)),
            (dict(kernel_size=(2, 3), stride=(3, 2), dilation=2, ceil_mode=True), (2, 3, 7, 9)),
        ],
    ),
    "avg_pool2d": (
        lambda _, **arguments: nn.AvgPool2d(**arguments),
        POOLS + [(dict(**arguments, count_include_pad=False), shape) for arguments, shape in POOLS if "padding" in arguments],
    ),
    "adaptive_avg_pool2d": (lambda _, height, width: nn.AdaptiveAvgPool2d((height, width)), ADAPTIVE),
    "adaptive_max_pool2d": (lambda _, height, width: nn.AdaptiveMaxPool2d((height, width)), ADAPTIVE),
    "global_avg_pool2d": (lambda _: nn.AdaptiveAvgPool2d(1), [({}, (2, 3, 7, 9)), ({}, (3, 2, 1, 1))]),
    "upsample": (
        lambda _, **arguments: nn.Upsample(**arguments),
        [
            (dict(scale_factor=scale, **mode), shape)
            for mode in [{}, dict(mode="bilinear"), dict(mode="bilinear", align_corners=True)]
            for scale, shape in [(1, (2, 3, 5, 4)), (2, (2, 3, 5, 4)), (3, (1, 2, 4, 3)), ((1, 4), (2, 2, 3, 5)), ((3, 2), (2, 2, 2, 3)), (2, (3, 2, 1, 1))]
        ],
    ),
    "batch_norm2d": (
        lambda shape, **arguments: nn.BatchNorm2d(shape[1], **arguments),
        [
            ({}, (2, 3, 5, 7)), ({}, (5, 4, 1, 1)), ({}, (1, 3, 4, 4)), (dict(affine=False), (2, 3, 5, 7)), (dict(momentum=0.3), (2, 3, 5, 7)),
            (dict(eps=0.5), (2, 3, 5, 7)), (dict(eps=0.001, momentum=0.01), (3, 17, 3, 3)),
        ],
    ),
    "local_response_norm": (
        lambda _, **arguments: nn.LocalResponseNorm(**arguments),
        [
            (dict(size=size, **rest), shape)
            for size, rest, shape in [
                (5, {}, (2, 7, 3, 4)), (1, dict(alpha=0.1), (2, 3, 4, 5)), (2, dict(alpha=0.1), (2, 5, 4, 5)), (3, dict(alpha=0.1, beta=0.5, k=2.0), (2, 5, 4, 5)),
                (4, dict(alpha=1.0, beta=1.0), (2, 6, 3, 3)), (9, dict(alpha=0.1), (2, 4, 3, 3)), (3, dict(alpha=0.1), (3, 5, 1, 1)),
            ]
        ],
    ),
    "relu": (lambda _: nn.ReLU(), ANY),
    "relu6": (lambda _: nn.ReLU6(), ANY),
    "leaky_relu": (
        lambda _, slope: nn.LeakyReLU(slope),
        [(dict(slope=slope), shape) for slope, (_, shape) in zip([0.01, 0.2, 1.5], ANY)] + [(dict(slope=0.0), (2, 7)), (dict(slope=-0.5), (2, 7))],
    ),
    "sigmoid": (lambda _: nn.Sigmoid(), ANY),
    "hardsigmoid": (lambda _: nn.Hardsigmoid(), ANY),
    "tanh": (lambda _: nn.Tanh(), ANY),
    "gelu": (lambda _: nn.GELU(), ANY),
    "silu": (lambda _: nn.SiLU(), ANY),
    "hardswish": (lambda _: nn.Hardswish(), ANY),
    "softmax": (lambda _: nn.Softmax(1), ANY),
    "flatten": (lambda _: nn.Flatten(), ANY),
    "dropout": (lambda _, p: nn.Dropout(p), [(dict(p=0.0), shape) for _, shape in ANY]),
}


# --- joins: (source, module, input's shape); named branches first -------------------------------------------------------------------------


class Join(nn.Module):
    """Branches, modules or functions, whose outputs are joined."""

    def __init__(self, join, *unnamed, **named):
        super().__init__()
        self.join, self.unnamed, self.named = join, unnamed, list(named)
        for name, branch in named.items():
            self.add_module(name, branch)

    def forward(self, x):
        return self.join([getattr(self, name)(x) for name in self.named] + [branch(x) for branch in self.unnamed])


def concat(*unnamed, **named):
    return Join(lambda outputs: torch.cat(outputs, 1), *unnamed, **named)


def add(*unnamed, **named):
    return Join(lambda outputs: functools.reduce(torch.add, outputs), *unnamed, **named)


same = lambda x: x
JOINS = {
    "concat": [
        ("concat(_, { relu })", concat(same, F.relu), (2, 3, 5, 7)),
        ("concat(_, _, _)", concat(same, same, same), (2, 3, 1, 1)),
        ("concat({ let p = linear(3); }, _)", concat(same, p=nn.Linear(7, 3)), (2, 7)),
        (
            "concat({ let p = conv2d(5, kernel_size = 1); }, { let q = conv2d(2, kernel_size = (3, 1), padding = (1, 0)); }, _, { max_pool2d(3, stride = 1, padding = 1) })",
            concat(same, nn.MaxPool2d(3, 1, 1), p=nn.Conv2d(3, 5, 1), q=nn.Conv2d(3, 2, (3, 1), padding=(1, 0))),
            (2, 3, 5, 7),
        ),
    ],
    "add": [
        ("add(_, { tanh })", add(same, torch.tanh), (2, 3, 5, 7)),
        ("add(_, _, _)", add(same, same, same), (3, 4, 1, 1)),
        ("add({ let p = linear(7); }, _, { relu })", add(same, F.relu, p=nn.Linear(7, 7)), (2, 7)),
        (
            "add({ let p = conv2d(3, kernel_size = 3, padding = 1); }, { let q = batch_norm2d; }, _)",
            add(same, p=nn.Conv2d(3, 3, 3, padding=1), q=nn.BatchNorm2d(3)),
            (2, 3, 5, 7),
        ),
    ],
}


# --- both sides -----------------------------------------------------------------------------------------------------


class Case(nn.Module):
    """A layer behind its input; a join's layers are named as if they were the case's own."""

    def __init__(self, shape, layer):
        super().__init__()
        self.input = nn.ParameterDict({"weight": torch.empty(shape)})
        if isinstance(layer, Join):
            for name, branch in layer.named_children():
                self.add_module(name, branch)
            self.layer_of = lambda: layer  # a function, for else PyTorch would name the join
        else:
            self.layer = layer
            self.layer_of = lambda: self.layer

    def forward(self):
        return self.layer_of()(self.input["weight"])


def stored(tensor):
    return tensor.detach().flatten().clone() if tensor.numel() <= WHOLE else sample(tensor)


def compute(name, shape, layer):
    """What PyTorch has for one case, and the output's shape."""
    case = Case(shape, layer)
    fill(case)
    with torch.no_grad():
        case.input["weight"].copy_(SCALE * images(0, shape))
        inference = stored(case.eval()())
    y = case.train()()
    y.backward(images(TARGET, tuple(y.shape)))
    tensors = {"inference": inference, "training": stored(y)}
    if torch.equal(inference, tensors["training"]):
        del tensors["training"]
    for key, parameter in case.named_parameters():
        tensors[f"gradient of {key}"] = stored(parameter.grad)
    for key, buffer in case.named_buffers():
        tensors[key] = stored(buffer.float())
    return {f"{name}: {key}": tensor for key, tensor in tensors.items()}, tuple(y.shape[1:])


def literal(value):
    """A value as Rust writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def call(layer, arguments):
    named = ", ".join(f"{name} = {literal(value)}" for name, value in arguments.items())
    return f"{layer}({named})" if named else layer


def sample_type(shape):
    return f"Image<{', '.join(map(str, shape))}>" if len(shape) == 3 else f"Vector<{shape[0]}>"


def case(name, shape, source, output):
    """A line of cases.rs."""
    batch, channels, *plane = shape
    height, width = plane or (1, 1)
    to_vector = "" if plane else "flatten; "
    return f"        {name}({batch}, {channels}, {height}, {width}) -> ({sample_type(output)}) {{ {to_vector}{source} }}"


def cases():
    """(kind, source, module, input's shape) of every case."""
    for kind, (module, rows) in LAYERS.items():
        for arguments, shape in rows:
            source = f"let layer = {call(kind, arguments)};"
            yield kind, source, module(shape, **arguments), shape
    for kind, rows in JOINS.items():
        for source, module, shape in rows:
            yield kind, source, module, shape


# --- losses ---------------------------------------------------------------------------------------------------------

# (classes, batch, label smoothing, logits are within)
CROSS_ENTROPY = list(itertools.product([2, 10], [1, 5], [0.0, 0.1, 1.0], [1.0, 50.0])) + [(1, 3, 0.0, 1.0), (1000, 3, 0.0, 8.0), (1000, 3, 0.1, 8.0)]
# (shape, numbers are within)
SQUARES = [((1, 1), 1.0), ((5, 7), 8.0), ((3, 2, 4, 5), 1.0), ((2, 3, 1, 1), 8.0), ((2, 8, 16, 16), 1.0)]


def loss(name, logits, loss_of):
    logits.requires_grad_()
    value = loss_of(logits)
    value.backward()
    return {f"{name}: value": value.detach().reshape(1), f"{name}: gradient": stored(logits.grad)}


def main():
    tensors, layers, losses = {}, {}, {"cross_entropy": [], "mean_squared_error": []}
    for kind, source, module, shape in cases():
        number = len(layers.setdefault(kind, []))
        name = kind.title().replace("_", "") + str(number)
        found, output = compute(name, shape, module)
        tensors |= found
        layers[kind].append(case(name, shape, " ".join(source.split()), output))
    for number, (classes, batch, smoothing, scale) in enumerate(CROSS_ENTROPY):
        name = f"CrossEntropy{number}"
        labels = torch.tensor([(3 * i + 1) % classes for i in range(batch)])
        logits = scale * images(0, (batch, classes))
        tensors |= loss(name, logits, lambda y: F.cross_entropy(y, labels, label_smoothing=smoothing))
        losses["cross_entropy"].append(f'check_cross_entropy::<{classes}>(&fixture, "{name}", {batch}, {smoothing}, {scale});')
    for number, (shape, scale) in enumerate(SQUARES):
        name = f"MeanSquaredError{number}"
        target = scale * images(TARGET, shape)
        tensors |= loss(name, scale * images(0, shape), lambda y: F.mse_loss(y, target))
        losses["mean_squared_error"].append(f'check_squares::<{sample_type(shape[1:])}>(&fixture, "{name}", {shape[0]}, {scale});')
    save_file(tensors, HERE / "layers.safetensors", {"torch": torch.__version__})

    text = "//! Single layers and losses; `layers.py` wrote this file.\n\n"
    text += "use super::layers::{cases, check, check_cross_entropy, check_squares};\nuse crate::fixture::Fixture;\nuse cnn::prelude::*;\n\n"
    text += "// A case is (images, channels, rows, columns) -> (output) { layer }.\ncases! {\n"
    for kind, lines in layers.items():
        text += f"    {kind} {{\n" + "\n".join(lines) + "\n    }\n"
    text += "}\n"
    for kind, lines in losses.items():
        body = "\n".join(f"    {line}" for line in lines)
        text += f'\n#[test]\nfn {kind}() {{\n    let fixture = Fixture::read("layers");\n{body}\n}}\n'
    (HERE / "cases.rs").write_text(text)
    print(f"{sum(map(len, layers.values())) + sum(map(len, losses.values()))} cases, {len(tensors)} tensors")


if __name__ == "__main__":
    main()
