//! The constants that tell kernels about layers. Each distinct one is written once, as an item that calls and tables name,
//! and so are the windows and choices that stand in many of them:
//!
//! ```text
//! const W1: Window = window(…);
//! const C0: Choice = Choice { … };
//! const L3: Dense = Dense::new(conv(…, W1), …, [C0, C0, C0]);
//! ```

use crate::ops::window::Sliding;
use crate::plan::{Blocked, Choice, Choices, Descriptor, Images, Tile, Window};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The constants of a network.
#[derive(Default)]
pub(super) struct Descriptors {
    /// The names of layers by value.
    layers: BTreeMap<String, String>,
    /// Few, each at the index that its name has.
    windows: Vec<Window>,
    choices: Vec<Choice>,
    items: String,
}

impl Descriptors {
    /// The name of a descriptor's constant.
    pub(super) fn name(&mut self, descriptor: &Descriptor) -> String {
        let (ty, value) = self.descriptor(descriptor);
        if let Some(name) = self.layers.get(&value) {
            return name.clone();
        }
        let name = format!("L{}", self.layers.len());
        let _ = writeln!(self.items, "const {name}: {ty} = {value};");
        self.layers.insert(value, name.clone());
        name
    }

    /// The items.
    pub(super) fn finish(self) -> String {
        self.items
    }

    /// The type of a descriptor and its value.
    fn descriptor(&mut self, descriptor: &Descriptor) -> (String, String) {
        let (ty, fields) = match descriptor {
            Descriptor::Conv2d { in_channels, out_channels, groups, window } => {
                let value = self.conv2d(*in_channels, *out_channels, *groups, window);
                return ("Conv2d".into(), value);
            }
            Descriptor::BlockedConv2d {
                choices,
                in_channels,
                out_channels,
                groups,
                window,
                x_halo,
                y_halo,
            } => {
                let conv = self.conv2d(*in_channels, *out_channels, *groups, window);
                if let Some(Choices { forward, backward_input, backward_weight }) = choices {
                    let choices =
                        [forward, backward_input, backward_weight].map(|choice| self.choice(*choice));
                    let choices = choices.join(", ");
                    let value = format!("Dense::new({conv}, [{x_halo:?}, {y_halo:?}], [{choices}])");
                    return ("Dense".into(), value);
                }
                ("BlockedConv2d", format!("conv: {conv}, x_halo: {x_halo:?}, y_halo: {y_halo:?}"))
            }
            Descriptor::FirstConv2d { in_channels, out_channels, window, y_halo } => {
                let conv = self.conv2d(*in_channels, *out_channels, 1, window);
                ("FirstConv2d", format!("conv: {conv}, y_halo: {y_halo:?}"))
            }
            Descriptor::FirstPooled { first, pool, y_halo } => {
                let ((_, first), pool) = (self.descriptor(first), self.window(pool));
                ("FirstPooled", format!("first: {first}, pool: {pool}, y_halo: {y_halo:?}"))
            }
            Descriptor::Blocked(image) => return ("Blocked".into(), blocked(*image)),
            Descriptor::Haloed { layer, x_halo, y_halo } => {
                let (ty, layer) = self.descriptor(layer);
                let value = format!("Haloed {{ layer: {layer}, x_halo: {x_halo:?}, y_halo: {y_halo:?} }}");
                return (format!("Haloed<{ty}>"), value);
            }
            Descriptor::Images(images) => {
                return (format!("Operands<{}>", images.halos.len()), operands(images));
            }
            Descriptor::BlockedBatchNorm2d { norm, images } => {
                let ((_, norm), count, images) =
                    (self.descriptor(norm), images.halos.len(), operands(images));
                let value = format!("BlockedBatchNorm2d {{ norm: {norm}, images: {images} }}");
                return (format!("BlockedBatchNorm2d<{count}>"), value);
            }
            Descriptor::Part { whole, part, first } => {
                ("Part", format!("whole: {}, part: {}, first: {first}", blocked(*whole), blocked(*part)))
            }
            Descriptor::Linear { in_features, out_features } => {
                ("Linear", format!("in_features: {in_features}, out_features: {out_features}"))
            }
            Descriptor::MaxPool2d { channels, window } => {
                ("MaxPool2d", format!("channels: {channels}, window: {}", self.window(window)))
            }
            Descriptor::AvgPool2d { channels, window, count_include_pad } => {
                let window = self.window(window);
                let fields =
                    format!("channels: {channels}, window: {window}, count_include_pad: {count_include_pad}");
                ("AvgPool2d", fields)
            }
            Descriptor::AdaptivePool2d { channels, input, output } => {
                ("AdaptivePool2d", format!("channels: {channels}, input: {input:?}, output: {output:?}"))
            }
            Descriptor::Upsample { channels, input, scale, align_corners } => {
                let fields = format!(
                    "channels: {channels}, input: {input:?}, scale: {scale:?}, align_corners: {align_corners}"
                );
                ("Upsample", fields)
            }
            Descriptor::LocalResponseNorm { channels, pixels, size, alpha, beta, k } => {
                let [alpha, beta, k] = [alpha, beta, k].map(|number| float(*number));
                let sizes = format!("channels: {channels}, pixels: {pixels}, size: {size}");
                ("LocalResponseNorm", format!("{sizes}, alpha: {alpha}, beta: {beta}, k: {k}"))
            }
            Descriptor::Softmax { channels, pixels } => {
                ("Softmax", format!("channels: {channels}, pixels: {pixels}"))
            }
            Descriptor::BatchNorm2d { channels, pixels, eps, momentum } => {
                let [eps, momentum] = [eps, momentum].map(|number| float(*number));
                let fields =
                    format!("channels: {channels}, pixels: {pixels}, eps: {eps}, momentum: {momentum}");
                ("BatchNorm2d", fields)
            }
            Descriptor::Dropout { p, layer } => ("Dropout", format!("p: {}, layer: {layer}", float(*p))),
        };
        (ty.into(), format!("{ty} {{ {fields} }}"))
    }

    fn choice(&mut self, choice: Choice) -> String {
        let known = self.choices.iter().position(|known| *known == choice);
        let index = known.unwrap_or_else(|| {
            let algorithm = |tile: Option<Tile>| match tile {
                None => "Algorithm::Direct".into(),
                Some(tile) => format!("Algorithm::Winograd(Tile::{tile:?})"),
            };
            let (f2, fast, fast_from) = (algorithm(choice.f2), algorithm(choice.fast), choice.fast_from);
            let (index, value) =
                (self.choices.len(), format!("f2: {f2}, fast: {fast}, fast_from: {fast_from}"));
            let _ = writeln!(self.items, "const C{index}: Choice = Choice {{ {value} }};");
            self.choices.push(choice);
            index
        });
        format!("C{index}")
    }

    fn conv2d(&mut self, in_channels: usize, out_channels: usize, groups: usize, window: &Window) -> String {
        let window = self.window(window);
        format!("conv({in_channels}, {out_channels}, {groups}, {window})")
    }

    /// The name of a window's constant.
    pub(super) fn window(&mut self, window: &Window) -> String {
        let known = self.windows.iter().position(|known| known == window);
        let index = known.unwrap_or_else(|| {
            let Window { input, output, sliding } = window;
            let Sliding { kernel, stride, padding, dilation } = sliding;
            let index = self.windows.len();
            let _ = writeln!(
                self.items,
                "const W{index}: Window = window([{input:?}, {output:?}], [{kernel:?}, {stride:?}, {padding:?}, {dilation:?}]);"
            );
            self.windows.push(*window);
            index
        });
        format!("W{index}")
    }
}

/// A number as `f32`.
pub(super) fn float(number: f64) -> String {
    format!("{number:?}f64 as f32")
}

/// The layout of an image in blocks.
fn blocked(Blocked { channels, plane, halo }: Blocked) -> String {
    format!("Blocked {{ channels: {channels}, plane: {plane:?}, halo: {halo:?} }}")
}

fn operands(Images { channels, plane, halos }: &Images) -> String {
    format!("Operands {{ channels: {channels}, plane: {plane:?}, halos: {halos:?} }}")
}
