fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    pub fn Net(image: Image<1, 28, 28>) -> Vector<10> {
        conv2d(CHANNELS, kernel_size = 5);
        flatten;
        linear(10)
    }
);

//~ fix (declared in the `network!` that uses them): cnn::network!( => cnn::network!(\n    const CHANNELS: usize = 6;\n
