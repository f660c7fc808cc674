//! VGG.

cnn::network!(
    /// VGG (Simonyan and Zisserman 2014, *Very Deep Convolutional Networks for Large-Scale Image Recognition*): blocks of
    /// 3x3 convolutions, each with a max-pool behind it. `ARCH` has a pair (convolutions, channels) for each block;
    /// `DIVISOR` makes the blocks narrower.
    pub fn Vgg<
        const ARCH: [(usize, usize)],
        const DIVISOR: usize = 1,
        const CLASSES: usize = 10,
        const SIZE: usize = 224,
        const DROPOUT: f32 = 0.5,
    >(
        image: Image<1, SIZE, SIZE>,
    ) -> Vector<CLASSES> {
        for (convs, channels) in ARCH {
            vgg_block(convs, channels / DIVISOR);
        }
        flatten;
        for _ in 0..2 {
            linear(4096);
            relu;
            dropout(DROPOUT);
        }
        linear(CLASSES)
    }
    fn vgg_block(convs: usize, channels: usize) {
        for _ in 0..convs {
            conv2d(channels, kernel_size = 3, padding = 1);
            relu;
        }
        max_pool2d(2, stride = 2);
    }

    /// [`Vgg`] with 8 convolutions.
    pub type Vgg11 = Vgg<{ VGG11 }>;
    /// [`Vgg`] with 13 convolutions.
    pub type Vgg16 = Vgg<{ [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)] }>;
    /// [`Vgg`] with 16 convolutions.
    pub type Vgg19 = Vgg<{ [(2, 64), (2, 128), (4, 256), (4, 512), (4, 512)] }>;
    /// [`Vgg11`] with a quarter of the channels, for small data.
    pub type Vgg11Quarter = Vgg<{ VGG11 }, 4>;

    const VGG11: [(usize, usize); 5] = [(1, 64), (1, 128), (2, 256), (2, 512), (2, 512)];
);
