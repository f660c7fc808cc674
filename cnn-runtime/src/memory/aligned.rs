//! Numbers on cache lines, and large buffers on large pages where the system has them to give.
//!
//! A CPU finds memory by page tables and remembers where it found some thousand pages. Weights and activations of a
//! network fill more than that of 4 KiB, so each pass would look them all up again, and a CPU fetches ahead no farther than
//! to the end of a page. Of 2 MiB they are few. Linux gives such pages to who asks before the memory is first written.

use super::LINE;
use alloc::vec::Vec;
use bytemuck::{Pod, Zeroable};
use core::ops::{Deref, DerefMut};

/// 64 bytes on a 64-byte boundary.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(64))]
struct CacheLine([f32; LINE]);

/// Numbers on a 64-byte boundary, zero at first.
pub struct AlignedBuffer(Memory);

enum Memory {
    Heap(Vec<CacheLine>),
    #[cfg(all(feature = "std", target_os = "linux"))]
    Pages(memmap2::MmapMut),
}

/// Bytes from which on a buffer is worth pages of its own: two large ones.
#[cfg(all(feature = "std", target_os = "linux"))]
const WORTH_PAGES: usize = 4 << 20;

impl AlignedBuffer {
    /// `len` zeros, rounded up to whole cache lines.
    #[must_use]
    pub fn zeros(len: usize) -> Self {
        let lines = len.div_ceil(LINE);
        #[cfg(all(feature = "std", target_os = "linux"))]
        if let Some(pages) = pages(lines * size_of::<CacheLine>()) {
            return Self(Memory::Pages(pages));
        }
        Self(Memory::Heap(bytemuck::zeroed_vec(lines)))
    }
}

/// Pages full of zeros, if so many bytes are worth it and the system has them. That they are large ones is a wish.
#[cfg(all(feature = "std", target_os = "linux"))]
fn pages(bytes: usize) -> Option<memmap2::MmapMut> {
    if bytes < WORTH_PAGES {
        return None;
    }
    let pages = memmap2::MmapMut::map_anon(bytes).ok()?;
    let _ = pages.advise(memmap2::Advice::HugePage);
    Some(pages)
}

impl Clone for AlignedBuffer {
    fn clone(&self) -> Self {
        let mut clone = Self::zeros(self.len());
        clone.copy_from_slice(self);
        clone
    }
}

impl Deref for AlignedBuffer {
    type Target = [f32];
    fn deref(&self) -> &[f32] {
        match &self.0 {
            Memory::Heap(lines) => bytemuck::cast_slice(lines),
            #[cfg(all(feature = "std", target_os = "linux"))]
            Memory::Pages(pages) => bytemuck::cast_slice(pages),
        }
    }
}

impl DerefMut for AlignedBuffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        match &mut self.0 {
            Memory::Heap(lines) => bytemuck::cast_slice_mut(lines),
            #[cfg(all(feature = "std", target_os = "linux"))]
            Memory::Pages(pages) => bytemuck::cast_slice_mut(pages),
        }
    }
}

impl core::fmt::Debug for AlignedBuffer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "AlignedBuffer({} numbers)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_buffers_are_zeros_on_cache_lines() {
        for len in [0, 1, 16, 1000, 3 << 20] {
            let mut buffer = AlignedBuffer::zeros(len);
            assert_eq!(buffer.len(), len.next_multiple_of(LINE));
            assert!(buffer.as_ptr().addr().is_multiple_of(64) && buffer.iter().all(|x| *x == 0.0));
            buffer.fill(2.0);
            assert!(buffer.clone()[..] == buffer[..]);
        }
    }
}
