fn main() {
    let _ = Net::pretrained();
}

cnn::network!(
    #[weights("tests/ui/weights/tiny.safetensors")]
    pub fn Net(image: Image<1, 4, 4>) -> Vector<3> {
        let conv_1 = conv2d(2, kernel_size = 3);
        flatten;
        let fc = linear(3);
    }
);

//~ fix (it has `conv1.weight`, of shape [2, 1, 3, 3]; a layer is called by its `let`): conv_1 => conv1
//~ fix (it has `conv1.bias`): conv_1 => conv1
//~ fix (add what is missing here): conv_1 => conv1
