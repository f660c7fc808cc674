fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    #[weights("tests/ui/weights/tiny.safetensors")]
    #[weights("tests/ui/weights/doubles.safetensors")]
    pub fn Net(image: Image<1, 4, 4>) -> Vector<3> {
        let conv1 = conv2d(2, kernel_size = 3);
        flatten;
        let fc = linear(3);
    }
);

//~ fix (remove one of them): #[weights("tests/ui/weights/doubles.safetensors")]\n =>
