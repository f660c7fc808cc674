//! What happens while a network learns, and how good it is then, as curves and charts.
//!
//! | question | function |
//! |:--|:--|
//! | does it learn, and does it learn by heart? | [`loss`], [`accuracy`] |
//! | at which rate? | [`learning_rate`], [`rate_finder`] |
//! | do gradients vanish or explode, and where? | [`gradient_norms`] |
//! | what does it take for what? | [`confusion`] |
//! | is it as sure as it is right? | [`calibration`] |
//!
//! Each gives a [`Plot`], which becomes an SVG or PNG file, or stands on a [`Page`](super::Page). [`report`](super::report) puts
//! all of them on one.
//!
//! ```
//! # use cnn::prelude::*;
//! # network!(pub fn Net(image: Image<1, 8, 8>) -> Vector<4> { let conv1 = conv2d(2, kernel_size = 3); flatten; linear(4) });
//! # let data = Dataset::new(Image::zeros(6), vec![0, 1, 2, 3, 0, 1])?;
//! # let mut net = Net::new(42);
//! # let mut trainer = Trainer::new(&mut net, Sgd::new(0.1));
//! # let folder = tempfile::tempdir()?;
//! use cnn::train::Fit;
//! use cnn::visualize::plots;
//!
//! let history = Fit::new(&mut trainer, Batches::new(&data, 4)).epochs(2).run()?;
//! plots::loss(&history).save(folder.path().join("loss.svg"))?;
//! # Ok::<(), cnn::Error>(())
//! ```

mod charts;
mod curves;
mod pen;

pub use charts::{calibration, confusion};
pub use curves::{accuracy, gradient_norms, learning_rate, loss, rate_finder};

use crate::train::{Calibration, ConfusionMatrix};
use curves::Curves;
use image::{ImageFormat, RgbImage};
use pen::{Area, Drawn, Pen};
use plotters::prelude::{BitMapBackend, DrawingBackend, IntoDrawingArea, RGBColor, SVGBackend, WHITE};
use std::io;
use std::path::Path;

/// A plot, drawn when it is asked for.
#[derive(Clone, Debug)]
pub struct Plot {
    title: String,
    /// Width and height.
    size: (u32, u32),
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Curves(Curves),
    Confusion(ConfusionMatrix),
    Calibration(Calibration),
}

/// Stands for the colour of the text around a plot, which only the page knows.
const INK: RGBColor = RGBColor(1, 2, 3);

/// Of text on white.
const DARK: RGBColor = RGBColor(27, 27, 31);

/// Pixels of a PNG file for each of the plot.
const ZOOM: u32 = 2;

impl Plot {
    /// What it shows, in a few words.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// It as an SVG file, on white.
    #[must_use]
    pub fn to_svg(&self) -> String {
        let mut svg = String::new();
        finished(self.draw(SVGBackend::with_string(&mut svg, self.size), Pen { ink: DARK, zoom: 1 }, true));
        svg
    }

    /// It as a part of a page: its text and lines have the colour of the text around it, and nothing is behind it.
    pub(super) fn to_inline_svg(&self) -> String {
        let mut svg = String::new();
        finished(self.draw(SVGBackend::with_string(&mut svg, self.size), Pen { ink: INK, zoom: 1 }, false));
        svg.replace("\"#010203\"", "\"currentColor\"").replace(" xmlns=\"http://www.w3.org/2000/svg\"", "")
    }

    /// It as a PNG file, on white, each unit of its size as two pixels.
    #[must_use]
    pub fn to_png(&self) -> Vec<u8> {
        let (width, height) = (ZOOM * self.size.0, ZOOM * self.size.1);
        let mut pixels = RgbImage::new(width, height);
        let backend = BitMapBackend::with_buffer(&mut pixels, (width, height));
        finished(self.draw(backend, Pen { ink: DARK, zoom: ZOOM.cast_signed() }, true));
        super::sheet::png(|to| pixels.write_to(to, ImageFormat::Png))
    }

    /// Writes it to a file, which is whole or not there at all: PNG if it is called so, otherwise SVG.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        let path = path.as_ref();
        let png = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("png"));
        let bytes = if png { self.to_png() } else { self.to_svg().into_bytes() };
        crate::files::replace(path, &bytes)
    }

    fn draw<DB: DrawingBackend>(&self, backend: DB, pen: Pen, on_white: bool) -> Drawn<DB> {
        pen::register_font();
        let area = backend.into_drawing_area();
        if on_white {
            area.fill(&WHITE)?;
        }
        let area = pen.title(&area, &self.title)?;
        self.kind.draw(&area, pen)?;
        area.present()
    }
}

impl Kind {
    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, pen: Pen) -> Drawn<DB> {
        match self {
            Self::Curves(curves) => curves.draw(area, pen),
            Self::Confusion(confusion) => charts::draw_confusion(confusion, area, pen),
            Self::Calibration(calibration) => charts::draw_calibration(calibration, area, pen),
        }
    }
}

fn finished<E: std::fmt::Display>(drawn: Result<(), E>) {
    if let Err(error) = drawn {
        unreachable!("memory does not fail, and the font is in the program: {error}");
    }
}
