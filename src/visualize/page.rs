//! Sheets and words on one page that needs nothing else.

use super::Sheet;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

/// A self-contained HTML page: pictures and styles are in it, it has no scripts, opens offline, and follows the reader's choice of dark or
/// light.
#[derive(Clone, Debug)]
pub struct Page {
    title: String,
    sections: Vec<Section>,
}

/// A part of a [`Page`] under its heading.
#[derive(Clone, Debug)]
pub struct Section {
    heading: String,
    body: String,
}

const STYLE: &str = include_str!("page.css");

impl Page {
    /// A page without sections.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), sections: Vec::new() }
    }

    /// Adds a section.
    pub fn section(&mut self, heading: impl Into<String>) -> &mut Section {
        self.sections.push(Section { heading: heading.into(), body: String::new() });
        self.sections.last_mut().unwrap_or_else(|| unreachable!("one was pushed"))
    }

    /// The page's text.
    #[must_use]
    pub fn to_html(&self) -> String {
        let title = escaped(&self.title);
        let mut html = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
             <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
        );
        for Section { heading, body } in &self.sections {
            let _ = write!(html, "<section>\n<h2>{}</h2>\n{body}</section>\n", escaped(heading));
        }
        html + "</main>\n</body>\n</html>\n"
    }

    /// Writes it to a file, which is whole or not there at all.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        crate::files::replace(path.as_ref(), self.to_html().as_bytes())
    }
}

impl Section {
    /// Adds a paragraph.
    pub fn text(&mut self, text: &str) -> &mut Self {
        let _ = writeln!(self.body, "<p>{}</p>", escaped(text));
        self
    }

    /// Adds preformatted lines, such as a table that `Display` writes.
    pub fn preformatted(&mut self, text: &str) -> &mut Self {
        let _ = writeln!(self.body, "<pre tabindex=\"0\">{}</pre>", escaped(text));
        self
    }

    /// Adds a plot, beside the one before if there is room. Its text has the colour of the page's.
    #[cfg(feature = "plots")]
    pub fn plot(&mut self, plot: &super::plots::Plot) -> &mut Self {
        let (svg, title) = (plot.to_inline_svg(), escaped(plot.title()));
        let svg = svg.replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{title}\" "), 1);
        let _ = writeln!(self.body, "<figure class=\"plot\">{svg}</figure>");
        self
    }

    /// Adds a sheet: its tiles in rows, each with its caption, which is read out and shown under the pointer; below the tiles
    /// if there are few. A sheet of very many tiles becomes one picture.
    pub fn sheet(&mut self, sheet: &Sheet) -> &mut Self {
        if sheet.tiles.len() > MOST_TILES {
            let alt = format!("{} tiles", sheet.tiles.len());
            let _ = writeln!(
                self.body,
                "<div class=\"scroll\" tabindex=\"0\">{}</div>",
                picture(&sheet.to_png(), &alt)
            );
            return self;
        }
        let columns = sheet.columns.min(sheet.tiles.len()).max(1);
        let class = if sheet.tiles.len() > MOST_CAPTIONS { "sheet dense" } else { "sheet" };
        let _ = writeln!(
            self.body,
            "<div class=\"scroll\" tabindex=\"0\"><div class=\"{class}\" style=\"--columns: {columns}\">"
        );
        for tile in &sheet.tiles {
            let (picture, caption) = (picture(&tile.png(), &tile.caption), escaped(&tile.caption));
            let _ = writeln!(self.body, "<figure>{picture}<figcaption>{caption}</figcaption></figure>");
        }
        self.body += "</div></div>\n";
        self
    }
}

/// Above so many tiles a sheet is one picture.
const MOST_TILES: usize = 1024;

/// Above so many tiles their captions are shown under the pointer only.
const MOST_CAPTIONS: usize = 40;

/// An image of the page.
fn picture(png: &[u8], alt: &str) -> String {
    let (data, alt) = (STANDARD.encode(png), escaped(alt));
    format!("<img src=\"data:image/png;base64,{data}\" alt=\"{alt}\" title=\"{alt}\">")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::visualize::{Colors, Tile};

    #[test]
    fn a_page_needs_nothing_else() {
        let tile = Tile::plane(1, 2, &[0.0, 1.0], Colors::Grey).caption("a <b> & \"c\"");
        let mut page = Page::new("Kernels & maps");
        page.section("One").text("1 < 2").sheet(&Sheet::new(vec![tile.clone()])).preformatted("a\n  b");
        page.section("Two").sheet(&Sheet::new(vec![tile; MOST_TILES + 1]));
        let html = page.to_html();
        assert!(html.contains("<title>Kernels &amp; maps</title>") && html.contains("<p>1 &lt; 2</p>"));
        assert!(html.contains("<figcaption>a &lt;b&gt; &amp; &quot;c&quot;</figcaption>"));
        assert_eq!(html.matches("<img src=\"data:image/png;base64,").count(), 2, "a tile, and a whole sheet");
        for outside in ["http:", "https:", "<script", "@import", "url("] {
            assert!(!html.contains(outside), "{outside}");
        }
    }
}
