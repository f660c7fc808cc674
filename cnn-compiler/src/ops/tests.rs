use super::*;
use crate::fixtures::{errors, graph};
use crate::graph::Layer;
use proc_macro2::TokenStream;
use quote::quote;

/// The layers of a body over an image of 6x8x8.
fn layers(body: &TokenStream, output: &TokenStream) -> Vec<Layer> {
    graph(quote! { fn Net(image: Image<6, 8, 8>) -> #output { #body } }).layers
}

fn tensors(layer: &Layer) -> Vec<(&'static str, Vec<usize>)> {
    layer.tensors().into_iter().map(|tensor| (tensor.name, tensor.shape)).collect()
}

#[test]
fn a_grouped_convolution_without_bias() {
    let layers = layers(&quote!(conv2d(4, (3, 5), groups = 2, bias = false)), &quote!(Image<4, 6, 4>));
    let [conv] = &layers[..] else { panic!("{layers:#?}") };
    // torch.nn.Conv2d(6, 4, (3, 5), groups=2, bias=False).weight.shape
    assert_eq!(tensors(conv), [("weight", vec![4, 3, 3, 5])]);
    assert_eq!(conv.parameters(), 4 * 3 * 15);
    assert_eq!(conv.macs(), 4 * 3 * 15 * (6 * 4));
    // torch.nn.init._calculate_fan_in_and_fan_out
    assert_eq!(conv.tensors()[0].kind, TensorKind::Weight { fan_in: 3 * 15, fan_out: 4 * 15 });
}

#[test]
fn a_convolution_with_bias() {
    let layers = layers(&quote!(conv2d(4, 3, 2, 1, 2)), &quote!(Image<4, 3, 3>));
    assert_eq!(tensors(&layers[0]), [("weight", vec![4, 6, 3, 3]), ("bias", vec![4])]);
    assert_eq!(layers[0].tensors()[1].kind, TensorKind::Bias { fan_in: 54 });
    let Op::Conv2d(conv) = &layers[0].op else { panic!("{layers:#?}") };
    let window = Sliding { kernel: [3; 2], stride: [2; 2], padding: [1; 2], dilation: [2; 2] };
    assert_eq!((conv.window, conv.groups, conv.bias), (window, 1, true), "positions are PyTorch's");
}

#[test]
fn a_linear_layer() {
    let layers = layers(&quote!(flatten; linear(10); linear(7, bias = false)), &quote!(Vector<7>));
    assert_eq!(tensors(&layers[1]), [("weight", vec![10, 384]), ("bias", vec![10])]);
    assert_eq!((layers[1].macs(), layers[1].parameters()), (3840, 3850));
    assert_eq!(tensors(&layers[2]), [("weight", vec![7, 10])]);
    assert_eq!(layers[2].tensors()[0].kind, TensorKind::Weight { fan_in: 10, fan_out: 7 });
}

#[test]
fn a_batch_normalisation_has_pytorchs_keys_in_pytorchs_order() {
    let layers = layers(&quote!(batch_norm2d; batch_norm2d(affine = false)), &quote!(Image<6, 8, 8>));
    let expected = [
        ("weight", vec![6]),
        ("bias", vec![6]),
        ("running_mean", vec![6]),
        ("running_var", vec![6]),
        ("num_batches_tracked", vec![]),
    ];
    assert_eq!(tensors(&layers[0]), expected);
    assert_eq!((layers[0].parameters(), layers[0].macs()), (12, 0));
    assert_eq!(tensors(&layers[1]), expected[2..]);
    assert_eq!(layers[1].parameters(), 0);
    let Op::BatchNorm2d(norm) = &layers[0].op else { panic!("{layers:#?}") };
    assert_eq!((norm.eps.to_bits(), norm.momentum.to_bits()), (1e-5_f64.to_bits(), 0.1_f64.to_bits()));
}

#[test]
fn a_pools_stride_is_its_kernel_unless_given() {
    let body = quote!(max_pool2d((2, 3)); avg_pool2d(2, stride = 1));
    let layers = layers(&body, &quote!(Image<6, 3, 1>));
    assert_eq!(layers[0].output, Shape::Image([6, 4, 2]));
}

#[test]
fn ceil_mode_lets_windows_hang_over() {
    // torch.nn.MaxPool2d(3, 2, ceil_mode=True)(torch.zeros(6, 8, 8)).shape
    let body = quote!(max_pool2d(3, stride = 2, ceil_mode = true));
    layers(&body, &quote!(Image<6, 4, 4>));
    layers(&quote!(max_pool2d(3, stride = 2)), &quote!(Image<6, 3, 3>));
    // A window that would start in the padding beyond the end is left out: AvgPool2d(2, 3, 1, ceil_mode=True).
    layers(&quote!(avg_pool2d(2, stride = 3, padding = 1, ceil_mode = true)), &quote!(Image<6, 3, 3>));
    layers(&quote!(adaptive_max_pool2d(3, 5)), &quote!(Image<6, 3, 5>));
}

#[test]
fn a_pools_padding_is_at_most_half_its_kernel() {
    layers(&quote!(max_pool2d(3, stride = 1, padding = 1)), &quote!(Image<6, 8, 8>));
    for pool in [quote!(max_pool2d), quote!(avg_pool2d)] {
        let program =
            quote! { fn Net(image: Image<6, 8, 8>) -> Image<6, 5, 5> { #pool((4, 3), padding = (1, 2)) } };
        let errors = errors(&program);
        assert_eq!(errors.len(), 1, "{errors:#?}");
        assert!(errors[0].0.starts_with("a pool's padding is at most half of its kernel: 2 is more than 1"));
        assert_eq!(errors[0].1.replace(' ', ""), "(1,2)");
    }
}

#[test]
fn a_layer_is_found_by_its_name_and_bears_it() {
    for signature in LAYERS {
        let found = find(signature.name).map(|found| found.summary);
        assert_eq!(found, Some(signature.summary), "two layers are called {}", signature.name);
    }
    let body = quote!(leaky_relu(0.1); gelu; silu; tanh; softmax; dropout(0.0); adaptive_avg_pool2d(8, 8));
    let layers = layers(&body, &quote!(Image<6, 8, 8>));
    let names: Vec<&str> = layers.iter().map(|layer| layer.op.name()).collect();
    assert_eq!(names, ["leaky_relu", "gelu", "silu", "tanh", "softmax", "dropout", "adaptive_avg_pool2d"]);
}
