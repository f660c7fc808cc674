fn main() {
    let _ = Vgg11::new(1);
}

cnn::network!(
    pub fn Vgg<const ARCH: [(usize, usize)]>(image: Image<1, 16, 16>) -> Vector<10> {
        for (convs, channels) in ARCH {
            vgg_block(convs, channels);
        }
        flatten;
        linear(10)
    }
    fn vgg_block(convs: usize, channels: usize) {
        for _ in 0..convs {
            conv2d(channels, kernel_size = 3, padding = 1);
            relu;
        }
        max_pool2d(2, stride = 2);
    }
    pub type Vgg11 = Vgg<{ [(1, 64), (1, 128), (2, 256), (2, 512), (2, 512)] }>;
);

//~ fix (kernel_size at most 1): max_pool2d(2, => max_pool2d(1,
//~ fix (padding at least 1): stride = 2) => stride = 2, padding = 1)
