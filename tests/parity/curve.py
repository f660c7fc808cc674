"""Holds the first losses of a network's training against PyTorch's, from the same weights on the same batches.

    pip install torch==2.15.0 numpy safetensors
    python tests/parity/curve.py vgg16 --steps 20 --batch 8

Runs the example `curve`, which saves the weights that it starts from and prints the loss of each step, and trains the
plain PyTorch model of generate.py in the same way: the images of data/fashion-mnist in their order, resized, without
dropout, by SGD with momentum 0.9 and weight decay 5e-4.

Training multiplies every difference, rounding too. So PyTorch runs once more with weights that are moved by a unit in the
last place; the two programs may differ by the tolerance, relative to PyTorch's loss, or by ten times what PyTorch then
differs from itself.
"""

import argparse
import gzip
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import load_file

import generate

ROOT = pathlib.Path(__file__).parents[2]
# name: (model, channels, size), as the example has them
NETS = {
    "alexnet": (lambda: generate.alexnet(6400), 1, 224),
    "vgg11": (lambda: generate.vgg(generate.VGG11, 25088), 1, 224),
    "vgg16": (lambda: generate.vgg(generate.VGG16, 25088), 1, 224),
    "vgg19": (lambda: generate.vgg(generate.VGG19, 25088), 1, 224),
    "nin": (generate.nin, 1, 224),
    "googlenet": (generate.googlenet, 1, 96),
    "resnet18": (generate.ResNet18, 3, 96),
    "squeezenet": (generate.SqueezeNet, 3, 96),
    "mobilenetv2": (generate.MobileNetV2, 3, 96),
    "densenet121": (generate.DenseNet121, 3, 96),
}


def idx(name, header):
    with gzip.open(ROOT / "data/fashion-mnist" / name) as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


def ours(options, weights):
    """The losses of the example, and the weights that it started from."""
    command = "cargo run --release --locked --features models --example curve --".split()
    arguments = [options.net, "--steps", options.steps, "--batch", options.batch, "--lr", options.lr]
    arguments += ["--policy", options.policy, "--weights", weights]
    output = subprocess.run([*command, *map(str, arguments)], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [float(line) for line in output.split()]


def theirs(options, weights, moved_by=0.0):
    """PyTorch's losses, from weights that are moved by so much of each."""
    make, channels, size = NETS[options.net]
    net = make()
    net.load_state_dict(load_file(weights), strict=True)
    for module in net.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.mul_(1 + moved_by * (2 * torch.rand(parameter.shape, generator=generator) - 1))
    images = torch.from_numpy(idx("train-images-idx3-ubyte.gz", 16).copy()).reshape(-1, 1, 28, 28)
    labels = torch.from_numpy(idx("train-labels-idx1-ubyte.gz", 8).copy()).long()
    optimizer = torch.optim.SGD(net.parameters(), lr=options.lr, momentum=0.9, weight_decay=5e-4)
    losses = []
    for step in range(options.steps):
        batch = slice(step * options.batch, (step + 1) * options.batch)
        x = F.interpolate(images[batch] / 255.0, (size, size), mode="bilinear", antialias=True).repeat(1, channels, 1, 1)
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x), labels[batch])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("net", choices=NETS)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--lr", type=float, default=1e-4)
    parser.add_argument("--policy", default="exact", choices=["exact", "f2", "fast"])
    parser.add_argument("--tolerance", type=float, default=1e-3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        weights = pathlib.Path(folder) / "start.safetensors"
        a, b = ours(options, weights), theirs(options, weights)
        moved = theirs(options, weights, generate.MOVED_BY)
    differences = [[abs(x - y) / abs(y) for x, y in zip(losses, b, strict=True)] for losses in (a, moved)]
    print("step      cnn  PyTorch  difference  PyTorch, moved")
    for step, (x, y, found, own) in enumerate(zip(a, b, *differences), 1):
        print(f"{step:4} {x:8.5f} {y:8.5f}     {found:.1e}         {own:.1e}")
    found, own = map(max, differences)
    print(f"largest                      {found:.1e}         {own:.1e}")
    sys.exit(not found <= max(options.tolerance, 10 * own))


if __name__ == "__main__":
    main()
