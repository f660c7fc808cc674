"""Writes the `state_dict`s of two models as PyTorch saves them, for tests/parity/saved.rs to load, and what they compute.

    pip install torch==2.15.0 numpy safetensors
    python tests/parity/saved.py
    python tests/parity/saved.py NAME FILE   # loads FILE into the model, all keys and no others, and prints its logits

The second line is how the test asks whether PyTorch reads what `cnn` saved.
"""

import copy
import json
import pathlib
import sys

import torch
import torch.nn as nn
from generate import Inception, images, lenet
from safetensors.torch import load_file, save_file

HERE = pathlib.Path(__file__).parent
IMAGES = 1_000_000


class SmallInception(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, kernel_size=3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2))
        self.inception1 = Inception(8, 8, (4, 8), (4, 8), 8)
        self.inception2 = Inception(32, 8, (8, 12), (4, 8), 4)
        self.pool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(32, classes)

    def forward(self, x):
        x = self.inception2(self.inception1(self.stem(x)))
        return self.fc(torch.flatten(self.pool(x), 1))


# name: (model, shape of its images)
MODELS = {"lenet": (lenet, (3, 1, 28, 28)), "inception": (SmallInception, (3, 3, 16, 16))}


def logits(net, name):
    with torch.no_grad():
        return net.eval()(images(IMAGES, MODELS[name][1]))


def write():
    torch.manual_seed(0)
    computed = {}
    for name, (model, shape) in MODELS.items():
        net = model()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        for step in range(20):  # so that no tensor, running statistics among them, is what it is at first
            optimizer.zero_grad()
            x = torch.rand(32, *shape[1:])
            nn.functional.cross_entropy(net(x), torch.randint(10, (32,))).backward()
            optimizer.step()
        for suffix, dtype in [("", torch.float32), ("_f16", torch.float16), ("_bf16", torch.bfloat16)]:
            if suffix and name == "lenet":
                continue
            state = copy.deepcopy(net).to(dtype).state_dict()
            save_file(state, HERE / f"saved_{name}{suffix}.safetensors")
            rounded = model()
            rounded.load_state_dict(state)
            computed[name + suffix] = logits(rounded, name)
    save_file(computed, HERE / "saved.safetensors", {"torch": torch.__version__})


def load(name, file):
    net = MODELS[name][0]()
    net.load_state_dict(load_file(file), strict=True)
    print(json.dumps(logits(net, name).flatten().tolist()))


if __name__ == "__main__":
    load(*sys.argv[1:]) if len(sys.argv) > 1 else write()
