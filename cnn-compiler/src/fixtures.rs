//! Known networks in the language, and what the stages make of them, for the tests of every stage.

pub(crate) mod random;

use crate::diagnostics::Diagnostics;
use crate::graph::Graph;
use crate::{elaborate, syntax};
use proc_macro2::TokenStream;
use quote::quote;

/// A program without errors: the name and the graph of each type that it declares.
pub(crate) fn graphs(tokens: TokenStream) -> Vec<(String, Graph)> {
    let errors = Diagnostics::default();
    let program = syntax::parse(&[], tokens, &errors);
    let declared = elaborate::elaborate(&program, &errors);
    let errors = errors.finish();
    assert!(errors.is_empty(), "{errors:#?}");
    declared.into_iter().map(|network| (network.name.to_string(), network.graph)).collect()
}

/// Shows which network a test has failed on.
pub(crate) struct Tested<'s>(pub(crate) &'s str);

impl Drop for Tested<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("{}", self.0);
        }
    }
}

/// The graph of a program that declares one type.
pub(crate) fn graph(tokens: TokenStream) -> Graph {
    let mut graphs = graphs(tokens);
    assert_eq!(graphs.len(), 1);
    graphs.remove(0).1
}

/// The errors of a program: what each says, and the token that it points at.
pub(crate) fn errors(tokens: &TokenStream) -> Vec<(String, String)> {
    let errors = Diagnostics::default();
    // Tokens from text have places, which those of `quote!` have not.
    let tokens: TokenStream = tokens.to_string().parse().expect("tokens print as tokens");
    let program = syntax::parse(&[], tokens, &errors);
    elaborate::elaborate(&program, &errors);
    let at = |error: &syn::Error| error.span().source_text().unwrap_or_default();
    errors.finish().iter().map(|error| (error.to_string(), at(error))).collect()
}

/// What a later check says of the types that a program declares, whose errors are all of that check.
pub(crate) fn errors_of(
    tokens: TokenStream,
    check: impl Fn(&elaborate::Declared<'_>, &Diagnostics),
) -> Vec<String> {
    let errors = Diagnostics::default();
    let program = syntax::parse(&[], tokens, &errors);
    for declared in &elaborate::elaborate(&program, &errors) {
        check(declared, &errors);
    }
    errors.finish().iter().map(ToString::to_string).collect()
}

/// `LeNet`-5 (1998), as in *Dive into Deep Learning*: 61,706 parameters.
pub(crate) fn lenet() -> TokenStream {
    quote! {
        pub fn LeNet(image: Image<1, 28, 28>) -> Vector<10> {
            let conv1 = conv2d(6, kernel_size = 5, padding = 2);
            sigmoid;
            avg_pool2d(2, stride = 2);
            conv2d(16, kernel_size = 5);
            sigmoid;
            avg_pool2d(2, stride = 2);
            flatten;
            linear(120);
            sigmoid;
            linear(84);
            sigmoid;
            linear(10)
        }
    }
}

/// Krizhevsky et al. (2012), as in *Dive into Deep Learning*: 46,764,746 parameters.
pub(crate) fn alexnet() -> TokenStream {
    quote! {
        fn AlexNet(image: Image<1, 224, 224>) -> Vector<10> {
            conv2d(96, kernel_size = 11, stride = 4, padding = 1);
            relu;
            max_pool2d(3, stride = 2);
            conv2d(256, kernel_size = 5, padding = 2);
            relu;
            max_pool2d(3, stride = 2);
            for channels in [384, 384, 256] {
                conv2d(channels, kernel_size = 3, padding = 1);
                relu;
            }
            max_pool2d(3, stride = 2);
            flatten;
            for _ in 0..2 {
                linear(4096);
                relu;
                dropout(0.5);
            }
            linear(10)
        }
    }
}

/// Simonyan and Zisserman (2014): 132,863,336 parameters for RGB and 1000 classes.
pub(crate) fn vgg11() -> TokenStream {
    quote! {
        pub type Vgg11 = Vgg<{ [(1, 64), (1, 128), (2, 256), (2, 512), (2, 512)] }>;
        pub fn Vgg<const ARCH: [(usize, usize)], const CLASSES: usize = 10>(
            image: Image<1, 224, 224>,
        ) -> Vector<CLASSES> {
            for (convs, channels) in ARCH {
                vgg_block(convs, channels);
            }
            flatten;
            for _ in 0..2 {
                linear(4096);
                relu;
                dropout(0.5);
            }
            linear(CLASSES)
        }
        fn vgg_block(convs: usize, channels: usize) {
            for _ in 0..convs {
                conv2d(channels, kernel_size = 3, padding = 1);
                relu;
            }
            max_pool2d(2, stride = 2);
        }
    }
}

/// Szegedy et al. (2014), as in *Dive into Deep Learning*: 5,977,530 parameters.
pub(crate) fn googlenet() -> TokenStream {
    quote! {
        fn GoogLeNet(image: Image<1, 96, 96>) -> Vector<10> {
            conv2d(64, kernel_size = 7, stride = 2, padding = 3);
            relu;
            max_pool2d(3, stride = 2, padding = 1);
            conv2d(64, kernel_size = 1);
            relu;
            conv2d(192, kernel_size = 3, padding = 1);
            relu;
            max_pool2d(3, stride = 2, padding = 1);
            inception(64, (96, 128), (16, 32), 32);
            inception(128, (128, 192), (32, 96), 64);
            max_pool2d(3, stride = 2, padding = 1);
            inception(192, (96, 208), (16, 48), 64);
            inception(160, (112, 224), (24, 64), 64);
            inception(128, (128, 256), (24, 64), 64);
            inception(112, (144, 288), (32, 64), 64);
            inception(256, (160, 320), (32, 128), 128);
            max_pool2d(3, stride = 2, padding = 1);
            inception(256, (160, 320), (32, 128), 128);
            inception(384, (192, 384), (48, 128), 128);
            global_avg_pool2d;
            flatten;
            linear(10)
        }
        fn inception(c1: usize, c2: (usize, usize), (c3_1, c3_2): (usize, usize), c4: usize) {
            concat(
                { let p1_1 = conv2d(c1, kernel_size = 1); relu; },
                {
                    let p2_1 = conv2d(c2.0, kernel_size = 1); relu;
                    let p2_2 = conv2d(c2.1, kernel_size = 3, padding = 1); relu;
                },
                {
                    let p3_1 = conv2d(c3_1, kernel_size = 1); relu;
                    let p3_2 = conv2d(c3_2, kernel_size = 5, padding = 2); relu;
                },
                { max_pool2d(3, stride = 1, padding = 1); let p4_2 = conv2d(c4, kernel_size = 1); relu; },
            )
        }
    }
}

/// He et al. (2015), torchvision's `resnet18`: 11,689,512 parameters.
pub(crate) fn resnet18() -> TokenStream {
    quote! {
        fn ResNet18(image: Image<3, 64, 64>) -> Vector<1000> {
            conv_bn(64, 7, 2);
            relu;
            max_pool2d(3, stride = 2, padding = 1);
            for (channels, stride) in [(64, 1), (128, 2), (256, 2), (512, 2)] {
                residual(channels, stride);
                residual(channels, 1);
            }
            global_avg_pool2d;
            flatten;
            linear(1000)
        }
        fn residual(channels: usize, stride: usize) {
            let x;
            add(
                { conv_bn(channels, 3, stride); relu; conv_bn(channels, 3, 1) },
                { if stride != 1 || x.channels != channels { conv_bn(channels, 1, stride) } },
            );
            relu
        }
        fn conv_bn(channels: usize, kernel_size: usize, stride: usize) {
            let conv = conv2d(channels, kernel_size, stride, padding = kernel_size / 2, bias = false);
            let bn = batch_norm2d;
        }
    }
}

/// Huang et al. (2016), torchvision's `densenet121`: 7,978,856 parameters.
pub(crate) fn densenet121() -> TokenStream {
    quote! {
        fn DenseNet121(image: Image<3, 64, 64>) -> Vector<1000> {
            conv2d(64, kernel_size = 7, stride = 2, padding = 3, bias = false);
            batch_norm2d;
            relu;
            max_pool2d(3, stride = 2, padding = 1);
            for (stage, layers) in [(0, 6), (1, 12), (2, 24), (3, 16)] {
                if stage > 0 {
                    batch_norm2d;
                    relu;
                    conv2d(_.channels / 2, kernel_size = 1, bias = false);
                    avg_pool2d(2);
                }
                for _ in 0..layers {
                    dense_layer(GROWTH);
                }
            }
            batch_norm2d;
            relu;
            global_avg_pool2d;
            flatten;
            linear(1000)
        }
        const GROWTH: usize = 32;
        fn dense_layer(growth: usize) {
            concat(_, {
                batch_norm2d;
                relu;
                conv2d(4 * growth, kernel_size = 1, bias = false);
                batch_norm2d;
                relu;
                conv2d(growth, kernel_size = 3, padding = 1, bias = false)
            })
        }
    }
}
