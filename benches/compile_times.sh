#!/usr/bin/env bash
# What it costs to compile a crate that has one of the classic networks and trains it, everything it depends on built already.
#
#   benches/compile_times.sh              all networks, as the table of docs/compile-times.md
#   benches/compile_times.sh googlenet    one of them
#
# Seconds are those of the processor, all threads together, cargo and linker included. `expansion` is rustc's pass
# `macro_expand_crate`, which is little but `network!`, by the clock: the shortest of five, since whoever else is busy makes it
# longer and nothing makes it shorter. Cargo compiles macros without optimisation; with it:
#
#   CARGO_PROFILE_DEV_BUILD_OVERRIDE_OPT_LEVEL=3 benches/compile_times.sh googlenet
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
crate=$(mktemp -d)
trap 'rm -rf "$crate"' EXIT
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target}/compile-times" CARGO_INCREMENTAL=0
export RUSTC_BOOTSTRAP=1 # for -Ztime-passes
TIMEFORMAT='%U %S'

mkdir "$crate/src"
cp "$root/Cargo.lock" "$crate"
cat > "$crate/Cargo.toml" << EOF
[package]
name = "one"
edition = "2024"
[dependencies]
cnn = { path = "$root" }
[workspace]
EOF

# The network of a file of cnn::models without its other instances, and a program that needs all of its code.
write() {
    local file=$1 name=$2
    {
        echo 'use cnn::prelude::*;'
        awk -v name="$name" '/^\/\/!/ || /^    \/\/\/ \[/ { next } !/^    pub type / || $3 == name' "$file"
        cat << EOF
fn main() {
    let mut net = $name::new(1);
    let images = <$name as Network>::Input::zeros(1);
    let outputs = net.forward(&images);
    let mut trainer = Trainer::new(&mut net, Sgd::new(0.1)).loss(MeanSquaredError);
    println!("{:?}", trainer.step(&images, &outputs));
}
EOF
    } > "$crate/src/main.rs"
}

# Seconds of the processor that a command takes; what it says goes to $crate/log.
seconds() {
    local times
    times=$({ time "$@" > "$crate/log" 2>&1; } 2>&1) || { cat "$crate/log" >&2; exit 1; }
    awk '{ printf "%.1f", $1 + $2 }' <<< "$times"
}

cd "$crate"
measure() {
    local label=$1
    local check release expansion
    touch src/main.rs
    check=$(seconds cargo check --quiet)
    expansion=$(for _ in {1..5}; do
        touch src/main.rs
        cargo rustc --quiet --profile check -- -Ztime-passes 2>&1
    done | awk '/macro_expand_crate$/ { print 1000 * $2 }' | sort -n | head -1)
    release=$(seconds cargo build --quiet --release)
    printf '| %s | %s ms | %s s | %s s |\n' "$label" "$expansion" "$check" "$release"
}

wanted=${1:-}
printf 'cnn::network!(\n    pub fn Line(x: Vector<2>) -> Vector<1> {\n        linear(1)\n    }\n);\n' > "$crate/line.rs"
write "$crate/line.rs" Line
cargo check --quiet
cargo build --quiet --release
printf '| network | expansion | check | release |\n|:--|--:|--:|--:|\n'
[[ -n $wanted ]] || measure "one \`linear\`"
while read -r file name; do
    [[ -z $wanted || ${name,,} == *"${wanted,,}"* ]] || continue
    write "$root/src/models/$file.rs" "$name"
    measure "$name"
done << EOF
lenet LeNet
alexnet AlexNet
vgg Vgg11
vgg Vgg19
nin NiN
googlenet GoogLeNet
resnet ResNet18
squeezenet SqueezeNet
mobilenet MobileNetV2
densenet DenseNet121
unet UNet
EOF
