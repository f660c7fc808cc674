//! `SqueezeNet`.

cnn::network!(
    /// SqueezeNet 1.1 (Iandola et al. 2016, *SqueezeNet: AlexNet-level accuracy with 50x fewer parameters*): few channels
    /// go in to each layer of 3x3.
    pub fn SqueezeNet<const CLASSES: usize = 1000, const SIZE: usize = 224, const DROPOUT: f32 = 0.5>(
        image: Image<3, SIZE, SIZE>,
    ) -> Vector<CLASSES> {
        let features = features();
        let classifier = classifier(CLASSES, DROPOUT);
        flatten
    }
    fn features() {
        conv2d(64, kernel_size = 3, stride = 2);
        relu;
        max_pool2d(3, stride = 2, ceil_mode = true);
        fire(16, 64);
        fire(16, 64);
        max_pool2d(3, stride = 2, ceil_mode = true);
        fire(32, 128);
        fire(32, 128);
        max_pool2d(3, stride = 2, ceil_mode = true);
        fire(48, 192);
        fire(48, 192);
        fire(64, 256);
        fire(64, 256);
    }
    fn fire(squeeze: usize, expand: usize) {
        let squeeze = conv2d(squeeze, kernel_size = 1);
        relu;
        concat(
            {
                let expand1x1 = conv2d(expand, kernel_size = 1);
                relu;
            },
            {
                let expand3x3 = conv2d(expand, kernel_size = 3, padding = 1);
                relu;
            },
        )
    }
    fn classifier(classes: usize, p: f32) {
        dropout(p);
        conv2d(classes, kernel_size = 1);
        relu;
        global_avg_pool2d;
    }
);
