//! Network in network.

cnn::network!(
    /// NiN (Lin, Chen and Yan 2013, *Network In Network*): behind each convolution two of 1x1, a small network for each
    /// pixel; and no linear layer at the end, but a channel for each class and its mean.
    pub fn NiN<const CLASSES: usize = 10, const SIZE: usize = 224, const DROPOUT: f32 = 0.5>(
        image: Image<1, SIZE, SIZE>,
    ) -> Vector<CLASSES> {
        nin_block(96, 11, 4, 0);
        max_pool2d(3, stride = 2);
        nin_block(256, 5, 1, 2);
        max_pool2d(3, stride = 2);
        nin_block(384, 3, 1, 1);
        max_pool2d(3, stride = 2);
        dropout(DROPOUT);
        nin_block(CLASSES, 3, 1, 1);
        global_avg_pool2d;
        flatten
    }
    fn nin_block(channels: usize, kernel_size: usize, stride: usize, padding: usize) {
        conv2d(channels, kernel_size, stride, padding);
        relu;
        for _ in 0..2 {
            conv2d(channels, kernel_size = 1);
            relu;
        }
    }
);
