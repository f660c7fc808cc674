fn main() {
    let _ = Net::pretrained();
}

cnn::network!(
    #[weights("tests/ui/weights/tiny.safetensors")]
    pub fn Net(image: Image<1, 4, 4>) -> Vector<3> {
        let conv1 = conv2d(2, kernel_size = 3, bias = false);
        flatten;
        let fc = linear(3);
    }
);

//~ fix (add what is missing here): , bias = false =>
