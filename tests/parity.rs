//! The same numbers as PyTorch: whole networks and single layers, number by number, against what
//! `generate.py`, `layers.py` and `saved.py` in `tests/parity` wrote.
//!
//! All channels are there; most images are smaller than in the papers, since the more numbers there are, the more surely
//! one of them lies where rounding decides about a relu.

#[path = "parity/cases.rs"]
mod cases;
#[path = "parity/fixture.rs"]
mod fixture;
#[path = "parity/layers.rs"]
mod layers;
#[path = "parity/networks.rs"]
mod networks;
#[path = "parity/pretrained.rs"]
mod pretrained;
#[path = "parity/saved.rs"]
mod saved;
