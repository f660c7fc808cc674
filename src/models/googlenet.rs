//! `GoogLeNet`.

cnn::network!(
    /// GoogLeNet (Szegedy et al. 2014, *Going Deeper with Convolutions*): inception blocks look at the image through
    /// windows of several sizes at once and put the channels together. Without the auxiliary classifiers.
    pub fn GoogLeNet<const CLASSES: usize = 10, const SIZE: usize = 96>(
        image: Image<1, SIZE, SIZE>,
    ) -> Vector<CLASSES> {
        stem();
        narrow();
        first_inceptions();
        middle_inceptions();
        last_inceptions();
        linear(CLASSES)
    }
    fn stem() {
        conv2d(64, kernel_size = 7, stride = 2, padding = 3);
        relu;
        max_pool2d(3, stride = 2, padding = 1);
    }
    fn narrow() {
        conv2d(64, kernel_size = 1);
        relu;
        conv2d(192, kernel_size = 3, padding = 1);
        relu;
        max_pool2d(3, stride = 2, padding = 1);
    }
    fn first_inceptions() {
        inception(64, (96, 128), (16, 32), 32);
        inception(128, (128, 192), (32, 96), 64);
        max_pool2d(3, stride = 2, padding = 1);
    }
    fn middle_inceptions() {
        inception(192, (96, 208), (16, 48), 64);
        inception(160, (112, 224), (24, 64), 64);
        inception(128, (128, 256), (24, 64), 64);
        inception(112, (144, 288), (32, 64), 64);
        inception(256, (160, 320), (32, 128), 128);
        max_pool2d(3, stride = 2, padding = 1);
    }
    fn last_inceptions() {
        inception(256, (160, 320), (32, 128), 128);
        inception(384, (192, 384), (48, 128), 128);
        global_avg_pool2d;
        flatten
    }
    fn inception(c1: usize, c2: (usize, usize), c3: (usize, usize), c4: usize) {
        concat(
            {
                let p1_1 = conv2d(c1, kernel_size = 1);
                relu;
            },
            {
                let p2_1 = conv2d(c2.0, kernel_size = 1);
                relu;
                let p2_2 = conv2d(c2.1, kernel_size = 3, padding = 1);
                relu;
            },
            {
                let p3_1 = conv2d(c3.0, kernel_size = 1);
                relu;
                let p3_2 = conv2d(c3.1, kernel_size = 5, padding = 2);
                relu;
            },
            {
                max_pool2d(3, stride = 1, padding = 1);
                let p4_2 = conv2d(c4, kernel_size = 1);
                relu;
            },
        )
    }

    /// [`GoogLeNet`] for images of the paper's size.
    pub type GoogLeNet224 = GoogLeNet<10, 224>;
);
