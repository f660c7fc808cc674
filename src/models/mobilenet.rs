//! `MobileNet`.

cnn::network!(
    /// MobileNetV2 (Sandler et al. 2018, *MobileNetV2: Inverted Residuals and Linear Bottlenecks*): convolutions that look
    /// at each channel by itself, between wider and narrower ones of 1x1.
    pub fn MobileNetV2<const CLASSES: usize = 1000, const SIZE: usize = 224, const DROPOUT: f32 = 0.2>(
        image: Image<3, SIZE, SIZE>,
    ) -> Vector<CLASSES> {
        let features = features();
        global_avg_pool2d;
        flatten;
        let classifier = classifier(CLASSES, DROPOUT);
    }
    fn features() {
        conv_bn_relu6(32, 3, 2, 1);
        for (expand, channels, blocks, stride) in STAGES {
            for i in 0..blocks {
                if i == 0 {
                    inverted_residual(expand, channels, stride);
                } else {
                    inverted_residual(expand, channels, 1);
                }
            }
        }
        conv_bn_relu6(1280, 1, 1, 1);
    }
    const STAGES: [(usize, usize, usize, usize); 7] = [
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ];
    fn inverted_residual(expand: usize, channels: usize, stride: usize) {
        if stride == 1 && _.channels == channels {
            add(
                {
                    let conv = bottleneck(expand, channels, stride);
                },
                _,
            )
        } else {
            let conv = bottleneck(expand, channels, stride);
        }
    }
    fn bottleneck(expand: usize, channels: usize, stride: usize) {
        let x;
        if expand != 1 {
            conv_bn_relu6(expand * x.channels, 1, 1, 1);
        }
        conv_bn_relu6(expand * x.channels, 3, stride, expand * x.channels);
        conv2d(channels, kernel_size = 1, bias = false);
        batch_norm2d;
    }
    fn conv_bn_relu6(channels: usize, kernel_size: usize, stride: usize, groups: usize) {
        conv2d(channels, kernel_size, stride, padding = kernel_size / 2, groups = groups, bias = false);
        batch_norm2d;
        relu6;
    }
    fn classifier(classes: usize, p: f32) {
        dropout(p);
        linear(classes);
    }
);
