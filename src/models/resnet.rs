//! `ResNet`.

cnn::network!(
    /// ResNet-18 (He, Zhang, Ren and Sun 2015, *Deep Residual Learning for Image Recognition*): blocks learn what to add
    /// to their input.
    pub fn ResNet18<const CLASSES: usize = 1000, const SIZE: usize = 224>(
        image: Image<3, SIZE, SIZE>,
    ) -> Vector<CLASSES> {
        let conv1 = conv2d(64, kernel_size = 7, stride = 2, padding = 3, bias = false);
        let bn1 = batch_norm2d;
        relu;
        max_pool2d(3, stride = 2, padding = 1);
        let layer1 = layer(64, 1);
        let layer2 = layer(128, 2);
        let layer3 = layer(256, 2);
        let layer4 = layer(512, 2);
        global_avg_pool2d;
        flatten;
        let fc = linear(CLASSES);
    }
    fn layer(channels: usize, stride: usize) {
        basic_block(channels, stride);
        basic_block(channels, 1);
    }
    fn basic_block(channels: usize, stride: usize) {
        let x;
        add(
            {
                let conv1 = conv2d(channels, kernel_size = 3, stride = stride, padding = 1, bias = false);
                let bn1 = batch_norm2d;
                relu;
                let conv2 = conv2d(channels, kernel_size = 3, padding = 1, bias = false);
                let bn2 = batch_norm2d;
            },
            {
                if stride != 1 || x.channels != channels {
                    let downsample = conv_bn(channels, stride);
                }
            },
        );
        relu
    }
    fn conv_bn(channels: usize, stride: usize) {
        conv2d(channels, kernel_size = 1, stride = stride, bias = false);
        batch_norm2d;
    }
);
