//! What the cases of `tests/ui` are good for beside rustc's own text of them: each help works, and `docs/errors.md` shows
//! them all. `ERRORS=overwrite cargo test -p cnn-compiler --test errors` writes the page anew.

/// Where the cases are.
const UI: &str = "../tests/ui";

mod case;
mod catalogue;
mod compile;
mod fixes;
