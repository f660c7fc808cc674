//! `AlexNet`.

cnn::network!(
    /// AlexNet (Krizhevsky, Sutskever and Hinton 2012, *ImageNet Classification with Deep Convolutional Neural Networks*):
    /// deep, with relu, max-pools and dropout. For one channel, without the split over two devices.
    pub fn AlexNet<const CLASSES: usize = 10, const SIZE: usize = 224, const DROPOUT: f32 = 0.5>(
        image: Image<1, SIZE, SIZE>,
    ) -> Vector<CLASSES> {
        conv2d(96, kernel_size = 11, stride = 4, padding = 1);
        relu;
        max_pool2d(3, stride = 2);
        conv2d(256, kernel_size = 5, padding = 2);
        relu;
        max_pool2d(3, stride = 2);
        for channels in [384, 384, 256] {
            conv2d(channels, kernel_size = 3, padding = 1);
            relu;
        }
        max_pool2d(3, stride = 2);
        flatten;
        for _ in 0..2 {
            linear(4096);
            relu;
            dropout(DROPOUT);
        }
        linear(CLASSES)
    }
);
