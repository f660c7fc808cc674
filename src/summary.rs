//! A network as a table: its layers, their shapes, and what they cost.

use cnn_runtime::message::Text;
use cnn_runtime::network::{LayerInfo, Network};
use cnn_runtime::sample::Sample;
use std::fmt;
use std::marker::PhantomData;

/// Tells of any network what it consists of.
pub trait Summarize: Network {
    /// The table of its layers, to be printed.
    ///
    /// ```
    /// # use cnn::prelude::*;
    /// # network!(pub fn Net(image: Image<1, 8, 8>) -> Vector<4> { let conv1 = conv2d(2, kernel_size = 3); flatten; linear(4) });
    /// println!("{}", Net::summary());
    /// ```
    #[must_use]
    fn summary() -> Summary<Self> {
        Summary(PhantomData)
    }
}

impl<N: Network> Summarize for N {}

/// A network's layers with names, shapes, parameters, multiply-adds (MACs) and receptive fields, and their totals.
///
/// `Display` writes it as lines of at most 100 columns. Sizes are without the batch; the bytes of working memory are for
/// one image on one thread.
#[derive(Clone, Copy, Debug)]
pub struct Summary<N>(PhantomData<N>);

/// The widest that the table gets.
const COLUMNS: usize = 100;

/// What stands between two columns.
const GAP: usize = 2;

/// The titles of the columns; those of [`NUMBERS`] are aligned to the right.
const TITLES: [&str; 7] = ["layer", "kind", "input", "output", "parameters", "MACs", "field"];

/// The first column of numbers.
const NUMBERS: usize = 4;

impl<N: Network> fmt::Display for Summary<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = TITLES.map(str::to_owned);
        let total = ["total", "", &shape(N::Input::SHAPE), &shape(N::Output::SHAPE)]
            .map(str::to_owned)
            .into_iter()
            .chain([grouped(N::PARAMETERS), grouped(N::MACS), String::new()])
            .collect::<Vec<_>>();
        let layers: Vec<_> = N::LAYERS.iter().map(row).collect();
        let rows = || [&title[..], &total[..]].into_iter().chain(layers.iter().map(|row| &row[..]));
        let widths = widths(rows());
        let rule = "─".repeat(widths.iter().sum::<usize>() + GAP * (widths.len() - 1));

        writeln!(f, "{}", N::NAME)?;
        writeln!(f, "{rule}")?;
        write_row(f, &title, &widths)?;
        writeln!(f, "{rule}")?;
        for layer in &layers {
            write_row(f, layer, &widths)?;
        }
        writeln!(f, "{rule}")?;
        write_row(f, &total, &widths)?;
        writeln!(f, "{rule}")?;
        let memory = [
            ("parameters", size_of::<f32>() * N::PARAMETERS),
            ("inference, 1 image on 1 thread", N::INFERENCE.bytes(1, 1)),
            ("training, 1 image on 1 thread", N::TRAINING.bytes(1, 1)),
        ];
        let width = memory.iter().map(|(_, bytes)| grouped(*bytes).len()).max().unwrap_or(0);
        for (what, bytes) in memory {
            writeln!(f, "{:>width$} bytes  {what}", grouped(bytes))?;
        }
        Ok(())
    }
}

fn row(layer: &LayerInfo) -> [String; TITLES.len()] {
    let [rows, columns] = layer.receptive_field;
    [
        layer.name.to_owned(),
        layer.kind.to_owned(),
        shape(layer.input),
        shape(layer.output),
        if layer.parameters == 0 { "–".to_owned() } else { grouped(layer.parameters) },
        if layer.macs == 0 { "–".to_owned() } else { grouped(layer.macs) },
        format!("{rows}×{columns}"),
    ]
}

/// The width of each column; the names give way where the table would be too wide.
fn widths<'r>(rows: impl Iterator<Item = &'r [String]>) -> [usize; TITLES.len()] {
    let mut widths = [0; TITLES.len()];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let others = widths[1..].iter().sum::<usize>() + GAP * (widths.len() - 1);
    widths[0] = widths[0].min(COLUMNS.saturating_sub(others)).max(TITLES[0].len());
    widths
}

fn write_row(f: &mut fmt::Formatter<'_>, cells: &[String], widths: &[usize]) -> fmt::Result {
    let padded = cells.iter().zip(widths).enumerate().map(|(column, (cell, &width))| {
        let cell = ending(cell, width);
        if column < NUMBERS { format!("{cell:width$}") } else { format!("{cell:>width$}") }
    });
    writeln!(f, "{}", padded.collect::<Vec<_>>().join(&" ".repeat(GAP)).trim_end())
}

/// A name cut at its front, where paths are alike, so that it is `width` letters at most.
fn ending(name: &str, width: usize) -> String {
    let letters = name.chars().count();
    if letters <= width {
        return name.to_owned();
    }
    let kept: String = name.chars().skip(letters + 1 - width).collect();
    format!("…{kept}")
}

/// `6×28×28`
fn shape(dimensions: &[usize]) -> String {
    dimensions.iter().map(ToString::to_string).collect::<Vec<_>>().join("×")
}

/// `61,706`
fn grouped(number: usize) -> String {
    Text::new().number(number, ',').as_str().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_their_ends() {
        assert_eq!(ending("features.2.0.p1_1", 8), "….0.p1_1");
        assert_eq!(ending("conv1", 5), "conv1");
    }

    #[test]
    fn names_give_way_to_a_table_of_100_columns() {
        let deep = "features.denseblock4.denselayer16.".repeat(3);
        let cells = [
            &deep,
            "adaptive_avg_pool2d",
            "2048×112×112",
            "2048×112×112",
            "102,764,544",
            "1,849,688,064",
            "427×427",
        ];
        let widths = widths([&cells.map(str::to_owned)[..]].into_iter());
        assert_eq!(widths.iter().sum::<usize>() + GAP * (widths.len() - 1), COLUMNS);
        assert_eq!(widths[1], "adaptive_avg_pool2d".len());
    }
}
