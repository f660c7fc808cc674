//! What all plots are drawn with.

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::ops::Range;
use std::sync::Once;

/// A rectangle to draw in.
pub(super) type Area<DB> = DrawingArea<DB, Shift>;

/// A chart whose axes are drawn.
pub(super) type Chart<'a, DB> = ChartContext<'a, DB, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// What drawing gives.
pub(super) type Drawn<DB, T = ()> = Result<T, DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// Of what is learned from.
pub(super) const BLUE: RGBColor = RGBColor(59, 130, 246);

/// Of what is not.
pub(super) const ORANGE: RGBColor = RGBColor(234, 124, 20);

/// Measured in it, and drawn in it where the reader has it or pixels are drawn.
const FONT: &str = "Noto Sans, sans-serif";

/// Makes the font known, once for the program.
pub(super) fn register_font() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if plotters::style::register_font(FONT, FontStyle::Normal, notosans::REGULAR_TTF).is_err() {
            unreachable!("the font that ships with the crate is whole");
        }
    });
}

/// Colour and scale.
#[derive(Clone, Copy)]
pub(super) struct Pen {
    /// Of text and axes.
    pub(super) ink: RGBColor,
    /// How many pixels a unit is.
    pub(super) zoom: i32,
}

/// A sign before text that says what its colour means: a short line of this colour.
pub(super) type Entry = (String, RGBColor);

impl Pen {
    pub(super) fn units(self, units: i32) -> i32 {
        units * self.zoom
    }

    /// Text of so many units, beside, above or around its place.
    pub(super) fn text<'s>(self, units: i32, horizontal: HPos, vertical: VPos) -> TextStyle<'s> {
        (FONT, self.units(units)).into_font().color(&self.ink).pos(Pos::new(horizontal, vertical))
    }

    /// A line of so many half units, at least a pixel wide.
    pub(super) fn line(self, color: impl Color, halves: u32) -> ShapeStyle {
        color.stroke_width((halves * self.zoom.unsigned_abs()).div_ceil(2))
    }

    /// Writes a title; gives what is below.
    pub(super) fn title<DB: DrawingBackend>(self, area: &Area<DB>, title: &str) -> Drawn<DB, Area<DB>> {
        let style = self.text(18, HPos::Left, VPos::Center);
        area.draw_text(title, &style, (self.units(12), self.units(18)))?;
        Ok(area.split_vertically(self.units(34)).1)
    }

    /// Writes what colours mean, in as many rows as that needs; gives what is below.
    pub(super) fn legend<DB: DrawingBackend>(
        self,
        area: &Area<DB>,
        entries: &[Entry],
    ) -> Drawn<DB, Area<DB>> {
        let style = self.text(14, HPos::Left, VPos::Center);
        let [left, dash, gap, row] = [12, 18, 6, 20].map(|units| self.units(units));
        let right = area.dim_in_pixel().0.cast_signed() - left;
        let (mut x, mut y) = (left, row / 2);
        for (name, color) in entries {
            let width = dash + gap + area.estimate_text_size(name, &style)?.0.cast_signed();
            if x > left && x + width > right {
                (x, y) = (left, y + row);
            }
            area.draw(&PathElement::new([(x, y), (x + dash, y)], self.line(*color, 5)))?;
            area.draw_text(name, &style, (x + dash + gap, y))?;
            x += width + 3 * gap;
        }
        Ok(if entries.is_empty() { area.clone() } else { area.split_vertically(y + row / 2).1 })
    }

    /// Draws the axes of a chart, across and up, and what is between them: thin lines.
    pub(super) fn chart<'a, DB: DrawingBackend>(
        self,
        area: &'a Area<DB>,
        x: Scale<'_>,
        y: Scale<'_>,
    ) -> Drawn<DB, Chart<'a, DB>> {
        let mut chart = ChartBuilder::on(area)
            .margin(self.units(10))
            .margin_right(self.units(24))
            .x_label_area_size(self.units(42))
            .y_label_area_size(self.units(62))
            .build_cartesian_2d(x.range, y.range)?;
        let text = self.text(14, HPos::Center, VPos::Center);
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(self.line(self.ink.mix(0.15), 1))
            .axis_style(self.line(self.ink.mix(0.5), 1))
            .label_style(text.clone())
            .axis_desc_style(text)
            .x_labels(x.labels)
            .y_labels(y.labels)
            .x_label_formatter(&|place| (x.label)(*place))
            .y_label_formatter(&|place| (y.label)(*place))
            .x_desc(x.name)
            .y_desc(y.name)
            .draw()?;
        Ok(chart)
    }
}

/// One of a chart's two axes.
pub(super) struct Scale<'s> {
    pub(super) name: &'s str,
    pub(super) range: Range<f64>,
    /// About so many places have a number.
    pub(super) labels: usize,
    pub(super) label: &'s dyn Fn(f64) -> String,
}

/// A number on an axis.
pub(super) fn short(number: f64) -> String {
    let size = number.abs();
    if size > 1e-9 && !(1e-3..1e6).contains(&size) {
        return format!("{number:.1e}").replace(".0e", "e");
    }
    let text = format!("{number:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn numbers_on_an_axis_are_short() {
        let numbers = [0.0, -0.0, 0.1 + 0.2, 0.0015, 0.000_25, 2e-5, 1500.0, 3e7, -0.5, 1e-12];
        let texts = ["0", "0", "0.3", "0.0015", "2.5e-4", "2e-5", "1500", "3e7", "-0.5", "0"];
        assert_eq!(numbers.map(short), texts);
    }
}
