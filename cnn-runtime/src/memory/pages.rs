//! Large pages for large buffers, where the system has them to give.
//!
//! A CPU finds memory by page tables and remembers where it found some thousand pages. Weights and activations of a
//! network fill more than that of 4 KiB, so each pass would look them all up again, and a CPU fetches ahead no farther than
//! to the end of a page. Of 2 MiB they are few. Linux gives such pages to who asks before the memory is first written.

use core::mem::MaybeUninit;

/// Bytes of a large page.
#[cfg(all(feature = "std", target_os = "linux"))]
const LARGE: usize = 2 << 20;

/// Asks for large pages where memory has not been written yet.
#[cfg(all(feature = "std", target_os = "linux"))]
pub(super) fn prefer_large<T>(memory: &mut [MaybeUninit<T>]) {
    use core::ffi::{c_int, c_void};
    unsafe extern "C" {
        fn madvise(start: *mut c_void, bytes: usize, advice: c_int) -> c_int;
    }
    const HUGE_PAGES: c_int = 14;

    let (start, bytes) = (memory.as_mut_ptr(), size_of_val(memory));
    let skipped = start.addr().next_multiple_of(LARGE) - start.addr();
    let inside = bytes.saturating_sub(skipped) / LARGE * LARGE;
    if inside > 0 {
        // SAFETY: the range lies within `memory`, which is exclusively borrowed; the advice changes no number in it, and an
        // error, of a system without such pages, changes nothing at all.
        unsafe { madvise(start.cast::<u8>().wrapping_add(skipped).cast(), inside, HUGE_PAGES) };
    }
}

/// Nothing, elsewhere.
#[cfg(not(all(feature = "std", target_os = "linux")))]
pub(super) fn prefer_large<T>(_: &mut [MaybeUninit<T>]) {}
