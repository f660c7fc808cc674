#!/usr/bin/env python3
"""Asks rust-analyzer what it shows of a network, and holds it against what it should show.

    tests/ide/check.py                  rust-analyzer from the PATH, or $RUST_ANALYZER
    tests/ide/check.py --transcript     prints the hovers too, as docs/editor.md has them

It makes a small crate that depends on this one, speaks LSP with the server over its standard streams, and needs nothing but
Python. Where no rust-analyzer is installed it says so and succeeds: `cargo install ra_ap_rust-analyzer --locked` has one.
"""

import json
import os
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 600  # seconds for any answer; the first waits for the crate's dependencies

MANIFEST = f"""
[package]
name = "small"
edition = "2024"
[dependencies]
cnn = {{ path = {json.dumps(str(ROOT))} }}
[workspace]
"""

SOURCE = """
use cnn::prelude::*;

mod blocks {
    cnn::block!(
        pub fn twice(channels: usize) {
            for _ in 0..2 {
                conv2d(channels, kernel_size = 3, padding = 1);
                relu;
            }
        }
    );
}

network!(
    use blocks::twice;

    /// A network in small.
    pub fn Small<const CLASSES: usize>(image: Image<1, 16, 16>) -> Vector<CLASSES> {
        let stem = conv2d(8, kernel_size = 5, padding = 2);
        relu;
        for channels in [16, 32] {
            residual(channels);
            max_pool2d(2);
        }
        twice(32);
        flatten;
        linear(CLASSES)
    }
    fn residual(channels: usize) {
        add(
            { conv2d(channels, kernel_size = 3, padding = 1); relu; },
            { conv2d(channels, kernel_size = 1) },
        )
    }
    pub type Ten = Small<10>;
    pub type Three = Small<3>;
);

fn main() {
    let _ = Ten::new(1);
}
"""

# What stands at the cursor: the text that leads to it and the word itself; what the hover has; where its definition is.
CHECKS = [
    ("let stem = ", "conv2d", ["Slides `channels` kernels over the image", "`Ten` `stem`", "1x16x16 → 8x16x16", "208", "53,248", "5x5", "first layer"],
     ("src/layers.rs", "pub mod conv2d")),
    ("{ ", "conv2d", ["`Ten` `2.0.0.0`", "8x16x16 → 16x16x16", "`Three`", "`conv2d(32, kernel_size = 3, padding = 1)`"],
     ("src/layers.rs", "pub mod conv2d")),
    ("        ", "add(", ["Adds several branches", "16x16x16 + 16x16x16 → 16x16x16"], ("src/layers.rs", "pub mod add")),
    ("            ", "residual", ["`residual(16)`", "8x16x16 → 16x16x16", "`residual(32)`"], ("src/main.rs", "fn residual")),
    ("fn ", "residual", ["`residual(16)`", "`residual(32)`"], None),
    ("        ", "twice(32)", ["`twice(32)`", "32x4x4 → 32x4x4"], ("src/main.rs", "pub fn twice")),
    ("            ", "    conv2d(channels", ["Slides `channels` kernels over the image"], ("src/layers.rs", "pub mod conv2d")),
    ("pub type ", "Ten", ["The layers of `Ten`", "| `stem` | conv2d | 8x16x16 | 208 | 53,248 |"], None),
    ("pub type Ten = ", "Small", ["`Ten`", "`Three`", "1x16x16 → 10"], ("src/main.rs", "pub fn Small")),
]


class Server:
    """A language server over its standard streams."""

    def __init__(self, program, folder):
        environment = dict(os.environ, CARGO_NET_OFFLINE="true", CARGO_TARGET_DIR=os.environ.get("CARGO_TARGET_DIR", str(ROOT / "target")))
        self.process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder, env=environment
        )
        self.messages, self.requests, self.is_ready = queue.Queue(), 0, False
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while head := self.process.stdout.readline():
            if head.lower().startswith(b"content-length:"):
                length = int(head.split(b":")[1])
                while self.process.stdout.readline().strip():
                    pass
                self.messages.put(json.loads(self.process.stdout.read(length)))

    def send(self, **message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def take(self, until):
        """Handles messages until one is what `until` says."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                message = self.messages.get(timeout=1)
            except queue.Empty:
                if self.process.poll() is not None:
                    sys.exit("rust-analyzer has ended")
                continue
            if message.get("method") == "experimental/serverStatus":
                self.is_ready = message["params"]["quiescent"]
            elif "method" in message and "id" in message:
                items = message.get("params", {}).get("items", []) if message["method"] == "workspace/configuration" else None
                self.send(id=message["id"], result=items and [None] * len(items))
            if until(message):
                return message
        sys.exit(f"rust-analyzer has not answered for {PATIENCE} s")

    def request(self, method, **params):
        self.requests += 1
        number = self.requests
        self.send(id=number, method=method, params=params)
        answer = self.take(lambda message: message.get("id") == number and "method" not in message)
        if "error" in answer:
            sys.exit(f"{method}: {answer['error']}")
        return answer["result"]

    def open(self, folder, file):
        capabilities = {
            "textDocument": {"hover": {"contentFormat": ["markdown"]}},
            "experimental": {"serverStatusNotification": True},
        }
        options = {"checkOnSave": False, "cachePriming": {"enable": False}, "procMacro": {"enable": True}}
        self.request("initialize", processId=None, rootUri=folder.as_uri(), capabilities=capabilities, initializationOptions=options)
        self.send(method="initialized", params={})
        document = {"uri": file.as_uri(), "languageId": "rust", "version": 1, "text": file.read_text()}
        self.send(method="textDocument/didOpen", params={"textDocument": document})
        self.take(lambda _: self.is_ready)


def positions(before, word):
    """Line and column of a word by what stands before it."""
    at = SOURCE.index(before + word, SOURCE.index("network!") if "    conv2d(channels" not in word else 0) + len(before)
    at += len(word) - len(word.lstrip())
    line = SOURCE.count("\n", 0, at)
    return {"line": line, "character": at - SOURCE.rfind("\n", 0, at) - 1}


def definition_fits(found, expected):
    """Whether one of the places is in the file that ends so, on a line that has the text."""
    for place in found or []:
        path = pathlib.Path(place.get("targetUri", place.get("uri")).removeprefix("file://"))
        line = place.get("targetSelectionRange", place.get("range"))["start"]["line"]
        if str(path).endswith(expected[0]) and expected[1] in path.read_text().split("\n")[line]:
            return True
    return False


def main():
    program = os.environ.get("RUST_ANALYZER") or shutil.which("rust-analyzer")
    works = program and subprocess.run([program, "--version"], capture_output=True).returncode == 0
    if not works:
        print("skipped: no rust-analyzer is installed")
        return
    failures = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve()
        file = folder / "src" / "main.rs"
        file.parent.mkdir()
        (folder / "Cargo.toml").write_text(MANIFEST)
        shutil.copy(ROOT / "Cargo.lock", folder)
        file.write_text(SOURCE)
        server = Server(program, folder)
        try:
            server.open(folder, file)
            for before, word, texts, definition in CHECKS:
                place = {"textDocument": {"uri": file.as_uri()}, "position": positions(before, word)}
                hover = server.request("textDocument/hover", **place)
                shown = hover["contents"]["value"] if hover else ""
                missing = [text for text in texts if text not in shown]
                if "--transcript" in sys.argv:
                    print(f"### `{(before + word).strip()}`\n\n{shown}\n")
                found = server.request("textDocument/definition", **place) if definition else None
                leads = definition is None or definition_fits(found, definition)
                failures += bool(missing) or not leads
                where = f"{(before + word).strip()!r}"
                for text in missing:
                    print(f"FAILED: hover over {where} has no {text!r}:\n{shown}")
                if not leads:
                    print(f"FAILED: the definition of {where} is not {definition}: {found}")
        finally:
            server.process.kill()
    print(f"{len(CHECKS) - failures} of {len(CHECKS)} words show what they should")
    sys.exit(failures > 0)


main()
