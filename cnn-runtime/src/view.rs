//! A batch inside a larger buffer: `count` images of `len` numbers each, `stride` numbers apart.
//!
//! A stride larger than the length is how a branch of `concat` writes straight into its channels of the joined
//! tensor: there is nothing left to copy afterwards.

/// Images to be read.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    numbers: &'a [f32],
    len: usize,
    stride: usize,
}

/// Images to be written.
#[derive(Debug)]
pub struct ViewMut<'a> {
    numbers: &'a mut [f32],
    len: usize,
    stride: usize,
}

/// How many images of `len` numbers, `stride` apart, make up `total` numbers; the gap behind the last may be missing.
fn count(total: usize, len: usize, stride: usize) -> usize {
    assert!(len <= stride, "images of {len} numbers cannot stand {stride} apart");
    let count = total.div_ceil(stride.max(1));
    assert!(count == 0 || (count - 1) * stride + len <= total, "{total} numbers end within an image");
    count
}

impl<'a> View<'a> {
    /// Images that stand one behind the other.
    #[must_use]
    pub fn dense(numbers: &'a [f32], len: usize) -> Self {
        Self::strided(numbers, len, len)
    }

    /// Images that stand `stride` numbers apart.
    #[must_use]
    pub fn strided(numbers: &'a [f32], len: usize, stride: usize) -> Self {
        count(numbers.len(), len, stride);
        Self { numbers, len, stride }
    }

    /// How many images there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.numbers.len().div_ceil(self.stride.max(1))
    }

    /// How many numbers an image has.
    #[must_use]
    pub fn image_len(&self) -> usize {
        self.len
    }

    /// How many numbers lie between the starts of two images.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// The numbers from the first image to the last, gaps included.
    #[must_use]
    pub fn numbers(&self) -> &'a [f32] {
        self.numbers
    }

    /// The images in order.
    pub fn images(&self) -> impl ExactSizeIterator<Item = &'a [f32]> + use<'a> {
        let len = self.len;
        self.numbers.chunks(self.stride.max(1)).map(move |image| &image[..len])
    }

    /// One of the images.
    pub(crate) fn image(&self, index: usize) -> &'a [f32] {
        &self.numbers[index * self.stride..][..self.len]
    }

    /// A part of each image: `len` numbers from `start` on.
    ///
    /// # Panics
    /// If an image has fewer.
    #[must_use]
    pub fn part(self, start: usize, len: usize) -> Self {
        assert!(start + len <= self.len, "{len} numbers from {start} on of {}", self.len);
        Self { numbers: self.numbers.get(start..).unwrap_or_default(), len, ..self }
    }

    /// The images before `image`, and those from it on.
    #[must_use]
    pub fn split_at(self, image: usize) -> (Self, Self) {
        let (head, tail) = self.numbers.split_at((image * self.stride).min(self.numbers.len()));
        (Self { numbers: head, ..self }, Self { numbers: tail, ..self })
    }
}

impl<'a> ViewMut<'a> {
    /// Images that stand one behind the other.
    #[must_use]
    pub fn dense(numbers: &'a mut [f32], len: usize) -> Self {
        Self::strided(numbers, len, len)
    }

    /// Images that stand `stride` numbers apart.
    #[must_use]
    pub fn strided(numbers: &'a mut [f32], len: usize, stride: usize) -> Self {
        count(numbers.len(), len, stride);
        Self { numbers, len, stride }
    }

    /// The same images to be read, for as long as `self` lives.
    #[must_use]
    pub fn into_view(self) -> View<'a> {
        View { numbers: self.numbers, len: self.len, stride: self.stride }
    }

    /// The same images to be read.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        View { numbers: self.numbers, len: self.len, stride: self.stride }
    }

    /// The same images for a shorter while.
    #[must_use]
    pub fn reborrow(&mut self) -> ViewMut<'_> {
        ViewMut { numbers: self.numbers, len: self.len, stride: self.stride }
    }

    /// A part of each image: `len` numbers from `start` on.
    ///
    /// # Panics
    /// If an image has fewer.
    #[must_use]
    pub fn part(self, start: usize, len: usize) -> Self {
        assert!(start + len <= self.len, "{len} numbers from {start} on of {}", self.len);
        Self { numbers: self.numbers.get_mut(start..).unwrap_or_default(), len, ..self }
    }

    /// How many images there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.view().count()
    }

    /// How many numbers an image has.
    #[must_use]
    pub fn image_len(&self) -> usize {
        self.len
    }

    /// How many numbers lie between the starts of two images.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// The numbers from the first image to the last, gaps included.
    #[must_use]
    pub fn numbers_mut(&mut self) -> &mut [f32] {
        self.numbers
    }

    /// The images in order.
    pub fn images_mut(&mut self) -> impl ExactSizeIterator<Item = &mut [f32]> {
        let len = self.len;
        self.numbers.chunks_mut(self.stride.max(1)).map(move |image| &mut image[..len])
    }

    /// The images before `image`, and those from it on.
    #[must_use]
    pub fn split_at(self, image: usize) -> (Self, Self) {
        let middle = (image * self.stride).min(self.numbers.len());
        let (head, tail) = self.numbers.split_at_mut(middle);
        (
            Self { numbers: head, len: self.len, stride: self.stride },
            Self { numbers: tail, len: self.len, stride: self.stride },
        )
    }
}
