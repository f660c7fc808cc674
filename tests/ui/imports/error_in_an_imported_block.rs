mod blocks {
    cnn::block!(
        pub(crate) fn half(channels: usize) {
            conv2d(channels, kernel_size = 3);
            max_pool2d(2);
        }
    );
}

fn main() {
    let _ = Net::new(1);
}

cnn::network!(
    use blocks::half as down;

    pub fn Net(image: Image<1, 8, 8>) -> Vector<10> {
        for channels in [4, 8] {
            down(channels);
        }
        flatten;
        linear(10)
    }
);

//~ fix (kernel_size at most 1): max_pool2d(2) => max_pool2d(1)
//~ fix (padding at least 1): max_pool2d(2) => max_pool2d(2, padding = 1)
