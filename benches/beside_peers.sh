#!/usr/bin/env bash
# Measures cnn beside other libraries: benches/beside_peers.sh PEERS BIN [ARGUMENT...]
#
# PEERS is the folder with run_all.py, which times one library after the other; its README says how the others are set up.
# BIN holds their programs, and gets ours as peer-cnn. ARGUMENTs are run_all.py's: --out FILE --python PY --onnx-dir DIR
# --peers cnn,cnn-f2,cnn-exact,ort,openvino …
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,6s/^# \?//p' "$0" >&2; exit 2; }
peers=$(realpath "$1") bin=$(realpath "$2")
shift 2
project=$(realpath "$(dirname "$0")/..")

cargo build --release --locked --manifest-path "$project/Cargo.toml" --example bench --features models
install "${CARGO_TARGET_DIR:-$project/target}/release/examples/bench" "$bin/peer-cnn"

# The same program with other policies, each a library of its own to run_all.py.
for policy in f2 exact; do
    printf '#!/bin/sh\nexec "%s/peer-cnn" "$@" --policy %s\n' "$bin" "$policy" > "$bin/peer-cnn-$policy"
    chmod +x "$bin/peer-cnn-$policy"
done

# run_all.py has the names of all libraries in two tables; one more is put into each.
for table in 'RUST = {' 'CAN_TRAIN = {'; do
    grep -q "^$table" "$peers/run_all.py" || { echo "run_all.py has no line that starts with $table" >&2; exit 1; }
done
sed -e 's/^RUST = {/&"cnn": "peer-cnn", "cnn-f2": "peer-cnn-f2", "cnn-exact": "peer-cnn-exact", /' \
    -e 's/^CAN_TRAIN = {/&"cnn", /' \
    -e "s|^HERE = .*|HERE = '$peers'|" \
    "$peers/run_all.py" | python3 - --bin-dir "$bin" "$@"
