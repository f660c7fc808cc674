//! U-Net.

cnn::network!(
    /// A U-Net (Ronneberger, Fischer and Brox 2015, *U-Net: Convolutional Networks for Biomedical Image Segmentation*):
    /// down to few pixels that see much, and up again beside what was there before. Convolutions are padded, so that a
    /// class comes out for each pixel of the image; `WIDTH` is the number of channels at the top.
    pub fn UNet<const CLASSES: usize = 2, const SIZE: usize = 96, const WIDTH: usize = 16>(
        image: Image<1, SIZE, SIZE>,
    ) -> Image<CLASSES, SIZE, SIZE> {
        let down1 = double_conv(WIDTH);
        max_pool2d(2);
        let down2 = double_conv(2 * WIDTH);
        max_pool2d(2);
        let down3 = double_conv(4 * WIDTH);
        max_pool2d(2);
        let bottom = double_conv(8 * WIDTH);
        let up3 = conv_transpose2d(4 * WIDTH, kernel_size = 2, stride = 2);
        concat(down3, _);
        let conv3 = double_conv(4 * WIDTH);
        let up2 = conv_transpose2d(2 * WIDTH, kernel_size = 2, stride = 2);
        concat(down2, _);
        let conv2 = double_conv(2 * WIDTH);
        let up1 = conv_transpose2d(WIDTH, kernel_size = 2, stride = 2);
        concat(down1, _);
        let conv1 = double_conv(WIDTH);
        let head = conv2d(CLASSES, kernel_size = 1);
    }
    fn double_conv(channels: usize) {
        for _ in 0..2 {
            conv2d(channels, kernel_size = 3, padding = 1);
            relu;
        }
    }
);
