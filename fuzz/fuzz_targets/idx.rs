//! Any bytes are an IDX file, gzipped or not, or an error.
#![no_main]

use cnn::data::idx::{Elements, Idx};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(idx) = Idx::parse("data", data) else { return };
    let len = match idx.elements() {
        Elements::U8(numbers) => numbers.len(),
        Elements::I8(numbers) => numbers.len(),
        Elements::I16(numbers) => numbers.len(),
        Elements::I32(numbers) => numbers.len(),
        Elements::F32(numbers) => numbers.len(),
        Elements::F64(numbers) => numbers.len(),
    };
    assert_eq!(len, idx.shape().iter().product::<usize>());
});
