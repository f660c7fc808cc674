fn main() {
    let _ = Vgg11::new(1);
}

cnn::network!(
    pub fn Vgg<const ARCH: [(usize, usize)], const CLASSES: usize = 10>(
        image: Image<1, 32, 32>,
    ) -> Vector<CLASSES> {
        for (convs, channels) in ARCH {
            for _ in 0..convs {
                conv2d(channels, kernel_size = 3, padding = 1);
                relu;
            }
        }
        flatten;
        linear(CLASSES)
    }
    pub type Vgg11 = Vgg;
);

//~ fix (write it between `<` and `>`): Vgg11 = Vgg; => Vgg11 = Vgg<{ [(1, 64), (2, 128)] }>;
