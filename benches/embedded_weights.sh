#!/usr/bin/env bash
# What `#[weights(…)]` costs to compile, by the size of the file: the table in the documentation of `network!`. Needs python3 and GNU time.
#
# Seconds are those of the processor, all threads together, cargo and linker included; the memory is the most that one
# program of these took. All that the crate depends on is built already.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
crate=$(mktemp -d)
trap 'rm -rf "$crate"' EXIT
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target}/embedded-weights"

mkdir "$crate/src"
cp "$root/Cargo.lock" "$crate"
cat > "$crate/Cargo.toml" << END
[package]
name = "one"
edition = "2024"
[dependencies]
cnn = { path = "$root" }
[workspace]
END

# A program with a linear layer of so many inputs and outputs, whose weights are made by `new` or `pretrained`.
write() {
    local inputs=$1 outputs=$2 attribute=$3 made=$4
    cat > "$crate/src/main.rs" << END
use cnn::prelude::*;
network!($attribute pub fn Line(x: Vector<$inputs>) -> Vector<$outputs> { linear($outputs, bias = false) });
fn main() {
    println!("{}", Line::$made.tensors().map(|tensor| tensor.numbers()[7]).sum::<f32>());
}
END
    python3 - "$crate/line.safetensors" "$inputs" "$outputs" << END
import json, os, sys
path, inputs, outputs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
size = 4 * inputs * outputs
tensor = {"dtype": "F32", "shape": [outputs, inputs], "data_offsets": [0, size]}
header = json.dumps({"0.weight": tensor}).encode()
with open(path, "wb") as file:
    file.write(len(header).to_bytes(8, "little") + header + os.urandom(size))
END
}

measure() {
    touch "$crate/src/main.rs"
    command time -f '%U %S %M' -o "$crate/time" cargo "$@" --quiet
    awk '{ printf " %.1f s, %.1f GB |", $1 + $2, $3 / 1e6 }' "$crate/time"
}

cd "$crate"
printf '| file | `check` | development build | release build | release, `codegen-units = 1` |\n|:--|--:|--:|--:|--:|\n'
while read -r label inputs outputs attribute made; do
    write "$inputs" "$outputs" "${attribute/-/}" "$made"
    if [[ $label == none ]]; then
        cargo check --quiet && cargo build --quiet && cargo build --quiet --release
        cargo build --quiet --release --config profile.release.codegen-units=1 --target-dir "$CARGO_TARGET_DIR/one"
    fi
    printf '| %s |' "${label/_/ }"
    measure check
    measure build
    measure build --release
    measure build --release --config profile.release.codegen-units=1 --target-dir "$CARGO_TARGET_DIR/one"
    printf '\n'
done << 'END'
none 100 150 - new(1)
60_KB 100 150 #[weights("line.safetensors")] pretrained()
5_MB 1000 1250 #[weights("line.safetensors")] pretrained()
187_MB 4250 11000 #[weights("line.safetensors")] pretrained()
END
