//! `DenseNet`.

cnn::network!(
    /// DenseNet-121 (Huang, Liu, van der Maaten and Weinberger 2016, *Densely Connected Convolutional Networks*): each
    /// layer sees the channels of all before it.
    pub fn DenseNet121<const CLASSES: usize = 1000, const SIZE: usize = 224>(
        image: Image<3, SIZE, SIZE>,
    ) -> Vector<CLASSES> {
        let features = features();
        relu;
        global_avg_pool2d;
        flatten;
        let classifier = linear(CLASSES);
    }
    fn features() {
        let conv0 = conv2d(64, kernel_size = 7, stride = 2, padding = 3, bias = false);
        let norm0 = batch_norm2d;
        relu;
        max_pool2d(3, stride = 2, padding = 1);
        for (block, layers) in [(1, 6), (2, 12), (3, 24), (4, 16)] {
            #[name("denseblock{}", block)]
            dense_block(layers);
            if block < 4 {
                #[name("transition{}", block)]
                transition();
            }
        }
        let norm5 = batch_norm2d;
    }
    fn dense_block(layers: usize) {
        for layer in 1..=layers {
            #[name("denselayer{}", layer)]
            dense_layer(32);
        }
    }
    fn dense_layer(growth: usize) {
        concat(_, {
            let norm1 = batch_norm2d;
            relu;
            let conv1 = conv2d(4 * growth, kernel_size = 1, bias = false);
            let norm2 = batch_norm2d;
            relu;
            let conv2 = conv2d(growth, kernel_size = 3, padding = 1, bias = false);
        })
    }
    fn transition() {
        let norm = batch_norm2d;
        relu;
        let conv = conv2d(_.channels / 2, kernel_size = 1, bias = false);
        avg_pool2d(2);
    }
);
