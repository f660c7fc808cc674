//! LeNet-5.

cnn::network!(
    /// LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998, *Gradient-Based Learning Applied to Document Recognition*), with
    /// average pools and sigmoids all through.
    pub fn LeNet<const CLASSES: usize = 10>(image: Image<1, 28, 28>) -> Vector<CLASSES> {
        conv2d(6, kernel_size = 5, padding = 2);
        sigmoid;
        avg_pool2d(2, stride = 2);
        conv2d(16, kernel_size = 5);
        sigmoid;
        avg_pool2d(2, stride = 2);
        flatten;
        linear(120);
        sigmoid;
        linear(84);
        sigmoid;
        linear(CLASSES)
    }
);
