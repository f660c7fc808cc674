fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    #[budget(params <= 8_000, macs < 8 * 1024)]
    pub fn Net(image: Image<1, 12, 12>) -> Vector<10> {
        let conv1 = conv2d(8, kernel_size = 3);
        relu;
        max_pool2d(2);
        flatten;
        let fc1 = linear(32);
        relu;
        linear(10)
    }
);

//~ fix (make these layers smaller): conv2d(8, => conv2d(4,
//~ fix: macs < 8 * 1024 => macs <= 13_920
