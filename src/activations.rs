//! What each layer of a network gives for an image.

use crate::nearest::nearest;
use cnn_runtime::network::{LayerInfo, Network, Observer};
use cnn_runtime::sample::Sample;
use cnn_runtime::view::View;
use std::fmt;
use std::slice;

/// What one layer gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Activation {
    layer: &'static LayerInfo,
    numbers: Vec<f32>,
}

impl Activation {
    /// The layer.
    #[must_use]
    pub fn layer(&self) -> &'static LayerInfo {
        self.layer
    }

    /// The shape of its output: `[C, H, W]` or `[N]`.
    #[must_use]
    pub fn shape(&self) -> &'static [usize] {
        self.layer.output
    }

    /// Its output, the last dimension varying fastest.
    #[must_use]
    pub fn numbers(&self) -> &[f32] {
        &self.numbers
    }
}

/// What all layers gave for one image, in the order in which they ran.
#[derive(Clone, Debug)]
pub struct Activations {
    network: &'static str,
    activations: Vec<Activation>,
}

impl Activations {
    /// What the layer of that name gave.
    ///
    /// # Errors
    /// If there is no such layer; the error suggests the nearest name.
    pub fn get(&self, layer: &str) -> Result<&Activation, UnknownLayer> {
        let names = || self.iter().map(|activation| activation.layer.name);
        self.iter().find(|activation| activation.layer.name == layer).ok_or_else(|| UnknownLayer {
            network: self.network,
            name: layer.to_owned(),
            nearest: nearest(layer, names()),
        })
    }

    /// All of them in order.
    pub fn iter(&self) -> slice::Iter<'_, Activation> {
        self.activations.iter()
    }
}

impl<'a> IntoIterator for &'a Activations {
    type Item = &'a Activation;
    type IntoIter = slice::Iter<'a, Activation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A network has no layer of that name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownLayer {
    /// The network's name.
    pub network: &'static str,
    /// The name asked for.
    pub name: String,
    /// The name that was probably meant.
    pub nearest: Option<&'static str>,
}

impl fmt::Display for UnknownLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} has no layer `{}`", self.network, self.name)?;
        self.nearest.map_or(Ok(()), |nearest| write!(f, "; did you mean `{nearest}`?"))
    }
}

impl std::error::Error for UnknownLayer {}

/// The index and the row of the layer of that name.
pub(crate) fn find<N: Network>(layer: &str) -> Result<(usize, &'static LayerInfo), UnknownLayer> {
    let found = N::LAYERS.iter().enumerate().find(|(_, info)| info.name == layer);
    found.ok_or_else(|| UnknownLayer {
        network: N::NAME,
        name: layer.to_owned(),
        nearest: nearest(layer, N::LAYERS.iter().map(|info| info.name)),
    })
}

/// Looks inside any network.
pub trait Inspect: Network {
    /// What is known of the layer of that name, which only the running program knows; a network's own `layer` is for
    /// constants.
    ///
    /// ```
    /// # use cnn::prelude::*;
    /// # network!(pub fn Net(image: Image<1, 8, 8>) -> Vector<4> { let conv1 = conv2d(2, kernel_size = 3); flatten; linear(4) });
    /// assert_eq!(Net::find_layer("conv1")?.output, [2, 6, 6]);
    /// let error = Net::find_layer("covn1").unwrap_err();
    /// assert_eq!(error.to_string(), "Net has no layer `covn1`; did you mean `conv1`?");
    /// # Ok::<(), cnn::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no such layer; the error suggests the nearest name.
    fn find_layer(name: &str) -> Result<&'static LayerInfo, UnknownLayer> {
        find::<Self>(name).map(|(_, layer)| layer)
    }

    /// Runs the network on one image and keeps what each layer gives.
    ///
    /// ```
    /// # use cnn::prelude::*;
    /// # network!(pub fn Net(image: Image<1, 8, 8>) -> Vector<4> { let conv1 = conv2d(2, kernel_size = 3); flatten; linear(4) });
    /// # let (net, images) = (Net::new(1), Image::zeros(1));
    /// let activations = net.activations(&images[0]);
    /// let conv1 = activations.get("conv1")?;
    /// assert_eq!(conv1.shape(), [2, 6, 6]);
    /// for activation in &activations {
    ///     println!("{}: {:?}", activation.layer().name, activation.shape());
    /// }
    /// # Ok::<(), cnn::Error>(())
    /// ```
    fn activations(&self, input: &Self::Input) -> Activations {
        let mut copies = Copies { layers: Self::LAYERS, activations: Vec::with_capacity(Self::LAYERS.len()) };
        let mut output = Self::Output::zeros(1);
        self.session(1).observe(slice::from_ref(input), &mut output, &mut copies);
        Activations { network: Self::NAME, activations: copies.activations }
    }
}

impl<N: Network> Inspect for N {}

/// Copies what it sees.
struct Copies {
    layers: &'static [LayerInfo],
    activations: Vec<Activation>,
}

impl Observer for Copies {
    fn observe(&mut self, layer: usize, output: View<'_>) {
        let numbers = output.images().next().map(<[f32]>::to_vec).unwrap_or_default();
        self.activations.push(Activation { layer: &self.layers[layer], numbers });
    }
}
