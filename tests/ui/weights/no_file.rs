fn main() {
    let _ = Net::pretrained();
}

cnn::network!(
    #[weights("/no/such.safetensors")]
    pub fn Net(image: Image<1, 4, 4>) -> Vector<3> {
        flatten;
        let fc = linear(3);
    }
);

//~ fix (a path starts at the folder of the package): /no/such.safetensors => tests/ui/weights/tiny.safetensors && flatten; => let conv1 = conv2d(2, kernel_size = 3);\n        flatten;
