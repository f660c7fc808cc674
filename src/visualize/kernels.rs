//! The weights of a convolution as tiles.

use super::colors::{Colors, Scale};
use super::{Error, Sheet, Tile};
use crate::activations::find;
use crate::weights::Weights;
use cnn_runtime::network::Network;

/// The kernels of a convolution: positive weights blue, negative ones red, zero white, on one scale for the layer.
///
/// A layer that reads three channels has a tile in colour for each kernel (grey is zero there). Any other has a row for each kernel, with a tile
/// for each channel that it reads.
///
/// # Errors
/// If the network has no such layer, or it is no convolution.
pub fn kernels<N: Network>(network: &N, layer: &str) -> Result<Sheet, Error> {
    let (_, info) = find::<N>(layer)?;
    let not = Error::Kind { layer: info.name, kind: info.kind, expected: "convolution" };
    let weight = network.tensor(&format!("{layer}.weight")).map_err(|_| not.clone())?;
    let [_, channels, height, width] = *weight.shape() else { return Err(not) };
    let numbers = weight.numbers();
    let scale = Scale::of(numbers, Colors::Signed);
    if channels == 3 {
        let tile =
            |(kernel, numbers)| Tile::rgb(height, width, numbers, scale).caption(format!("kernel {kernel}"));
        return Ok(Sheet::new(numbers.chunks_exact(3 * height * width).enumerate().map(tile).collect()));
    }
    let tile = |(index, numbers)| {
        let (kernel, channel) = (index / channels, index % channels);
        let caption = if channels == 1 {
            format!("kernel {kernel}")
        } else {
            format!("kernel {kernel}, channel {channel}")
        };
        Tile::scaled(height, width, numbers, Colors::Signed, scale).caption(caption)
    };
    let tiles: Vec<Tile> = numbers.chunks_exact(height * width).enumerate().map(tile).collect();
    let sheet = Sheet::new(tiles);
    Ok(if channels == 1 { sheet } else { sheet.columns(channels) })
}
