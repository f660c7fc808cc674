//! The classic networks, each as the paper or the textbook has it, ready to be used or to be read.
//!
//! | network | input | classes | where from |
//! |:--|:--|--:|:--|
//! | [`LeNet`] | 1x28x28 | 10 | LeCun et al. 1998, as in *Dive into Deep Learning* |
//! | [`AlexNet`] | 1x224x224 | 10 | Krizhevsky, Sutskever and Hinton 2012, as in *Dive into Deep Learning* |
//! | [`Vgg11`], [`Vgg16`], [`Vgg19`], [`Vgg11Quarter`] | 1x224x224 | 10 | Simonyan and Zisserman 2014, as in *Dive into Deep Learning* |
//! | [`NiN`] | 1x224x224 | 10 | Lin, Chen and Yan 2013, as in *Dive into Deep Learning* |
//! | [`GoogLeNet`], [`GoogLeNet224`] | 1x96x96, 1x224x224 | 10 | Szegedy et al. 2014, as in *Dive into Deep Learning* |
//! | [`ResNet18`] | 3x224x224 | 1000 | He et al. 2015, as in torchvision |
//! | [`SqueezeNet`] | 3x224x224 | 1000 | Iandola et al. 2016, version 1.1 as in torchvision |
//! | [`MobileNetV2`] | 3x224x224 | 1000 | Sandler et al. 2018, as in torchvision |
//! | [`DenseNet121`] | 3x224x224 | 1000 | Huang et al. 2016, as in torchvision |
//! | [`UNet`] | 1x96x96 | 2 | Ronneberger, Fischer and Brox 2015, padded and with fewer channels |
//!
//! Their tensors have the keys and shapes of the PyTorch models' `state_dict`s, so that PyTorch's weights load.
//!
//! Each has parameters: the number of classes, the size of the image, the rate of dropout. Another choice is an instance
//! of your own, in one line:
//!
//! ```
//! cnn::network!(
//!     use cnn::models::ResNet18;
//!
//!     /// ResNet-18 for ten classes of small images.
//!     pub type Small = ResNet18<10, 32>;
//! );
//! assert_eq!(Small::OUTPUT, [10]);
//! ```

mod alexnet;
mod densenet;
mod googlenet;
mod lenet;
mod mobilenet;
mod nin;
mod resnet;
mod squeezenet;
mod unet;
mod vgg;

pub use alexnet::AlexNet;
pub use densenet::DenseNet121;
pub use googlenet::{GoogLeNet, GoogLeNet224};
pub use lenet::LeNet;
pub use mobilenet::MobileNetV2;
pub use nin::NiN;
pub use resnet::ResNet18;
pub use squeezenet::SqueezeNet;
pub use unet::UNet;
pub use vgg::{Vgg, Vgg11, Vgg11Quarter, Vgg16, Vgg19};
