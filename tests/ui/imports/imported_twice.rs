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
    use blocks::half;

    pub fn Net(image: Image<1, 8, 8>) -> Vector<10> {
        half(2);
        flatten;
        linear(10)
    }
    fn half(channels: usize) {
        conv2d(channels, kernel_size = 1);
    }
);

//~ fix: use blocks::half; => use blocks::half as other;
