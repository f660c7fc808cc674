fn main() {
    let _ = Net::pretrained();
}

cnn::network!(
    #[weights("tests/ui/weights/tiny.safetensors")]
    pub fn Net(image: Image<1, 4, 4>) -> Vector<3> {
        for _ in 0..5 {
            conv2d(2, kernel_size = 3, padding = 1);
        }
        flatten;
        let fc = linear(3);
    }
);
