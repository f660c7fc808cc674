//! The table of a network's layers.

use crate::message::Text;
use crate::nearest::edits_if_near;
use crate::window::Window;

/// One layer of a network; a row of its table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerInfo {
    /// Its path, as PyTorch names modules: `conv1`, `2.0.p1_1`.
    pub name: &'static str,
    /// The layer's name in the language: `conv2d`.
    pub kind: &'static str,
    /// The tensors that it reads: 0 is the network's input, `i + 1` what layer `i` gives.
    pub inputs: &'static [usize],
    /// Shape of what goes in, without the batch; of the first branch for `concat` and `add`.
    pub input: &'static [usize],
    /// Shape of what comes out, without the batch.
    pub output: &'static [usize],
    /// The window that slides over its input, of a convolution or a pool.
    pub window: Option<Window>,
    /// How many numbers are learned.
    pub parameters: usize,
    /// Multiply-adds for one image.
    pub macs: usize,
    /// How many rows and columns of the network's input one output number sees (it may reach beyond the borders).
    pub receptive_field: [usize; 2],
    /// How many rows and columns of the network's input lie between what two neighbours in the output see.
    pub stride: [usize; 2],
    /// The row and the column of the network's input where what the first output number sees begins; negative where layers pad.
    pub field_start: [isize; 2],
    /// The kernel of inference and why, where the compiler has chosen one: `F(4x4, 3x3) from 4 images on, else F(2x2, 3x3)`,
    /// `direct: stride 2`; otherwise empty.
    pub kernel: &'static str,
}

impl LayerInfo {
    /// The row of this name in the table of a network.
    #[must_use]
    pub const fn find(layers: &'static [Self], name: &str) -> Option<&'static Self> {
        let mut i = 0;
        while i < layers.len() {
            if same(layers[i].name.as_bytes(), name.as_bytes()) {
                return Some(&layers[i]);
            }
            i += 1;
        }
        None
    }

    /// The row of this name in the table of the network that is called `network`.
    ///
    /// # Panics
    /// If there is none; the message tells the nearest name.
    #[must_use]
    #[track_caller]
    pub const fn named(network: &str, layers: &'static [Self], name: &str) -> &'static Self {
        match Self::find(layers, name) {
            Some(layer) => layer,
            None => panic!("{}", unknown(network, layers, name).as_str()),
        }
    }
}

/// That a network has no layer of this name, and which was probably meant.
const fn unknown(network: &str, layers: &[LayerInfo], name: &str) -> Text {
    let text = Text::new().text("`").text(network).text("` has no layer `").text(name).text("`\nhelp: ");
    let mut nearest: Option<(usize, &str)> = None;
    let mut i = 0;
    while i < layers.len() {
        let candidate = layers[i].name;
        if let Some(edits) = edits_if_near(name, candidate) {
            nearest = match nearest {
                Some((least, _)) if least <= edits => nearest,
                _ => Some((edits, candidate)),
            };
        }
        i += 1;
    }
    match nearest {
        Some((_, near)) => text.text("there is one with a similar name: `").text(near).text("`"),
        None => text.text("`").text(network).text("::LAYERS` has the names of all"),
    }
}

/// Whether two texts are equal, also in `const`.
const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emitted::layer;
    use alloc::format;
    use alloc::string::String;

    const LAYERS: &[LayerInfo] = &[named("conv1"), named("conv2"), named("2.0.head")];

    const fn named(name: &'static str) -> LayerInfo {
        layer(name, "relu", &[0], [&[1], &[1]], None, [0; 2], [[1; 2]; 2], [0; 2], "")
    }

    #[test]
    fn a_layer_is_found_by_its_whole_name() {
        assert_eq!(LayerInfo::named("Net", LAYERS, "conv2"), &LAYERS[1]);
        assert_eq!(LayerInfo::find(LAYERS, "conv"), None);
    }

    #[test]
    fn an_unknown_layer_has_a_nearest_name() {
        let said = |name| String::from(unknown("Net", LAYERS, name).as_str());
        let near = |wrong, right| {
            let help = "help: there is one with a similar name";
            assert_eq!(said(wrong), format!("`Net` has no layer `{wrong}`\n{help}: `{right}`"));
        };
        near("conv3", "conv1"); // of equally near ones the first
        near("cnov2", "conv2");
        near("2.0.haed", "2.0.head");
        assert_eq!(said("tail"), "`Net` has no layer `tail`\nhelp: `Net::LAYERS` has the names of all");
    }
}
