//! The images that excite a channel most.

use super::maps::picture;
use super::{Error, Tile, planes};
use crate::activations::find;
use cnn_runtime::network::{LayerInfo, Network, Observer};
use cnn_runtime::sample::Sample;
use cnn_runtime::view::View;

/// A place in an image where a channel's output is large.
#[derive(Clone, Debug, PartialEq)]
pub struct Excitation {
    /// Which of the images it is.
    pub image: usize,
    /// The channel's output there.
    pub value: f32,
    /// The row and column of that output.
    pub place: [usize; 2],
    layer: &'static LayerInfo,
}

impl Excitation {
    /// What the output sees of the image: the rows and the columns of the channel's receptive field, those beyond the border
    /// included.
    #[must_use]
    pub fn field(&self) -> [std::ops::Range<isize>; 2] {
        [0, 1].map(|axis| {
            let start = self.layer.field_start[axis]
                .saturating_add_unsigned(self.place[axis].saturating_mul(self.layer.stride[axis]));
            start..start.saturating_add_unsigned(self.layer.receptive_field[axis])
        })
    }

    /// That part of the image, without what lies beyond the border.
    ///
    /// # Panics
    /// If these are not the images that were searched.
    #[must_use]
    pub fn tile<I: Sample>(&self, images: &[I]) -> Tile {
        let [channels, height, width] = planes(I::SHAPE);
        let [rows, columns] = self.field();
        let inside = |range: std::ops::Range<isize>, size: usize| {
            let at = |end: isize| usize::try_from(end).unwrap_or(0).min(size);
            at(range.start)..at(range.end)
        };
        let (rows, columns) = (inside(rows, height), inside(columns, width));
        let numbers = I::as_numbers(std::slice::from_ref(&images[self.image]));
        let mut part = Vec::with_capacity(channels * rows.len() * columns.len());
        for plane in numbers.chunks_exact(height * width) {
            for row in rows.clone() {
                part.extend_from_slice(&plane[row * width..][columns.clone()]);
            }
        }
        let caption = format!("image {}: {:.3}", self.image, self.value);
        picture(channels, rows.len(), columns.len(), &part).caption(caption)
    }
}

/// For each channel of a layer, the `count` images that excite it most, the strongest first; of each image the one place
/// where it does so most.
///
/// # Errors
/// If the network has no such layer.
pub fn strongest<N: Network>(
    network: &N,
    layer: &str,
    images: &[N::Input],
    count: usize,
) -> Result<Vec<Vec<Excitation>>, Error> {
    const BATCH: usize = 32;
    let (index, info) = find::<N>(layer)?;
    let [channels, ..] = channels_first(info.output);
    let mut search = Search { index, layer: info, count, first: 0, found: vec![Vec::new(); channels] };
    let mut session = network.session(BATCH.min(images.len()));
    let mut outputs = N::Output::zeros(BATCH.min(images.len()));
    for images in images.chunks(BATCH) {
        session.observe(images, &mut outputs[..images.len()], &mut search);
        search.first += images.len();
    }
    Ok(search.found)
}

/// Channels, rows and columns: each number of a vector is a channel.
fn channels_first(shape: &[usize]) -> [usize; 3] {
    match *shape {
        [channels, height, width] => [channels, height, width],
        _ => [shape.iter().product(), 1, 1],
    }
}

struct Search {
    index: usize,
    layer: &'static LayerInfo,
    count: usize,
    /// The number of the batch's first image.
    first: usize,
    found: Vec<Vec<Excitation>>,
}

impl Observer for Search {
    fn observe(&mut self, layer: usize, output: View<'_>) {
        if layer != self.index {
            return;
        }
        let [_, height, width] = channels_first(self.layer.output);
        for (image, numbers) in output.images().enumerate() {
            for (found, plane) in self.found.iter_mut().zip(numbers.chunks_exact(height * width)) {
                let largest = plane.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
                let Some((at, &value)) = largest else { continue };
                let place = [at / width, at % width];
                // Those found before stay in front of their equals.
                let rank = found.partition_point(|other: &Excitation| other.value >= value);
                if rank < self.count {
                    found.truncate(self.count - 1);
                    found.insert(
                        rank,
                        Excitation { image: self.first + image, value, place, layer: self.layer },
                    );
                }
            }
        }
    }
}
